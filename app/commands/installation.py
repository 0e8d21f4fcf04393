"""What every command needs of this installation: its settings, and its database when ready."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.commands.schema import configuration
from app.database import Database
from app.refusals import Refusal
from app.settings import Settings


def settings_or_exit() -> Settings:
    """Return the settings; where one is wrong, name it and end the command with 2."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = "_".join(str(part) for part in fault["loc"]).upper()
            typer.echo(f"BARAZA_{name}: {fault['msg']}.", err=True)
        raise typer.Exit(2) from error


@contextmanager
def opened_or_exit(settings: Settings) -> Iterator[Database]:
    """Yield the database, which has the schema of this version.

    Where it is not ready, or what is done with it is refused, say why and end with 1.
    """
    try:
        database = Database(settings.database_address(), pool_size=2)
    except ArgumentError as error:
        typer.echo(f"BARAZA_DATABASE_URL is no address of a database: {error}", err=True)
        raise typer.Exit(2) from error
    try:
        if reason := why_not_ready(database):
            typer.echo(reason, err=True)
            raise typer.Exit(1)
        yield database
    except Refusal as refusal:
        typer.echo(f"{refusal.field}: {refusal}" if refusal.field else str(refusal), err=True)
        raise typer.Exit(1) from refusal
    except DBAPIError as error:
        typer.echo(f"The database does not answer: {error.orig}", err=True)
        raise typer.Exit(1) from error
    finally:
        database.dispose()


def why_not_ready(database: Database) -> str | None:
    """Say why a database cannot be used by this version, and what to do; None if it can."""
    file = database.engine.url.database
    if database.is_sqlite and file and not Path(file).exists():
        return "There is no database yet. Run: baraza migrate"
    with database.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory.from_config(configuration(connection))
    known = [script.revision for script in scripts.walk_revisions()]
    if found in scripts.get_heads():
        return None
    if found is None or found in known:
        return (
            f"The database has schema {found or 'none'}, and this version needs "
            f"{', '.join(scripts.get_heads())}. Run: baraza migrate"
        )
    return (
        f"The database has schema {found}, made by a newer version of Baraza. "
        "Install that version again, or restore a backup made before."
    )
