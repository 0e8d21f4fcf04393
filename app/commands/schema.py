"""The schema of the database: which one it has, and how it gets the one of this version."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, event

from app.database import Base, Database

ROOMS_WITH_TABLES = ("identity", "translation", "consultations", "discussion")

_ALEMBIC_INI = Path(__file__).parents[2] / "alembic.ini"
_ADVISORY_LOCK = 0x626172617A61  # "baraza"


class UnknownSchema(Exception):  # noqa: N818 - says what was found; the answer is a newer Baraza
    """The database was migrated by a newer version of Baraza than this one."""


def upgrade(database_url: str) -> tuple[str | None, str | None]:
    """Bring the database at this URL to the newest schema, in one transaction.

    Return its schema before and after. Of several processes that do it at once, one does and
    the others wait. Raises UnknownSchema, and changes nothing, where a newer Baraza was before.
    """
    with migrating(database_url) as connection:
        before = _known_schema(connection)
        command.upgrade(configuration(connection), "head")
        return before, _schema(connection)


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for this project's migrations over a connection."""
    config = Config(_ALEMBIC_INI)
    config.attributes["connection"] = connection
    return config


@contextmanager
def migrating(database_url: str) -> Iterator[Connection]:
    """Yield a connection in a transaction that nobody else migrates beside; commit at the end."""
    database = Database(database_url, pool_size=1)
    try:
        with _alone(database), database.writing() as session:
            connection = session.connection()
            if not database.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            yield connection
            if database.is_sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken:
                    raise RuntimeError(f"the migration would leave a broken reference: {broken}")
    finally:
        database.dispose()


def tables() -> MetaData:
    """Return every table that the rooms declare."""
    for room in ROOMS_WITH_TABLES:
        import_module(f"app.{room}.models")
    return Base.metadata


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """On SQLite, make ready for a migration and hold off others; PostgreSQL has a lock for it."""
    path = database.engine.url.database
    if not database.is_sqlite or not path:
        yield
        return
    # Rebuilding a table drops it, which would delete or refuse what refers to it. This cannot be
    # switched within a transaction; the references are checked before the commit instead.
    event.listen(database.engine, "connect", _let_references_be)
    folder = Path(path).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A new file becomes a WAL database outside any transaction, and SQLite does not wait for that.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        Path(path).touch(mode=0o600)  # only its owner may read what people write
        yield
    finally:
        os.close(descriptor)


def _let_references_be(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _schema(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known_schema(connection: Connection) -> str | None:
    found = _schema(connection)
    scripts = ScriptDirectory.from_config(configuration(connection))
    if found and found not in {script.revision for script in scripts.walk_revisions()}:
        raise UnknownSchema(
            f"The database has schema {found}, which this version of Baraza does not know: a newer "
            "version migrated it. Install that version again, or restore a backup made before."
        )
    return found
