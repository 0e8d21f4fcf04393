"""Pages of facilitators: signing in and out, the password, the log of acts."""

import logging
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.database import WriteSession
from app.identity import urls
from app.identity.access import (
    FacilitatorAsking,
    PasswordAttempt,
    SignInAttempt,
    keep_session,
)
from app.identity.actions import begin_session, end_other_sessions, record_act
from app.identity.browser import cleared, end_former
from app.identity.queries import (
    ActLine,
    OpenSession,
    acts,
    facilitator_by_password,
    open_sessions,
    verify_acts,
)
from app.identity.rules import facilitator_ends_at
from app.identity.sign_in import change_password, read_second_factor, take_second_factor
from app.refusals import Refusal, mark, missing
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form
from app.web.reader import Reads
from app.web.rendering import STATUS, show
from app.web.state import State

router = APIRouter()
log = logging.getLogger("baraza.identity")

KINDS = (
    mark("consultation"),
    mark("facilitator"),
    mark("invitation"),
    mark("participant"),
    mark("post"),
    mark("thread"),
)
"""What an act can be done to, named here so that the log is shown in the reader's language."""


@dataclass(frozen=True)
class SignInPage:
    """The form for signing in. The name comes back where it was refused; never a password."""

    name: str = ""
    problem: Refusal | None = None


@router.get(urls.SIGN_IN)
def sign_in_form(request: Request, reader: Reads) -> Response:
    """Ask for name, password and second factor."""
    return show(request, reader, "identity/sign_in.html", SignInPage())


@router.post(urls.SIGN_IN)
def sign_in(
    request: Request,
    attempt: SignInAttempt,
    reader: Reads,
    process: Process,
    now: Now,
    form: Form,
) -> Response:
    """Sign a facilitator in, and go to the desk."""
    try:
        token = _sign_in(
            request, process, form.text("name"), form.text("password"), form.text("code"), now
        )
    except Refusal as refusal:
        log.warning("a facilitator's sign-in was refused: %s", refusal.code)
        page = SignInPage(form.text("name"), refusal)
        return show(request, reader, "identity/sign_in.html", page, status=STATUS[refusal.kind])
    attempt.succeeded = True
    response = RedirectResponse(urls.DESK, status_code=303)
    keep_session(response, process, token)
    return response


def _sign_in(
    request: Request, process: State, name: str, password: str, code: str, now: datetime
) -> str:
    with process.database.reading() as session:
        facilitator_id = facilitator_by_password(session, name=name, password=password)
    factor = read_second_factor(code, facilitator_id=facilitator_id)
    with process.database.writing() as session:
        # Begun even where the password was wrong: no answer comes sooner than another.
        known = take_second_factor(session, facilitator_id=facilitator_id, factor=factor, now=now)
        end_former(session, request)
        token = begin_session(
            session, facilitator_id=known, ends_at=facilitator_ends_at(now), now=now
        )
        _record(session, known, mark("signed in"), now)
    return token


def _record(session: WriteSession, facilitator_id: str, verb: str, now: datetime) -> None:
    record_act(
        session,
        actor_kind="facilitator",
        actor_id=facilitator_id,
        verb=verb,
        object_kind="facilitator",
        object_id=facilitator_id,
        consultation_id=None,
        now=now,
    )


@router.post(urls.SIGN_OUT)
def sign_out(request: Request, known: FacilitatorAsking, process: Process, now: Now) -> Response:
    """End a facilitator's session."""
    with process.database.writing() as session:
        end_former(session, request)
        _record(session, str(known.facilitator_id), mark("signed out"), now)
    return cleared(process, urls.SIGN_IN)


@dataclass(frozen=True)
class PasswordPage:
    """The form for a new password, and where else the facilitator is signed in."""

    name: str
    sessions: tuple[OpenSession, ...]
    zone: ZoneInfo
    done: str | None = None
    problem: Refusal | None = None


@router.get(urls.PASSWORD)
def password_form(
    request: Request, known: FacilitatorAsking, reader: Reads, session: Reading, now: Now
) -> Response:
    """Show a facilitator's own sign-in: password, and open sessions."""
    done = request.query_params.get("done")
    page = PasswordPage(
        name=known.facilitator_name or "",
        sessions=tuple(open_sessions(session, of=known, now=now)),
        zone=reader.zone("UTC"),
        done=done if done in ("password", "sessions") else None,
    )
    return show(request, reader, "identity/password.html", page)


@router.post(urls.PASSWORD)
def password_change(
    request: Request,
    attempt: PasswordAttempt,
    known: FacilitatorAsking,
    reader: Reads,
    process: Process,
    now: Now,
    form: Form,
) -> Response:
    """Change a facilitator's password, and sign them out everywhere else."""
    try:
        with process.database.writing() as session:
            change_password(
                session,
                facilitator_id=str(known.facilitator_id),
                old_password=form.text("old_password"),
                new_password=form.text("new_password"),
            )
            end_other_sessions(session, session_id=known.session_id)
            _record(session, str(known.facilitator_id), mark("changed their password"), now)
    except Refusal as refusal:
        with process.database.reading() as session:
            sessions = tuple(open_sessions(session, of=known, now=now))
        page = PasswordPage(
            name=known.facilitator_name or "",
            sessions=sessions,
            zone=reader.zone("UTC"),
            problem=refusal,
        )
        return show(request, reader, "identity/password.html", page, status=STATUS[refusal.kind])
    attempt.succeeded = True
    return RedirectResponse(f"{urls.PASSWORD}?done=password", status_code=303)


@router.post(urls.SIGN_OUT_ELSEWHERE)
def sign_out_elsewhere(known: FacilitatorAsking, process: Process, now: Now) -> Response:
    """End a facilitator's other sessions and API tokens."""
    with process.database.writing() as session:
        end_other_sessions(session, session_id=known.session_id)
        _record(session, str(known.facilitator_id), mark("signed out elsewhere"), now)
    return RedirectResponse(f"{urls.PASSWORD}?done=sessions", status_code=303)


@dataclass(frozen=True)
class ActsPage:
    """The newest lines of the log; `broken_at` is the first line that was tampered with."""

    acts: tuple[ActLine, ...]
    broken_at: int | None
    consultation_id: str | None
    zone: ZoneInfo


@router.get(urls.ACTS)
def acts_page(
    request: Request,
    known: FacilitatorAsking,
    reader: Reads,
    session: Reading,
    consultation: str | None = None,
) -> Response:
    """Show the log of acts, of one consultation (its id) or of everything, checked as a whole."""
    if consultation is not None and not consultation.isalnum():
        raise missing()
    page = ActsPage(
        acts=tuple(acts(session, consultation_id=consultation)),
        broken_at=verify_acts(session),
        consultation_id=consultation,
        zone=reader.zone("UTC"),
    )
    return show(request, reader, "identity/acts.html", page)
