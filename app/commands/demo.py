"""`baraza demo`: a consultation to try everything with, on a machine without anything else.

Only here is the demonstration known; its words are in demo/consultation.json.
"""

import json
import os
import re
import socket
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import pyotp
import typer
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utc_now
from app.commands import serve
from app.commands.installation import opened_or_exit, settings_or_exit
from app.commands.schema import UnknownSchema, upgrade
from app.consultations.queries import consultation
from app.consultations.rules import Phase
from app.database import Database
from app.discussion.interchange import import_consultation
from app.discussion.interchange_check import read
from app.identity.actions import add_facilitator
from app.identity.queries import facilitator_by_name
from app.settings import Settings
from app.translation import bundled

HOST = "127.0.0.1"
FACILITATOR = "Demo facilitator"
SIGN_IN_KEPT_IN = "demo-sign-in.json"
CLOSES_IN = timedelta(days=3)

_WORDS = Path(__file__).parents[2] / "demo" / "consultation.json"
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
_PORTS_TRIED = 50


def demo(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port to listen on; the next free one if taken.")
    ] = 8000,
) -> None:
    """Serve a demonstration consultation, with everything made that it needs. Data are kept."""
    try:
        listener = _listen_from(port)
    except OSError as error:
        typer.echo(f"No port from {port} on is free: {error.strerror}.", err=True)
        raise typer.Exit(1) from error
    origin = f"http://{HOST}:{listener.getsockname()[1]}"
    # The web process and the worker read their settings from the environment.
    os.environ.setdefault("BARAZA_PUBLIC_ORIGIN", origin)
    os.environ.setdefault("BARAZA_BUNDLED_TRANSLATOR", "true" if bundled.is_there() else "false")
    settings = settings_or_exit()
    try:
        upgrade(settings.database_address())
    except (UnknownSchema, OSError, SQLAlchemyError) as error:
        typer.echo(f"The database cannot be used: {error}", err=True)
        raise typer.Exit(1) from error
    with opened_or_exit(settings) as database:
        slug = seed(database, now=utc_now())
        sign_in = facilitator_sign_in(database, settings.data_dir, now=utc_now())
        for warning in database.warnings():
            typer.echo(f"Warning: {warning}", err=True)
        with database.reading() as session:
            shown = consultation(session, slug)
    typer.echo(_welcome(settings, slug, sign_in))
    if shown and shown.schedule.phase(utc_now()) is Phase.CLOSED:
        typer.echo("It has closed by now. For a fresh one delete the data folder, and start again.")
    serve.run(listener, web_processes=1)


def _listen_from(port: int) -> socket.socket:
    """Return a socket that listens on the first free port from `port` on; raise OSError."""
    for tried in range(port, min(port + _PORTS_TRIED, 65536)):
        try:
            listener = serve.listen(HOST, tried)
        except OSError as error:
            refused = error
            continue
        if tried != port:
            typer.echo(f"Port {port} is taken, so this is port {tried}.")
        return listener
    raise refused


def seed(database: Database, *, now: datetime) -> str:
    """Take the demonstration in if it is not here yet, as if it were to close in three days.

    Return its slug.
    """
    document = read(_WORDS.read_bytes())
    with database.writing() as session:
        if consultation(session, document["slug"]) is None:
            import_consultation(session, document=moved(document, now=now), now=now)
    slug: str = document["slug"]
    return slug


def moved(document: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return a document with all its times moved so that it closes in three days."""
    now = now.replace(second=0, microsecond=0)
    by = now + CLOSES_IN - datetime.fromisoformat(document["closes_at"])
    later = _INSTANT.sub(
        lambda found: (datetime.fromisoformat(found[0]) + by).isoformat(), json.dumps(document)
    )
    result: dict[str, Any] = json.loads(later)
    if "results_due_on" in result:
        due = date.fromisoformat(result["results_due_on"]) + timedelta(days=by.days)
        result["results_due_on"] = due.isoformat()
    return result


def facilitator_sign_in(database: Database, data_dir: Path, *, now: datetime) -> dict[str, Any]:
    """Return how the facilitator of the demonstration signs in; made at the first start.

    It is kept beside the data in a file that only its owner may read, to be shown again. Where
    file or facilitator is lost, so is the way in: another facilitator is made.
    """
    file = data_dir / SIGN_IN_KEPT_IN
    with database.writing() as session:
        if file.exists():
            kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            if facilitator_by_name(session, name=kept["name"]):
                return kept
            file.unlink()
        name, number = FACILITATOR, 1
        while facilitator_by_name(session, name=name):
            number += 1
            name = f"{FACILITATOR} {number}"
        fresh = add_facilitator(session, name=name, now=now)
        sign_in = {
            "name": fresh.name,
            "password": fresh.password,
            "totp_secret": fresh.totp_secret,
            "totp_uri": fresh.totp_uri,
            "recovery_codes": list(fresh.recovery_codes),
        }
        # Before the commit: a facilitator nobody can sign in as would be of no use.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(sign_in, out, ensure_ascii=False, indent=1)
    return sign_in


def _welcome(settings: Settings, slug: str, sign_in: dict[str, Any]) -> str:
    digits = pyotp.TOTP(sign_in["totp_secret"]).at(utc_now())
    translating = (
        "English and Portuguese, both ways; other languages are shown as written"
        if settings.bundled_translator
        else "only what you install (baraza languages add …); all else is shown as written"
    )
    origin = settings.public_origin
    return f"""
A demonstration of Baraza. End it with Ctrl-C; started again, it keeps its data.

  Take part     {origin}/c/{slug}
  Facilitate    {origin}/facilitate/sign-in
    name        {sign_in["name"]}
    password    {sign_in["password"]}
    six digits  {digits}  (for half a minute; afterwards from an authenticator app)
    secret      {sign_in["totp_secret"]}
                {sign_in["totp_uri"]}
  Translates    {translating}
  Data          {settings.data_dir.resolve()}
                The sign-in above is kept there in {SIGN_IN_KEPT_IN}.
"""
