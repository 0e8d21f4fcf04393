"""`baraza facilitator`: who may run consultations here."""

from datetime import timedelta
from typing import Annotated

import typer

from app.clock import utc_now
from app.commands.installation import opened_or_exit, settings_or_exit
from app.identity import queries
from app.identity.actions import (
    NewFacilitator,
    add_facilitator,
    begin_session,
    record_act,
    remove_facilitator,
)
from app.refusals import mark

facilitator = typer.Typer(no_args_is_help=True, help="Who may run consultations here.")

Name = Annotated[str, typer.Argument(help="The facilitator's name, as they will sign in with it.")]


@facilitator.command()
def add(name: Name) -> None:
    """Add a facilitator and print their sign-in data, this once only."""
    settings = settings_or_exit()
    with opened_or_exit(settings) as database, database.writing() as session:
        now = utc_now()
        fresh = add_facilitator(session, name=name, now=now)
        record_act(
            session,
            actor_kind="operator",
            actor_id=None,
            verb=mark("added a facilitator"),
            object_kind="facilitator",
            object_id=fresh.id,
            consultation_id=None,
            now=now,
        )
    typer.echo(sign_in_data(fresh, settings.public_origin))


@facilitator.command()
def token(
    name: Name,
    hours: Annotated[int, typer.Option(min=1, max=24 * 90, help="How long it is valid.")] = 12,
) -> None:
    """Print a token for the JSON API: `Authorization: Bearer TOKEN`."""
    with opened_or_exit(settings_or_exit()) as database, database.writing() as session:
        now = utc_now()
        facilitator_id = queries.facilitator_by_name(session, name=name)
        if facilitator_id is None:
            raise queries.no_facilitator(name)
        made = begin_session(
            session,
            facilitator_id=facilitator_id,
            for_api=True,
            ends_at=now + timedelta(hours=hours),
            now=now,
        )
        record_act(
            session,
            actor_kind="operator",
            actor_id=None,
            verb=mark("made an API token"),
            object_kind="facilitator",
            object_id=facilitator_id,
            consultation_id=None,
            now=now,
        )
    typer.echo(made)


@facilitator.command()
def remove(name: Name) -> None:
    """Remove a facilitator and end their sessions at once. What they did stays in the log."""
    with opened_or_exit(settings_or_exit()) as database, database.writing() as session:
        now = utc_now()
        facilitator_id = remove_facilitator(session, name=name, now=now)
        record_act(
            session,
            actor_kind="operator",
            actor_id=None,
            verb=mark("removed a facilitator"),
            object_kind="facilitator",
            object_id=facilitator_id,
            consultation_id=None,
            now=now,
        )
    typer.echo("Removed. `baraza facilitator add` with the same name gives new sign-in data.")


@facilitator.command("list")
def list_() -> None:
    """List the facilitators."""
    with opened_or_exit(settings_or_exit()) as database, database.reading() as session:
        entries = queries.facilitators(session)
    for entry in entries:
        state = (
            f"removed {entry.removed_at:%Y-%m-%d}"
            if entry.removed_at
            else f"since {entry.added_at:%Y-%m-%d}, {entry.recovery_codes_left} recovery codes left"
        )
        typer.echo(f"{entry.name}\t{state}")
    if not entries:
        typer.echo("There is nobody yet. Add somebody with: baraza facilitator add NAME")


def sign_in_data(fresh: NewFacilitator, public_origin: str) -> str:
    """Return what a new facilitator needs, in lines for a terminal."""
    codes = "\n".join(f"    {code}" for code in fresh.recovery_codes)
    return (
        f"Sign in at {public_origin}/facilitate/sign-in\n"
        f"  Name:          {fresh.name}\n"
        f"  Password:      {fresh.password}\n"
        f"  Second factor: {fresh.totp_secret}\n"
        f"                 {fresh.totp_uri}\n"
        "  Put the second factor into an authenticator app, by hand or as a QR code.\n"
        "  Recovery codes, each counts once in place of the six digits:\n"
        f"{codes}\n"
        "Nobody can show this again. Change the password after the first sign-in."
    )
