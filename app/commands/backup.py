"""`baraza backup` and `baraza restore`: the database of this machine in one file."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy import make_url

from app.clock import utc_now
from app.commands.installation import settings_or_exit, why_not_ready
from app.database import Database
from app.settings import Settings


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The new file to write.")],
) -> None:
    """Write all of the database into FILE, checked, while people go on reading and posting."""
    database = _database_file_or_exit(
        settings_or_exit(),
        'pg_dump --format=custom --file=FILE "$BARAZA_DATABASE_URL"',
    )
    if not database.exists():
        _give_up(f"There is no database at {database}.")
    if file.exists():
        _give_up(f"{file} is there already. Choose a new name.")
    try:
        with _draft_of(file) as draft:
            with closing(sqlite3.connect(database)) as source:
                source.execute("VACUUM INTO ?", (str(draft),))  # one consistent state
            if fault := fault_in(draft):
                _give_up(f"The backup is not sound, so it was not kept: {fault}")
            os.link(draft, file)  # fails where somebody else took the name meanwhile
    except (sqlite3.Error, OSError) as error:
        _give_up(f"The backup was not made: {error}")
    typer.echo(f"Wrote {file} ({file.stat().st_size:,} bytes), checked. {contents(file)}")
    typer.echo(
        "Keep the secret key (secret_key in the data folder, or BARAZA_SECRET_KEY) in another "
        "place: without it nobody can come back with their code."
    )


def restore(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="What `backup` wrote."),
    ],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Put it in the place of the database that is there."),
    ] = False,
) -> None:
    """Make FILE the database of this installation. What was there is kept beside it."""
    settings = settings_or_exit()
    database = _database_file_or_exit(settings, "pg_restore --clean --dbname=DATABASE FILE")
    if database.exists() and not replace:
        _give_up(f"There is a database at {database}. To put FILE in its place, add --replace.")
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _draft_of(database) as draft:
            with (
                closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source,
                closing(sqlite3.connect(draft)) as copy,
            ):
                source.backup(copy)
            if fault := fault_in(draft):
                _give_up(f"{file} cannot be restored: {fault}")
            found = contents(draft)
            kept = _set_aside(database, now=utc_now())
            for suffix in ("-wal", "-shm"):  # of what was there; not to be read with the new file
                database.with_name(database.name + suffix).unlink(missing_ok=True)
            draft.replace(database)
            _sync_folder(database.parent)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            _give_up("The database is in use. End `baraza serve` and `baraza worker` first.")
        _give_up(f"{file} was not restored: {error}")
    except (sqlite3.Error, OSError) as error:
        _give_up(f"{file} was not restored: {error}")
    typer.echo(f"Restored {database}. {found}")
    if kept:
        typer.echo(f"What was there before is now {kept.name}, in the same folder.")
    if reason := _why_not_ready(settings):
        typer.echo(reason)


def fault_in(file: Path) -> str | None:
    """Say what is wrong with a database file: damage, broken references, not one of ours."""
    with closing(sqlite3.connect(file)) as connection:
        try:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                return f"it is damaged ({verdict})"
            if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
                return f"a row of {broken[0]} points to a row of {broken[2]} that is not there"
            ours = connection.execute(
                "SELECT count(*) FROM sqlite_schema "
                "WHERE name IN ('alembic_version', 'consultations')"
            ).fetchone()
        except sqlite3.DatabaseError as error:
            return f"it is damaged, or no database ({error})"
    return None if ours == (2,) else "it is no database of Baraza"


def contents(file: Path) -> str:
    """Return in words how much is in a database file that has no fault."""
    with closing(sqlite3.connect(file)) as connection:
        consultations, people, posts = connection.execute(
            "SELECT (SELECT count(*) FROM consultations), (SELECT count(*) FROM persons), "
            "(SELECT count(*) FROM posts)"
        ).fetchone()
    return f"It holds {consultations} consultations, {people} people and {posts} posts."


@contextmanager
def _draft_of(file: Path) -> Iterator[Path]:
    """Yield an empty file beside `file` that only its owner may read; gone at the end."""
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _set_aside(database: Path, *, now: datetime) -> Path | None:
    """Give what is at the database's place another name, and return that; None if nothing is.

    Raises sqlite3.OperationalError where somebody has it open. A damaged one is set aside too.
    """
    kept = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%SZ}")
    log, kept_log = (file.with_name(f"{file.name}-wal") for file in (database, kept))
    if log.exists():
        os.link(log, kept_log)  # closing a damaged database would delete it
    if not database.exists():
        return None
    try:
        with closing(sqlite3.connect(database, timeout=0)) as connection:
            # Folds the write-ahead log into the file; nobody else may have it open for that.
            connection.execute("PRAGMA journal_mode=DELETE")
        kept_log.unlink(missing_ok=True)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            kept_log.unlink(missing_ok=True)
            raise
    os.link(database, kept)
    return kept


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _database_file_or_exit(settings: Settings, instead: str) -> Path:
    """Return the path of the SQLite database; for PostgreSQL name its own tool and end with 2."""
    url = make_url(settings.database_address())
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(url.database)
    typer.echo(f"This database is PostgreSQL; use its own tool: {instead}", err=True)
    raise typer.Exit(2)


def _why_not_ready(settings: Settings) -> str | None:
    database = Database(settings.database_address(), pool_size=1)
    try:
        return why_not_ready(database)
    finally:
        database.dispose()


def _give_up(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
