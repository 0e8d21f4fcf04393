"""Web and worker are killed outright while twenty people post and send again: nothing is lost.

TRUST B-1 in small: every acknowledged post is there, once, word for word.
"""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest

from app.clock import utc_now
from app.commands.schema import upgrade
from app.database import Database
from bench.prose import LANGUAGES, posts_in
from tests import postgres
from tests.factories import a_consultation, a_thread
from tests.journeys.enduring import (
    THREADS,
    Audit,
    Client,
    Installation,
    audit,
    endure,
    integrity,
)

CLIENTS = 20
SEED = 20200331
SOUND = "app.main:create_app"


@contextmanager
def installed(url: str, folder: Path, factory: str = SOUND) -> Iterator[Installation]:
    """Yield an installation with an open consultation, its processes running."""
    upgrade(url)
    now = utc_now()  # its processes read the real clock
    database = Database(url, pool_size=1)
    with database.writing() as session:
        consultation = a_consultation(
            session, slug="endure", now=now, closes_at=now + timedelta(days=1)
        )
        for number in range(THREADS):
            a_thread(session, consultation=consultation, now=now, number=number + 1)
    database.dispose()
    installation = Installation(url, folder, factory)
    try:
        installation.start("web")
        if factory == SOUND:
            installation.start("worker")
        installation.wait()
        yield installation
    finally:
        installation.stop()


def a_crowd(port: int, *, people: int, posts_each: int) -> list[Client]:
    """Return people with texts to post, each in every script, none the same as another."""
    sources = cycle([posts_in(language) for language in LANGUAGES])
    return [
        Client(
            number,
            port,
            [
                f"{next(source).strip()}\n\n({number}, {n}) – “<b>&amp;”"
                for n, source in enumerate(islice(sources, posts_each))
            ],
        )
        for number in range(people)
    ]


def kill_plan(posts: int, *, web: int, worker: int) -> list[tuple[int, str]]:
    """Return when to kill what: by how many posts were acknowledged until then."""
    chance = random.Random(SEED)  # noqa: S311 - the same on every run
    names = ["web"] * web + ["worker"] * worker
    chance.shuffle(names)
    return list(zip(sorted(chance.sample(range(5, posts - 5), len(names))), names, strict=True))


def ordeal(
    installation: Installation, *, people: int, posts_each: int, web: int, worker: int
) -> tuple[Audit, list[Client]]:
    """Do it all, and return what came of it."""
    clients = a_crowd(installation.port, people=people, posts_each=posts_each)
    endure(installation, clients, kill_plan(people * posts_each, web=web, worker=worker))
    installation.stop()
    assert (installation.kills["web"], installation.kills["worker"]) == (web, worker)
    return audit(installation.url, clients), clients


def texts_before() -> int:
    """Return how many texts there were before anybody posted: title, brief, and two a thread."""
    return 2 + 2 * THREADS


def assert_nothing_was_lost(found: Audit, clients: list[Client], posts: int) -> None:
    """Assert that every post is there once, as it was written, and nothing else is."""
    assert found.lost == []
    assert found.doubled == []
    assert found.unasked == []
    assert found.posts == posts
    assert found.orphans == texts_before()
    assert {len(ids) for one in clients for ids in one.acknowledged.values()} == {1}
    assert sum(one.sent for one in clients) > posts * 1.1  # they did send again


def test_killing_web_and_worker_loses_nothing_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'baraza.sqlite3'}"
    with installed(url, tmp_path) as installation:
        found, clients = ordeal(installation, people=CLIENTS, posts_each=50, web=4, worker=3)
    assert_nothing_was_lost(found, clients, 1000)
    assert found.translated > 0  # the worker was at work all the while
    assert integrity(tmp_path / "baraza.sqlite3") == ["ok"]


@pytest.mark.postgres
def test_killing_web_and_worker_loses_nothing_on_postgres(
    postgres_folder: Path, worker_id: str, tmp_path: Path
) -> None:
    url = postgres.create_database(postgres_folder, f"endurance_{worker_id}")
    with installed(url, tmp_path) as installation:
        found, clients = ordeal(installation, people=CLIENTS, posts_each=10, web=2, worker=1)
    assert_nothing_was_lost(found, clients, 200)


# --- controls: with a guard taken out, the same people notice -------------------------------------


def drop_the_unique_digest(url: str) -> None:
    """Make the table of revisions again, without what makes a re-sent form the same post."""
    database = Database(url, pool_size=1)
    with database.writing() as session:
        connection = session.connection()
        made = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'revisions'"
        ).scalar_one()
        without, dropped = re.subn(r",\s*CONSTRAINT \w+ UNIQUE \([^)]*\)", "", made)
        assert dropped == 1
        connection.exec_driver_sql("DROP TABLE revisions")
        connection.exec_driver_sql(without)
    database.dispose()


def test_without_the_unique_digest_posts_are_doubled(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'baraza.sqlite3'}"
    upgrade(url)
    drop_the_unique_digest(url)
    with installed(url, tmp_path, "tests.journeys.broken:forgetful") as installation:
        found, _ = ordeal(installation, people=5, posts_each=8, web=1, worker=0)
    assert found.doubled != []
    assert found.lost == []


def test_acknowledging_before_the_commit_loses_posts(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'baraza.sqlite3'}"
    with installed(url, tmp_path, "tests.journeys.broken:hasty") as installation:
        found, _ = ordeal(installation, people=5, posts_each=8, web=1, worker=0)
    assert found.lost != []
