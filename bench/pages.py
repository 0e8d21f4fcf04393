"""How many thread pages a second, beside the same bytes lying ready in the same server."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app.consultations.models import Consultation
from app.discussion.models import Post, Thread
from bench.data import Data, in_one_thread, thread_of
from bench.installation import Installation, installation
from bench.load import Load, ask, get, send
from bench.machine import facts
from bench.serving import Serving, serving
from bench.target import FOLDER, STATIC, keep

ROUNDS = 3
SECONDS = 1.5  # of each round; page and static take turns, so that both meet the same machine
CONCURRENCY = (1, 16)
READER = "pt"


@dataclass(frozen=True)
class _Page:
    """A page to ask for, as somebody who takes part."""

    name: str
    path: str
    token: str
    posts: int


@dataclass
class _Sum:
    """What several rounds came to."""

    seconds: float = 0.0
    cpu: float | None = 0.0

    def __post_init__(self) -> None:
        self.latencies: list[float] = []
        self.rounds: list[float] = []

    def add(self, load: Load, cpu_before: float | None, cpu_after: float | None) -> None:
        if set(load.statuses) != {"200"}:
            raise RuntimeError(f"not every page was answered: {load.statuses}")
        self.seconds += load.seconds
        self.latencies += load.latencies
        self.rounds.append(round(load.per_second, 1))
        if self.cpu is None or cpu_before is None or cpu_after is None:
            self.cpu = None
        else:
            self.cpu += cpu_after - cpu_before

    def figures(self) -> dict[str, Any]:
        load = Load(self.seconds, self.latencies)
        per_request = self.cpu / len(self.latencies) * 1000 if self.cpu is not None else None
        return {
            "per_second": round(load.per_second, 1),
            "p50_ms": round(load.percentile(0.5), 2),
            "p95_ms": round(load.percentile(0.95), 2),
            "cpu_ms": None if per_request is None else round(per_request, 3),
            "requests": len(self.latencies),
            "per_second_by_round": self.rounds,
        }


def measure(data: Data) -> dict[str, Any]:
    """Return pages a second, latencies and processor time of thread pages, as JSON."""
    with installation() as baraza:
        machine = facts(baraza.folder)
        alone = baraza.take_in(thread_of(20, data.folder))
        whole = baraza.take_in(in_one_thread(data.consultation))
        translated = baraza.translate_everything()
        pages = [
            _largest(baraza, alone, "thread of 20 posts"),
            _largest(baraza, whole, "first page of one thread with every post"),
        ]
        static = baraza.folder / "static"
        static.mkdir()
        settings = {**baraza.settings, FOLDER: str(static)}
        with serving("bench.target:create_app", settings) as server:
            figures = [
                line
                for number, page in enumerate(pages)
                for line in _measured(server, page, static, str(number))
            ]
            memory = server.peak_memory()
    return {
        "bench": "pages",
        "machine": machine,
        "data": {
            "made_up": data.made_up,
            "posts": len(data.consultation["posts"]),
            "translations": translated,
            "read_in": READER,
        },
        "server_peak_memory_mb": None if memory is None else round(memory / 1e6, 1),
        "pages": figures,
    }


def _largest(baraza: Installation, slug: str, name: str) -> _Page:
    with baraza.database.reading() as session:
        number, posts = session.execute(
            select(Thread.number, func.count())
            .join(Post, Post.thread_id == Thread.id)
            .join(Consultation, Consultation.id == Thread.consultation_id)
            .where(Consultation.slug == slug)
            .group_by(Thread.number)
            .order_by(func.count().desc())
            .limit(1)
        ).one()
    [token] = baraza.tokens(slug, 1)
    return _Page(name, f"/c/{slug}/t/{number}", token, posts)


def _measured(server: Serving, page: _Page, static: Path, number: str) -> list[dict[str, Any]]:
    asked = get(page.path, server.port, Cookie=f"baraza={page.token}; lang={READER}")
    answer = _answer(server.port, asked)
    keep(static, number, answer)
    ready = get(STATIC + number, server.port)
    if len(_answer(server.port, ready)) != len(answer):
        raise RuntimeError("the static answer is not of the page's size")
    lines = []
    for phones in CONCURRENCY:
        print(f"{page.name}, {phones} at once …", file=sys.stderr, flush=True)
        dynamic, lying = _Sum(), _Sum()
        for request in (asked, ready):
            send(server.port, [[request]] * phones, seconds=0.5)  # to be warm
        for _ in range(ROUNDS):
            for total, request in ((dynamic, asked), (lying, ready)):
                before = server.cpu_seconds()
                load = send(server.port, [[request]] * phones, seconds=SECONDS)
                total.add(load, before, server.cpu_seconds())
        lines.append(
            {
                "page": page.name,
                "posts_in_thread": page.posts,
                "bytes": len(answer),
                "concurrency": phones,
                "dynamic": dynamic.figures(),
                "static": lying.figures(),
                "ratio": round(dynamic.figures()["per_second"] / lying.figures()["per_second"], 4),
            }
        )
    return lines


def _answer(port: int, request: bytes) -> bytes:
    answer = ask(port, request)
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"not a page: {answer[:100]!r}")
    return answer
