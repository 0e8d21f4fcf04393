"""How many posts a second are acknowledged, beside the commits that this disk allows.

Everything is real: the form as a browser sends it, detection of its language, one transaction
each with `synchronous=FULL`, and the answer counted only once it says the post was received.
"""

import sqlite3
import sys
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select

from app.database import Database
from app.discussion.models import Post
from bench.data import Data, thread_of
from bench.installation import installation
from bench.load import post, send
from bench.machine import facts
from bench.prose import posts_in
from bench.serving import serving

POSTS = 320
CONCURRENCY = (1, 16)
RAW_COMMITS = 300


def measure(data: Data) -> dict[str, Any]:
    """Return posts acknowledged a second, and raw commits a second of the same file, as JSON."""
    with installation() as baraza:
        machine = facts(baraza.folder)
        slug = baraza.take_in(thread_of(20, data.folder))
        tokens = baraza.tokens(slug, max(CONCURRENCY))
        texts = list(islice(posts_in("en", data.folder), 60))
        commits = [raw_commits(baraza.file, texts)]
        figures: list[dict[str, Any]] = []
        with serving("app.main:create_app", baraza.settings) as server:
            for phones in CONCURRENCY:
                print(f"posting, {phones} at once …", file=sys.stderr, flush=True)
                # The first post of a process loads what detects languages: not counted.
                send(server.port, _forms(server.port, slug, tokens[:1], texts, f"warm {phones}", 5))
                had = _posts(baraza.database)
                forms = _forms(
                    server.port, slug, tokens[:phones], texts, f"counted {phones}", POSTS // phones
                )
                before = server.cpu_seconds()
                load = send(server.port, forms)
                after = server.cpu_seconds()
                acknowledged = load.statuses.get("303", 0)
                stored = _posts(baraza.database) - had
                cpu = None if before is None or after is None else (after - before) * 1000 / POSTS
                figures.append(
                    {
                        "concurrency": phones,
                        "sent": POSTS,
                        "acknowledged": acknowledged,
                        "stored": stored,
                        "statuses": load.statuses,
                        "per_second": round(acknowledged / load.seconds, 1),
                        "p50_ms": round(load.percentile(0.5), 2),
                        "p95_ms": round(load.percentile(0.95), 2),
                        "cpu_ms": None if cpu is None else round(cpu, 3),
                    }
                )
                commits.append(raw_commits(baraza.file, texts))
    limit = median(commits)  # disks are moody: taken before, between and after
    for line in figures:
        line["ratio"] = round(line["per_second"] / limit, 4)
    return {
        "bench": "posting",
        "machine": machine,
        "synchronous": "FULL",
        "raw_commits_per_second": round(limit, 1),
        "raw_commits_each_time": [round(one, 1) for one in commits],
        "posting": figures,
    }


def _forms(
    port: int, slug: str, tokens: list[str], texts: list[str], mark: str, each: int
) -> list[list[bytes]]:
    """Return for each person the forms they send: every text is another, in their own language."""
    return [
        [
            post(
                f"/c/{slug}/t/1/posts",
                port,
                urlencode(
                    {"text": f"{texts[n % len(texts)]} ({mark}: {n})", "language": "en"}
                ).encode(),
                Cookie=f"baraza={token}; lang=en",
                Origin=f"http://127.0.0.1:{port}",
            )
            for n in range(each)
        ]
        for token in tokens
    ]


def _posts(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Post)) or 0


def raw_commits(file: Path, texts: list[str]) -> float:
    """Return how many commits of one row a second a bare loop makes on the same file."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("CREATE TABLE IF NOT EXISTS bench_commits (id INTEGER PRIMARY KEY, body)")
    begun = perf_counter()
    for n in range(RAW_COMMITS):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO bench_commits (body) VALUES (?)", [texts[n % len(texts)]])
        connection.execute("COMMIT")
    taken = perf_counter() - begun
    connection.close()
    return RAW_COMMITS / taken
