"""Desk page of those who run a consultation; a change of roles asks for a fresh sign-in (T-11)."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.access import Admitted, Facilitating
from app.consultations.desk_frame import Frame, back_to, frame_of
from app.consultations.people import add_facilitator_to, remove_facilitator_from
from app.consultations.queries import facilitators_of
from app.database import ReadSession
from app.identity.rules import why_not_fresh
from app.refusals import Refusal, missing
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form, Typed
from app.web.reader import Reader, Reads
from app.web.rendering import STATUS, show

router = APIRouter()


@dataclass(frozen=True)
class TeamPage:
    """Those who run a consultation; none named where all facilitators run it together."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    names: tuple[str, ...]
    own_name: str
    must_sign_in: bool


@dataclass(frozen=True)
class SignInAgainPage:
    """What asks for a sign-in of less than half an hour ago."""

    frame: Frame
    problem: Refusal


def why_not_now(admitted: Admitted, now: datetime) -> Refusal | None:
    """Say why a facilitator must sign in again before a look at people or a change of roles."""
    if admitted.who is None:
        return missing()
    return why_not_fresh(admitted.who.begun_at, now)


def sign_in_again(
    request: Request, session: ReadSession, admitted: Admitted, reader: Reader, refusal: Refusal
) -> Response:
    """Return the page that asks a facilitator to sign in again."""
    page = SignInAgainPage(frame_of(request, session, admitted, reader), refusal)
    status = STATUS[refusal.kind]
    return show(request, reader, "facilitate/sign_in_again.html", page, status=status)


def _page(
    request: Request,
    session: ReadSession,
    admitted: Admitted,
    reader: Reader,
    typed: Typed,
    problem: Refusal | None = None,
) -> TeamPage:
    return TeamPage(
        frame=frame_of(request, session, admitted, reader),
        typed=typed,
        problem=problem,
        names=tuple(facilitators_of(session, admitted.consultation.id)),
        own_name=(admitted.who.facilitator_name if admitted.who else None) or "",
        must_sign_in=problem is not None and problem.code == "not_fresh",
    )


@router.get(urls.FACILITATORS)
def team(request: Request, admitted: Facilitating, reader: Reads, session: Reading) -> Response:
    """Show who runs a consultation."""
    page = _page(request, session, admitted, reader, Typed({}))
    return show(request, reader, "facilitate/team.html", page)


@router.post(urls.ADD_FACILITATOR)
def add_now(
    request: Request,
    form: Form,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Let another facilitator run a consultation too."""
    refusal = why_not_now(admitted, now)
    try:
        if refusal:
            raise refusal
        with process.database.writing() as writing:
            add_facilitator_to(
                writing,
                consultation_id=admitted.consultation.id,
                name=form.text("name"),
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as problem:
        page = _page(request, session, admitted, reader, form, problem)
        return show(request, reader, "facilitate/team.html", page, status=STATUS[problem.kind])
    return back_to(urls.FACILITATORS, admitted.consultation.slug, "added")


@router.post(urls.REMOVE_FACILITATOR)
def remove_now(
    request: Request,
    form: Form,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Let a facilitator run a consultation no longer."""
    refusal = why_not_now(admitted, now)
    try:
        if refusal:
            raise refusal
        with process.database.writing() as writing:
            remove_facilitator_from(
                writing,
                consultation_id=admitted.consultation.id,
                name=form.text("name"),
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as problem:
        page = _page(request, session, admitted, reader, Typed({}), problem)
        return show(request, reader, "facilitate/team.html", page, status=STATUS[problem.kind])
    own_name = admitted.who.facilitator_name if admitted.who else None
    if form.line("name") == own_name:
        return back_to(urls.MINE, "", "left")
    return back_to(urls.FACILITATORS, admitted.consultation.slug, "left")
