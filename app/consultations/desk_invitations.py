"""Desk page of invitations: make one, see its code this once, revoke it."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.access import Admitted, Facilitating
from app.consultations.desk_frame import Frame, back_to, frame_of
from app.consultations.invitations import invite, revoke_invitation
from app.consultations.queries import InvitationView, invitations
from app.consultations.typed import accepted, as_typed, instant
from app.database import ReadSession
from app.identity.hashing import fresh_invitation
from app.refusals import Refusal
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form, Typed
from app.web.reader import Reader, Reads
from app.web.rendering import STATUS, show

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


def _page(
    request: Request,
    session: ReadSession,
    admitted: Admitted,
    reader: Reader,
    now: datetime,
    *,
    typed: Typed | None = None,
    problem: Refusal | None = None,
    code: str | None = None,
    made_for: str = "",
) -> InvitationsPage:
    view = admitted.consultation
    if typed is None:
        expires, choice = as_typed(view.schedule.closes_at, view.schedule.timezone)
        typed = Typed({"cap": ("1",), "expires": (expires,), "expires_choice": (choice,)})
    return InvitationsPage(
        frame=frame_of(request, session, admitted, reader),
        typed=typed,
        problem=problem,
        by_invitation=view.by_invitation,
        invitations=tuple(invitations(session, view.id)),
        now=now,
        code=code,
        made_for=made_for,
    )


@router.get(urls.INVITATIONS)
def invitations_form(
    request: Request, admitted: Facilitating, reader: Reads, session: Reading, now: Now
) -> Response:
    """Show the invitations and the form for one more."""
    page = _page(request, session, admitted, reader, now)
    return show(request, reader, "facilitate/invitations.html", page)


@router.post(urls.INVITATIONS)
def invite_now(
    request: Request,
    form: Form,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Make an invitation and show its code: in this answer only, never in an address."""
    view = admitted.consultation
    try:
        choice = form.line("expires_choice")
        expires_at = accepted(
            instant(form.line("expires"), view.schedule.timezone, choice, field="expires")
        )
        fresh = fresh_invitation(process.pepper)
        with process.database.writing() as writing:
            invite(
                writing,
                consultation_id=view.id,
                label=form.text("label"),
                cap=form.line("cap"),
                expires_at=expires_at,
                code=fresh,
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        page = _page(request, session, admitted, reader, now, typed=form, problem=refusal)
        return show(
            request, reader, "facilitate/invitations.html", page, status=STATUS[refusal.kind]
        )
    session.rollback()  # to see the one just made
    page = _page(
        request, session, admitted, reader, now, code=fresh.shown, made_for=form.line("label")
    )
    return show(request, reader, "facilitate/invitations.html", page)


@router.post(urls.REVOKE)
def revoke_now(invitation: str, admitted: Facilitating, process: Process, now: Now) -> Response:
    """Let an invitation admit nobody any more."""
    with process.database.writing() as writing:
        revoke_invitation(
            writing,
            consultation_id=admitted.consultation.id,
            invitation_id=invitation,
            facilitator_id=admitted.facilitator_id,
            now=now,
        )
    return back_to(urls.INVITATIONS, admitted.consultation.slug, "revoked")
