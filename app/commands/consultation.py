"""`baraza consultation`: a whole consultation from a file, and into one."""

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from app.clock import utc_now
from app.commands.installation import opened_or_exit, settings_or_exit
from app.consultations.queries import consultation as find_consultation
from app.database import WriteSession
from app.discussion.interchange import import_consultation
from app.discussion.interchange_check import check, read
from app.discussion.interchange_export import export_consultation
from app.identity.actions import record_act
from app.identity.queries import facilitator_by_name, no_facilitator
from app.refusals import Refusal

consultation = typer.Typer(
    no_args_is_help=True, help="A whole consultation from a file, and into one."
)

_FAULTS_SHOWN = 20

_File = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, readable=True, help="A file as docs/interchange.md describes."
    ),
]


@consultation.command("import")
def import_(
    file: _File,
    facilitator: Annotated[
        str | None,
        typer.Option(help="Who answers here for what facilitators did in it, such as summaries."),
    ] = None,
) -> None:
    """Take a consultation in from FILE, all of it or nothing. It must not be here yet."""
    document = _read_or_exit(file)
    with opened_or_exit(settings_or_exit()) as database, database.writing() as session:
        now = utc_now()
        facilitator_id = facilitator_by_name(session, name=facilitator) if facilitator else None
        if facilitator and facilitator_id is None:
            raise no_facilitator(facilitator)
        slug = import_consultation(
            session, document=document, now=now, facilitator_id=facilitator_id
        )
        _record(session, slug, "imported a consultation")
    people, threads, posts = (len(document[key]) for key in ("people", "threads", "posts"))
    typer.echo(f"Imported {slug}: {people} people, {threads} threads, {posts} posts.")


def _read_or_exit(file: Path) -> dict[str, Any]:
    """Return the document in a file that holds no fault; else print the faults and end with 1."""
    try:
        document = read(file.read_bytes())
    except OSError as error:
        typer.echo(f"{file} cannot be read: {error.strerror}.", err=True)
        raise typer.Exit(1) from error
    except Refusal as refusal:
        typer.echo(_printable(f"{file}: {refusal}"), err=True)
        raise typer.Exit(1) from refusal
    faults = check(document)
    for fault in faults[:_FAULTS_SHOWN]:
        typer.echo(_printable(f"{file}: {fault}"), err=True)
    if faults:
        more = len(faults) - _FAULTS_SHOWN
        typer.echo(f"… and {more} more. " if more > 0 else "", nl=False, err=True)
        typer.echo("Nothing was imported.", err=True)
        raise typer.Exit(1)
    found: dict[str, Any] = document
    return found


def _printable(line: str) -> str:
    """Return a line in which a file's characters cannot steer the terminal."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


@consultation.command("export")
def export(
    slug: Annotated[str, typer.Argument(help="The consultation's part of its address.")],
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write here, not on the terminal.")
    ] = None,
    translations: Annotated[
        bool, typer.Option("--translations", help="Also give every translation that is done.")
    ] = False,
) -> None:
    """Give the consultation at SLUG out as JSON, hidden posts and names included."""
    with opened_or_exit(settings_or_exit()) as database:
        with database.reading() as reading:
            document = export_consultation(reading, slug=slug, translations=translations)
        with database.writing() as session:
            _record(session, slug, "exported a consultation")
    content = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if out is None:
        typer.echo(content.encode(), nl=False)
        return
    try:
        _write_whole(out, content.encode())
    except OSError as error:
        typer.echo(f"{out} cannot be written: {error.strerror}.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Wrote {out} ({len(content.encode()):,} bytes). Only you may read it.", err=True)


def _write_whole(out: Path, content: bytes) -> None:
    """Write a file that only its owner may read; a half-written one never takes its name."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(out)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _record(session: WriteSession, slug: str, verb: str) -> None:
    found = find_consultation(session, slug)
    record_act(
        session,
        actor_kind="operator",
        actor_id=None,
        verb=verb,
        object_kind="consultation",
        object_id=found.id if found else slug,
        consultation_id=found.id if found else None,
        now=utc_now(),
    )
