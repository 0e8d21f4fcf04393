"""`baraza report`: a consultation's report as a file."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated

import typer

from app.clock import utc_now
from app.commands.installation import opened_or_exit, settings_or_exit
from app.consultations.queries import ConsultationView
from app.consultations.queries import consultation as find_consultation
from app.database import WriteSession
from app.identity.actions import record_act
from app.languages import normalise
from app.refusals import Kind, Refusal, mark
from app.reports.formats import FORMATS, NOT_BUILT_YET
from app.reports.queries import facts
from app.reports.rules import TranslationNote, assemble
from app.translation.actions import add_languages
from app.translation.rules import Standing


def report(
    slug: Annotated[str, typer.Argument(help="The consultation's part of its address.")],
    format: Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")] = "html",
    language: Annotated[
        str | None,
        typer.Option(help="Language of the report, such as pt-BR; default: the consultation's."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write here, not on the terminal.")
    ] = None,
) -> None:
    """Make the report of the consultation at SLUG, in any language; it can be made at any time."""
    _check_format_or_exit(format)
    tag = normalise(language) if language else None
    if language and tag is None:
        typer.echo(f"There is no language {language!r}; give a tag such as pt-BR or sw.", err=True)
        raise typer.Exit(2)
    with opened_or_exit(settings_or_exit()) as database:
        _say_on_terminal("Reading the posts …")
        with database.reading() as reading:
            found = find_consultation(reading, slug)
            if found is None:
                raise Refusal(
                    Kind.MISSING,
                    "consultation_unknown",
                    mark("There is no consultation %(slug)s here."),
                    {"slug": slug},
                )
            read = facts(reading, consultation_id=found.id, language=tag or found.language)
        document = assemble(read)
        pieces = FORMATS[format](document)
        if out is None:
            typer.echo("".join(pieces).encode(), nl=False)
        else:
            _write_or_exit(out, pieces)
        with database.writing() as session:
            _record(session, found, document.language, document.translation)
    _say_what_lacks(document.translation)


def _check_format_or_exit(format: str) -> None:
    if format in FORMATS:
        return
    if format in NOT_BUILT_YET:
        typer.echo(f"Reports as {format} are not built yet. Use {', '.join(FORMATS)}.", err=True)
    else:
        typer.echo(f"There is no format {format!r}. Use {', '.join(FORMATS)}.", err=True)
    raise typer.Exit(2)


def _write_or_exit(out: Path, pieces: Iterator[str]) -> None:
    try:
        size = _write_whole(out, pieces)
    except OSError as error:
        typer.echo(f"{out} cannot be written: {error.strerror}.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Wrote {out} ({size:,} bytes). Only you may read it.", err=True)


def _write_whole(out: Path, pieces: Iterator[str]) -> int:
    """Write a file that only its owner may read, and return its bytes; a half-written one never
    takes its name."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            _write_pieces(file, pieces)
            size = file.tell()
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(out)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return size


def _write_pieces(file: IO[str], pieces: Iterator[str]) -> None:
    for number, piece in enumerate(pieces):
        file.write(piece)
        if number % 1000 == 0:
            _say_on_terminal(f"Writing … {file.tell():,} bytes")
    _say_on_terminal("")


def _say_on_terminal(line: str) -> None:
    """Show how far the work is, in place of the line before; only where somebody is looking."""
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K{line}", nl=False, err=True)


def _record(
    session: WriteSession, found: ConsultationView, language: str, note: TranslationNote
) -> None:
    """Note who made a report; and let a language that nobody asked for yet be translated into."""
    verbs = [mark("made a report")]
    if Standing.NOT_ASKED in note.not_translated:
        add_languages(session, readership_id=found.readership_id, languages=[language])
        verbs.insert(0, mark("offered a language"))
    for verb in verbs:
        record_act(
            session,
            actor_kind="operator",
            actor_id=None,
            verb=verb,
            object_kind="consultation",
            object_id=found.id,
            consultation_id=found.id,
            now=utc_now(),
        )


def _say_what_lacks(note: TranslationNote) -> None:
    coming = sum(note.not_translated.get(s, 0) for s in (Standing.PENDING, Standing.NOT_ASKED))
    never = sum(note.not_translated.values()) - coming
    if coming:
        typer.echo(
            f"{coming} of {note.texts} texts are not translated yet. "
            "The worker translates them now; make the report again later.",
            err=True,
        )
    if never:
        typer.echo(
            f"{never} of {note.texts} texts stand in their original: the worker, when it last ran, "
            "had no good way to translate them. See: baraza languages list",
            err=True,
        )
