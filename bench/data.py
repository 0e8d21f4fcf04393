"""The data that is measured with: the files that were named, else small ones made up here."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.prose import LANGUAGES, SHARED_DATA, posts_in

_PEOPLE = 40
_POSTS = 335
_THREADS = 9


@dataclass(frozen=True)
class Data:
    """A consultation of the shape `baraza-consultation/1`, and the folder of everything else.

    `made_up` says that no file was there and the consultation was made up.
    """

    consultation: dict[str, Any]
    folder: Path
    made_up: bool


def find(named: Path | None) -> Data:
    """Return the data in a named folder or file, by default those beside the checkout.

    Raises ValueError where something was named and is not there or cannot be read.
    """
    folder = named if named is not None and named.is_dir() else SHARED_DATA
    file = folder / "consultation.json" if named is None or named.is_dir() else named
    if file.exists():
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"{file} cannot be read: {error}") from error
        return Data(document, folder, made_up=False)
    if named is not None:
        raise ValueError(f"There is no consultation file at {file}.")
    return Data(_made_up(folder), folder, made_up=True)


def thread_of(posts: int, folder: Path) -> dict[str, Any]:
    """Return a consultation of one thread with so many English posts."""
    texts = posts_in("en", folder)
    return _document("bench-thread", 1, (("en", text) for text in islice(texts, posts)))


def in_one_thread(document: dict[str, Any]) -> dict[str, Any]:
    """Return the same consultation with every post in its first thread."""
    number = document["threads"][0]["number"]
    posts = [{**post, "thread": number} for post in document["posts"]]
    return {**document, "posts": posts}


def _made_up(folder: Path) -> dict[str, Any]:
    sources = [(language, posts_in(language, folder)) for language in LANGUAGES]
    texts = ((language, next(source)) for language, source in cycle(sources))
    return _document("bench-consultation", _THREADS, islice(texts, _POSTS))


def _document(slug: str, threads: int, texts: Iterator[tuple[str, str]]) -> dict[str, Any]:
    opens = datetime.fromisoformat("2026-03-09T06:00:00+00:00")
    people = [
        {
            "id": f"p{n}",
            "name": f"Participant {n}",
            "country": "KE",
            "languages": [LANGUAGES[n % len(LANGUAGES)]],
            "organisation_type": None,
            "quotation": "pseudonym",
            "joined_at": opens.isoformat(),
        }
        for n in range(_PEOPLE)
    ]
    posts = [
        {
            "id": f"c{n}",
            "thread": n % threads + 1,
            "author": f"p{n % _PEOPLE}",
            "reply_to": f"c{n - threads}" if n >= threads and n % 3 == 0 else None,
            "language": language,
            "text": f"{n}. {text}",
            "written_at": (opens + timedelta(minutes=7 * n)).isoformat(),
        }
        for n, (language, text) in enumerate(texts)
    ]
    return {
        "format": "baraza-consultation/1",
        "slug": slug,
        "language": "en",
        "title": "What keeps the wells working?",
        "brief": "Three days on who repairs wells, who pays for it, and who decides.",
        "organiser": "The Water Council",
        "opens_at": opens.isoformat(),
        "closes_at": (opens + timedelta(days=3)).isoformat(),
        "timezone": "Africa/Nairobi",
        "threads": [
            {"number": n + 1, "title": f"Question {n + 1}", "question": "Who repairs your well?"}
            for n in range(threads)
        ],
        "people": people,
        "posts": posts,
    }


def open_now(document: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the same consultation with every instant moved so that it closes in an hour."""
    by = now + timedelta(hours=1) - datetime.fromisoformat(document["closes_at"])

    def moved(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: moved(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [moved(inner) for inner in value]
        if key.endswith("_at") and isinstance(value, str):
            return (datetime.fromisoformat(value) + by).isoformat()
        return value

    result: dict[str, Any] = moved(document)
    return result
