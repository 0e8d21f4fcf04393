"""The database: sessions that read, sessions that write, and the column types all rooms share.

SQLite is the embedded default, PostgreSQL the engine for more than one machine. On SQLite a
write begins with BEGIN IMMEDIATE (a deferred transaction that reads and then writes fails at once
with SQLITE_BUSY_SNAPSHOT, whatever the timeout) and one process writes one transaction at a time.
"""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, ClassVar, NewType

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.orm import DeclarativeBase, Session

ReadSession = NewType("ReadSession", Session)
"""A session for queries. Actions do not take it: mypy refuses a write through a read session."""

WriteSession = NewType("WriteSession", ReadSession)
"""A session for actions. Whoever opened it commits; actions never do."""

SQLITE_SAFE_WAL = (3, 51, 3)
"""Below this version a rare bug can corrupt a WAL database written by several connections."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # an acknowledged post survives a power cut
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is deleted is overwritten on disk
    "PRAGMA trusted_schema=OFF",
)

_WRITES = "baraza_writes"


class Instant(TypeDecorator[datetime]):
    """An aware datetime, always UTC, on both databases. A naive value raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Parent of every table; names constraints so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Instant}


def new_id() -> str:
    """Return a new public id: 80 random bits in 16 lower-case letters and digits.

    Random, so that ids neither count nor order people (TRUST T-6).
    """
    return "".join(secrets.choice("abcdefghjkmnpqrstvwxyz0123456789") for _ in range(16))


class Database:
    """Opens sessions on one database, given by its SQLAlchemy URL."""

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        # Parameters are people's words: they never appear in an error message.
        options: dict[str, Any] = {
            "pool_size": pool_size,
            "max_overflow": 4,
            "hide_parameters": True,
        }
        if not self.is_sqlite:
            options["pool_pre_ping"] = True
        self.engine: Engine = create_engine(parsed, **options)
        self._one_writer = threading.Lock() if self.is_sqlite else nullcontext()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._write_engine = self.engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[ReadSession]:
        """Yield a session that reads one consistent state and is never committed."""
        with Session(self.engine, autoflush=False) as session:
            yield ReadSession(session)

    @contextmanager
    def writing(self) -> Iterator[WriteSession]:
        """Yield a session; commit when the block ends, roll back when it raises."""
        with (
            self._one_writer,
            Session(self._write_engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield WriteSession(ReadSession(session))

    def warnings(self) -> list[str]:
        """Return what an operator should know about this database engine."""
        if self.is_sqlite and sqlite3.sqlite_version_info < SQLITE_SAFE_WAL:
            return [
                f"SQLite {sqlite3.sqlite_version} has a rare fault that can damage a database "
                "written by several connections; 3.51.3 mends it. Baraza writes with one "
                "connection at a time. For a large consultation use PostgreSQL."
            ]
        return []

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions by itself: _begin_sqlite says how each one begins.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
