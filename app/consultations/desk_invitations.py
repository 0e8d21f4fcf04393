"""Desk page of invitations: make one, see its code this once, revoke it."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import AtDesk, Desk, Frame
from app.consultations.invitations import invite, revoke_invitation
from app.consultations.queries import InvitationView, invitations
from app.consultations.typed import accepted, as_typed, instant
from app.identity.hashing import fresh_invitation
from app.refusals import Refusal
from app.web.forms import Form, Typed

router = APIRouter()


@dataclass(frozen=True)
class InvitationsPage:
    """The invitations of a consultation, the form for one more, and a new code this once."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    by_invitation: bool
    invitations: tuple[InvitationView, ...]
    now: datetime
    code: str | None
    made_for: str


def _show(
    desk: Desk,
    *,
    typed: Typed | None = None,
    problem: Refusal | None = None,
    code: str | None = None,
    made_for: str = "",
) -> Response:
    view = desk.consultation
    if typed is None:
        expires, choice = as_typed(view.schedule.closes_at, view.schedule.timezone)
        typed = Typed({"cap": ("1",), "expires": (expires,), "expires_choice": (choice,)})
    page = InvitationsPage(
        frame=desk.frame(),
        typed=typed,
        problem=problem,
        by_invitation=view.by_invitation,
        invitations=tuple(invitations(desk.session, view.id)),
        now=desk.now,
        code=code,
        made_for=made_for,
    )
    return desk.show("facilitate/invitations.html", page, problem)


@router.get(urls.INVITATIONS)
def invitations_form(desk: AtDesk) -> Response:
    """Show the invitations and the form for one more."""
    return _show(desk)


@router.post(urls.INVITATIONS)
def invite_now(form: Form, desk: AtDesk) -> Response:
    """Make an invitation and show its code: in this answer only, never in an address."""
    zone = desk.consultation.schedule.timezone
    try:
        choice = form.line("expires_choice")
        expires_at = accepted(instant(form.line("expires"), zone, choice, field="expires"))
        fresh = fresh_invitation(desk.process.pepper)
        with desk.process.database.writing() as writing:
            invite(
                writing,
                label=form.text("label"),
                cap=form.line("cap"),
                expires_at=expires_at,
                code=fresh,
                **desk.act,
            )
    except Refusal as refusal:
        return _show(desk, typed=form, problem=refusal)
    desk.session.rollback()  # to see the one just made
    return _show(desk, code=fresh.shown, made_for=form.line("label"))


@router.post(urls.REVOKE)
def revoke_now(invitation: str, desk: AtDesk) -> Response:
    """Let an invitation admit nobody any more."""
    with desk.process.database.writing() as writing:
        revoke_invitation(writing, invitation_id=invitation, **desk.act)
    return desk.back_to(urls.INVITATIONS, "revoked")
