"""`baraza migrate`: brings the database to the schema of this version."""

import typer
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.commands.installation import settings_or_exit
from app.commands.schema import UnknownSchema, upgrade


def migrate() -> None:
    """Bring the database to the schema of this version; where it has it, change nothing."""
    settings = settings_or_exit()
    try:
        before, after = upgrade(settings.database_address())
    except ArgumentError as error:
        typer.echo(f"BARAZA_DATABASE_URL is no address of a database: {error}", err=True)
        raise typer.Exit(2) from error
    except UnknownSchema as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except (DBAPIError, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        typer.echo(f"The database cannot be migrated: {reason}", err=True)
        raise typer.Exit(1) from error
    if before == after:
        typer.echo(f"The database is up to date (schema {after}).")
    else:
        typer.echo(f"The database now has schema {after} (before: {before or 'none'}).")
