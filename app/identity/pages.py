"""Coming back with a code, leaving, and how facilitators sign in and out.

Endpoints that hash what a stranger typed open their own sessions, one to read and one to write:
the request's transaction would otherwise be held as long as the hash takes.
"""

import logging
from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.exc import DBAPIError
from starlette.responses import RedirectResponse, Response

from app.identity import urls
from app.identity.access import (
    FindsHome,
    ReturnAttempt,
    keep_session,
    token_of,
)
from app.identity.actions import begin_session, end_session
from app.identity.browser import cleared, end_former
from app.identity.queries import (
    person_by_code,
)
from app.identity.rules import read_code, unknown_code
from app.refusals import Refusal
from app.web.dependencies import Now, Process
from app.web.forms import Form
from app.web.reader import Reads
from app.web.rendering import STATUS, show

router = APIRouter()
log = logging.getLogger("baraza.identity")


# --- Coming back and leaving -----------------------------------------------------------------


@dataclass(frozen=True)
class ReturnPage:
    """The form for a return code, with what was typed where it was refused."""

    code: str = ""
    problem: Refusal | None = None


@router.get(urls.RETURN)
def return_form(request: Request, reader: Reads) -> Response:
    """Ask for the return code."""
    return show(request, reader, "identity/return.html", ReturnPage())


@router.post(urls.RETURN)
def come_back(
    request: Request,
    attempt: ReturnAttempt,
    reader: Reads,
    process: Process,
    now: Now,
    form: Form,
    home_of: FindsHome,
) -> Response:
    """Take a return code, begin a session, and go on to where the person takes part."""
    typed = form.text("code")
    code = read_code(typed)
    if isinstance(code, Refusal):
        return _return_refused(request, reader, typed, code)
    with process.database.reading() as session:
        person_id = person_by_code(session, code=code, pepper=process.pepper)
        if person_id is None:
            return _return_refused(request, reader, typed, unknown_code())
        home = home_of(session, person_id, now)
    with process.database.writing() as session:
        end_former(session, request)
        token = begin_session(session, person_id=person_id, ends_at=home.ends_at(now), now=now)
    attempt.succeeded = True
    response = RedirectResponse(home.place, status_code=303)
    keep_session(response, process, token)
    return response


def _return_refused(request: Request, reader: Reads, typed: str, refusal: Refusal) -> Response:
    page = ReturnPage(typed, refusal)
    return show(request, reader, "identity/return.html", page, status=STATUS[refusal.kind])


@router.post(urls.LEAVE)
def leave(request: Request, process: Process) -> Response:
    """End the session, take everything back from the browser, go to a page that says nothing."""
    token = token_of(request)
    try:
        if token:
            with process.database.writing() as session:
                end_session(session, token=token)
    except DBAPIError as error:
        # The disk may be full or the database locked: whoever must leave now still leaves.
        log.error("a session could not be ended: %s", type(error.orig).__name__)
    return cleared(process, urls.LEFT)


@dataclass(frozen=True)
class LeftPage:
    """Nothing: whoever looks at this page learns nothing of who was here or why."""


@router.get(urls.LEFT)
def left(request: Request, reader: Reads) -> Response:
    """Show a neutral page."""
    return show(request, reader, "identity/left.html", LeftPage())


# --- Facilitators ----------------------------------------------------------------------------
