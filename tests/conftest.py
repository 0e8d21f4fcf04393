"""Fixtures that all tests share: databases, time, data; and what a run says at its end."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from starlette.testclient import TestClient

from app.database import Base, Database
from app.main import create_app, write_notes
from app.settings import Settings
from tests import needs, postgres

for room in ("identity", "translation", "consultations", "discussion"):
    import_module(f"app.{room}.models")  # fills Base.metadata

_RUN_FOLDER = pytest.StashKey[Path]()


# --- one run: a folder that every worker of it shares -------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    worker_input: dict[str, str] | None = getattr(config, "workerinput", None)
    folder = worker_input["folder"] if worker_input else tempfile.mkdtemp(prefix="baraza-tests-")
    config.stash[_RUN_FOLDER] = Path(folder)
    if not worker_input:
        # Told to end, by `timeout` say, end as Ctrl-C does: the server of this run ends too.
        signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["folder"] = str(node.config.stash[_RUN_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.stop(config.stash[_RUN_FOLDER])
        shutil.rmtree(config.stash[_RUN_FOLDER], ignore_errors=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [
        report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        for report in terminalreporter.stats.get("skipped", [])
    ]
    terminalreporter.section("what this run did without")
    for line in needs.summary_of(skipped):
        terminalreporter.line(line)


# --- time ---------------------------------------------------------------------------------------


class Clock:
    """A clock that stands still until a test moves it; call it to read it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> None:
        """Move the clock to an instant, earlier or later."""
        self.now = now

    def advance(self, **units: float) -> datetime:
        """Move the clock on, by `hours=2` say, and return the new instant."""
        self.now += timedelta(**units)
        return self.now


@pytest.fixture
def now() -> datetime:
    """Return the instant at which every test happens."""
    return datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock(now: datetime) -> Clock:
    """Return a clock that shows `now` until the test moves it."""
    return Clock(now)


# --- databases ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of an SQLite file with every table and no row, made once per worker."""
    template = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    made = Database(f"sqlite:///{template}")
    Base.metadata.create_all(made.engine)
    made.dispose()
    return template


@pytest.fixture
def sqlite_database(sqlite_template: Path) -> Iterator[Database]:
    """Yield an empty database on SQLite."""
    memory = Path("/dev/shm")  # noqa: S108 - a fresh private folder is made in it
    with tempfile.TemporaryDirectory(
        prefix="baraza-", dir=memory if memory.is_dir() else None
    ) as folder:
        file = Path(folder) / "test.sqlite3"
        shutil.copyfile(sqlite_template, file)
        database = Database(f"sqlite:///{file}")
        yield database
        database.dispose()


@pytest.fixture(scope="session")
def postgres_folder(pytestconfig: pytest.Config) -> Path:
    """Return the folder of this run's PostgreSQL server, started by whoever needs it first."""
    folder = pytestconfig.stash[_RUN_FOLDER]
    try:
        postgres.start(folder)
    except (RuntimeError, OSError) as error:
        needs.must_have(f"PostgreSQL: {error}")
    return folder


@pytest.fixture(scope="session")
def postgres_url(postgres_folder: Path, worker_id: str) -> str:
    """Return the URL of this worker's PostgreSQL database, which has every table."""
    url = postgres.create_database(postgres_folder, f"tests_{worker_id}")
    made = Database(url)
    Base.metadata.create_all(made.engine)
    made.dispose()
    return url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """Yield an empty database on PostgreSQL."""
    database = Database(postgres_url)
    yield database
    # Deleting few rows is five times as quick as truncating two dozen tables.
    emptied = "; ".join(f"DELETE FROM {t.name}" for t in reversed(Base.metadata.sorted_tables))  # noqa: S608 - our own names
    with database.engine.begin() as connection:
        # A test that failed half-way may have left a transaction open that holds locks.
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        connection.exec_driver_sql(emptied)
    database.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """Return an empty database with every table: once on SQLite, once on PostgreSQL."""
    made: Database = request.getfixturevalue(f"{request.param}_database")
    return made


class CountQueries(Protocol):
    """What `count_queries` is: `with count_queries(database, 3): …`."""

    def __call__(self, database: Database, expected: int) -> AbstractContextManager[None]: ...


@pytest.fixture
def count_queries() -> CountQueries:
    """Return a context manager that asserts how many statements a database is sent."""

    @contextmanager
    def counting(database: Database, expected: int) -> Iterator[None]:
        sent: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("BEGIN"):  # PostgreSQL's driver sends that one unseen
                sent.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        listed = "\n".join(sent)
        assert len(sent) == expected, f"{len(sent)} statements, not {expected}:\n{listed}"

    return counting


# --- what a machine may lack ----------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data beside the checkout, or skip the test."""
    if not needs.SHARED_DATA.is_dir():
        needs.do_without("the shared data (../shared/data beside the checkout)")
    return needs.SHARED_DATA


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a browser, or skip the test; where CI=true, fail it."""
    return needs.chromium()


# --- the site -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Site:
    """The application on a test's database and clock; each client is a browser of its own."""

    app: FastAPI
    database: Database
    clock: Clock

    def browser(self, *, language: str = "en", **headers: str) -> TestClient:
        """Return a new browser that reads `language` and has no cookies."""
        return TestClient(
            self.app, headers={"Accept-Language": language, **headers}, follow_redirects=False
        )

    def write_notes(self) -> None:
        """Do now what the process does every few seconds."""
        write_notes(self.app.state.baraza)


@pytest.fixture
def site(database: Database, clock: Clock, tmp_path: Path) -> Site:
    """Return the site on an empty database, once on SQLite, once on PostgreSQL."""
    settings = Settings(data_dir=tmp_path, secret_key="a-secret-key-for-tests-only-0123456789")
    return Site(create_app(settings, clock=clock, database=database), database, clock)
