"""How often the language of a text is guessed right, with nothing known of its writer.

Every language that has a file of prose and is offered; the candidates are all the languages that
Baraza offers, which is harder than a consultation, where the writer's own languages come first.
"""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from app.languages import OFFERED, readable_as_is
from app.translation.detection import suggest_language
from bench.data import Data
from bench.machine import facts
from bench.prose import LANGUAGES, posts_in

TEXTS_EACH = 100
SNIPPET_WORDS = 5
SNIPPET_CHARACTERS = 12  # where words are not parted by spaces


def measure(data: Data) -> dict[str, Any]:
    """Return accuracy by language for sentences and snippets, as JSON."""
    suggest_language("To load what detects languages.", prior=())
    texts = dict(_texts(data.folder / "flores"))
    print(f"{len(texts)} languages …", file=sys.stderr, flush=True)
    figures = {
        "sentences": _accuracy(texts),
        "snippets": _accuracy(
            {language: [_snippet(text) for text in some] for language, some in texts.items()}
        ),
    }
    return {
        "bench": "detection",
        "machine": facts(data.folder if data.folder.exists() else Path()),
        "made_up": not (data.folder / "flores").is_dir(),
        "languages": len(texts),
        "candidates": len(OFFERED),
        "prior": [],
        "texts_each": TEXTS_EACH,
        "snippet": {"words": SNIPPET_WORDS, "characters_without_spaces": SNIPPET_CHARACTERS},
        **figures,
    }


def _texts(folder: Path) -> Iterator[tuple[str, list[str]]]:
    if not folder.is_dir():
        for language in LANGUAGES:
            yield language, list(islice(posts_in(language, folder.parent), TEXTS_EACH))
        return
    for file in sorted(folder.glob("*.txt")):
        if file.stem in OFFERED:
            lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line]
            step = max(1, len(lines) // TEXTS_EACH)
            yield file.stem, lines[::step][:TEXTS_EACH]


def _snippet(text: str) -> str:
    """Return five words from the middle of a sentence."""
    words = text.split()
    if len(words) < 2 * SNIPPET_WORDS:  # no spaces between words, or a very short sentence
        middle = max(0, len(text) // 2 - SNIPPET_CHARACTERS // 2)
        return text[middle : middle + SNIPPET_CHARACTERS]
    start = (len(words) - SNIPPET_WORDS) // 2
    return " ".join(words[start : start + SNIPPET_WORDS])


def _accuracy(texts: dict[str, list[str]]) -> dict[str, Any]:
    by_language: dict[str, float] = {}
    asked = right = sure = sure_and_wrong = 0
    begun = perf_counter()
    for language, some in texts.items():
        hits = 0
        for text in some:
            guess = suggest_language(text, prior=())
            is_right = readable_as_is(guess.language, language)
            hits += is_right
            sure += guess.sure
            sure_and_wrong += guess.sure and not is_right
        by_language[language] = round(hits / len(some), 3)
        asked += len(some)
        right += hits
    taken = perf_counter() - begun
    worst = sorted(by_language.items(), key=lambda pair: pair[1])[:8]
    return {
        "texts": asked,
        "accuracy": round(right / asked, 4),
        "sure": round(sure / asked, 4),
        "sure_and_wrong": round(sure_and_wrong / asked, 4),
        "ms_each": round(taken / asked * 1000, 3),
        "worst": dict(worst),
        "by_language": by_language,
    }
