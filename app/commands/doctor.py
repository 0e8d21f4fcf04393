"""`baraza doctor`: what is wrong with this installation, and what to do about it."""

import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

import typer
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utc_now
from app.commands.installation import settings_or_exit, why_not_ready
from app.database import Database
from app.identity.queries import facilitators, verify_acts
from app.settings import Settings, secret_key
from app.translation.argos_packages import damaged
from app.translation.engine import (
    EngineFailed,
    EngineUnavailable,
    RouteOffered,
    Translator,
)
from app.translation.worker import make_translator

_MEGABYTE = 1_000_000
_CLOCK_SLACK = timedelta(minutes=2)
_SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
}


class Mark(Enum):
    """How good what was found is."""

    GOOD = "good"
    CARE = "care"  # it works; somebody should know
    WRONG = "WRONG"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what is to be done where it is not good."""

    mark: Mark
    words: str


def doctor() -> None:
    """Look at everything this installation needs and say what is wrong. Changes nothing."""
    settings = settings_or_exit()
    wrong = 0
    for finding in examine(settings, now=utc_now()):
        typer.echo(f"{finding.mark.value:5}  {finding.words}")
        wrong += finding.mark is Mark.WRONG
    if wrong:
        typer.echo(f"\n{wrong} wrong.", err=True)
        raise typer.Exit(1)


def examine(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Yield what there is to say of an installation, as soon as it is known."""
    yield from _folder(settings.data_dir)
    yield _clock(settings.data_dir, now)
    yield _key(settings)
    yield _origin(settings.public_origin)
    yield from _database(settings)
    yield from _translator(settings)


def _folder(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding(Mark.WRONG, f"There is no data folder {folder}. Run: baraza migrate")
        return
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
    except OSError as error:
        yield Finding(Mark.WRONG, f"The data folder {folder} takes no file: {error.strerror}.")
    else:
        yield Finding(Mark.GOOD, f"The data folder {folder} can be written.")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Finding(
            Mark.CARE, f"Others on this machine can look into it. Run: chmod 700 {folder}"
        )
    free = shutil.disk_usage(folder).free // _MEGABYTE
    mark = Mark.WRONG if free < 100 else Mark.CARE if free < 1000 else Mark.GOOD
    yield Finding(mark, f"{free:,} MB of disk are free.")


def _clock(folder: Path, now: datetime) -> Finding:
    """Hold the clock against the newest file: what was written already is not in the future."""
    files = [Path(__file__), *(folder.iterdir() if folder.is_dir() else ())]
    newest = max(datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in files)
    if newest > now + _CLOCK_SLACK:
        return Finding(
            Mark.WRONG,
            f"The clock says {now:%Y-%m-%d %H:%M} UTC, but a file was written at "
            f"{newest:%Y-%m-%d %H:%M}. Set the clock: opening and closing go by it.",
        )
    return Finding(Mark.GOOD, f"The clock says {now:%Y-%m-%d %H:%M} UTC. Is that right?")


def _key(settings: Settings) -> Finding:
    file = settings.data_dir / "secret_key"
    if settings.secret_key is None and not file.exists():
        return Finding(Mark.CARE, "There is no secret key yet; the first start makes one.")
    try:
        secret_key(settings)
    except (ValueError, OSError) as error:
        return Finding(Mark.WRONG, f"The secret key cannot be used: {error}")
    if settings.secret_key is not None:
        return Finding(Mark.GOOD, "The secret key comes from BARAZA_SECRET_KEY.")
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        return Finding(Mark.WRONG, f"Others can read the secret key. Run: chmod 600 {file}")
    return Finding(Mark.GOOD, "The secret key is there, and only its owner can read it.")


def _origin(origin: str) -> Finding:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        return Finding(
            Mark.WRONG, f"BARAZA_PUBLIC_ORIGIN must be like https://example.org, not {origin}."
        )
    if parts.scheme == "https":
        return Finding(Mark.GOOD, f"People come to {origin}.")
    if parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return Finding(
            Mark.CARE,
            f"People come to {origin}, so only from this machine. "
            "For others set BARAZA_PUBLIC_ORIGIN to an https:// address.",
        )
    return Finding(
        Mark.WRONG,
        f"People come to {origin} without encryption: everybody on the way reads their words and "
        "codes. Put a TLS proxy before it and set BARAZA_PUBLIC_ORIGIN to the https:// address.",
    )


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        database = Database(settings.database_address(), pool_size=1)
    except SQLAlchemyError as error:
        yield Finding(Mark.WRONG, f"BARAZA_DATABASE_URL is no address of a database: {error}")
        return
    try:
        if reason := why_not_ready(database):
            yield Finding(Mark.WRONG, reason)
            return
        yield Finding(Mark.GOOD, "The database has the schema of this version.")
        yield from (Finding(Mark.CARE, warning) for warning in database.warnings())
        yield from _sqlite(database) if database.is_sqlite else _postgresql(database)
        with database.reading() as session:
            line = verify_acts(session)
            there = [one for one in facilitators(session) if one.removed_at is None]
        yield (
            Finding(Mark.GOOD, "The log of acts is whole.")
            if line is None
            else Finding(Mark.WRONG, f"The log of acts was changed at line {line}.")
        )
        yield (
            Finding(Mark.GOOD, f"Facilitators: {len(there)}.")
            if there
            else Finding(Mark.CARE, "There is no facilitator. Run: baraza facilitator add NAME")
        )
    except SQLAlchemyError as error:
        yield Finding(Mark.WRONG, f"The database does not answer: {getattr(error, 'orig', error)}")
    finally:
        database.dispose()


def _sqlite(database: Database) -> Iterator[Finding]:
    with database.reading() as session:
        for pragma, expected in _SQLITE_PRAGMAS.items():
            found = session.execute(text(f"PRAGMA {pragma}")).scalar()
            if found != expected:
                yield Finding(Mark.WRONG, f"SQLite has {pragma}={found}; it must be {expected}.")
        verdict = session.execute(text("PRAGMA quick_check(1)")).scalar()
        broken = session.execute(text("PRAGMA foreign_key_check")).first()
    if verdict != "ok":
        yield Finding(Mark.WRONG, f"The database file is damaged: {verdict}. Restore a backup.")
    elif broken:
        yield Finding(Mark.WRONG, f"The database has broken references: {tuple(broken)}.")
    else:
        yield Finding(Mark.GOOD, "The database file is sound.")


def _postgresql(database: Database) -> Iterator[Finding]:
    with database.reading() as session:
        version = session.execute(text("SHOW server_version")).scalar()
        commit = session.execute(text("SHOW synchronous_commit")).scalar()
    yield Finding(Mark.GOOD, f"PostgreSQL {version} answers.")
    if commit == "off":
        yield Finding(
            Mark.WRONG,
            "PostgreSQL has synchronous_commit=off: a post that was received can be lost.",
        )


def _translator(settings: Settings) -> Iterator[Finding]:
    try:
        translator = make_translator(
            translator=settings.translator,
            packages_dir=settings.packages_dir(),
            bundled=settings.bundled_translator,
            libretranslate_url=settings.libretranslate_url,
            libretranslate_api_key=settings.libretranslate_api_key,
        )
        routes = translator.routes()
    except (ValueError, EngineUnavailable) as error:
        yield Finding(Mark.WRONG, f"The translator {settings.translator} is not ready: {error}")
        return
    for message in damaged(settings.packages_dir()) if settings.translator == "argos" else ():
        yield Finding(Mark.WRONG, f"Damaged translation package: {message}")
    if settings.translator == "echo":
        yield Finding(Mark.CARE, "BARAZA_TRANSLATOR=echo is for tests: nothing is translated.")
    elif not routes:
        yield Finding(
            Mark.CARE,
            "No translation is installed, so everything is shown as it was written. "
            "Run: baraza languages available, then baraza languages add CODE",
        )
    else:
        unfit = [fault for route in routes if (fault := _why_unfit(translator, route))]
        for fault in unfit:
            yield Finding(Mark.WRONG, fault)
        ends = {route.source for route in routes} | {route.target for route in routes}
        fit = f"{len(routes) - len(unfit)} translations between {', '.join(sorted(ends))}."
        yield Finding(Mark.GOOD, fit)


def _why_unfit(translator: Translator, route: RouteOffered) -> str | None:
    """Try a word on a direct route: a model can be there and yet not be readable."""
    if len(route.path) > 2:
        return None
    try:
        translator.translate(["water"], path=route.path)
    except (EngineUnavailable, EngineFailed) as error:
        return f"{route.source} is not translated into {route.target}: {error}"
    return None
