"""Refusals and faults as answers: HTML for people, problem details (RFC 9457) for programs."""

import logging
import traceback
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.refusals import Kind, Refusal, mark, missing
from app.web import problems
from app.web.forms import Typed
from app.web.headers import TOO_MUCH
from app.web.reader import reader_of
from app.web.rendering import STATUS, show

log = logging.getLogger("baraza.web")


@dataclass(frozen=True)
class RefusalPage:
    """A refusal alone on a page; `text` is what the person had typed, so that none is lost."""

    refusal: Refusal
    text: str = ""


NOT_SENT = Refusal(
    Kind.UNTIMELY,
    "fault",
    mark("Something went wrong here. It is not your fault. Please try again in a minute."),
)


UNREADABLE = Refusal(Kind.INVALID, "unreadable", mark("What was sent cannot be read."))


GIVEN_BACK = ("title", "brief", "organiser", "promise", "consent", "question", "text")
"""The fields in which people write; codes and passwords are never shown again."""


def answer(request: Request, refusal: Refusal, *, status: int | None = None) -> Response:
    """Return a refusal in the form the asker understands."""
    if problems.is_for_programs(request):
        return problems.problem(request, refusal, status=status)
    reader = reader_of(request)
    status = status or STATUS[refusal.kind]
    # What was typed goes back to the person, whatever went wrong.
    typed: Typed | None = getattr(request.state, "typed", None)
    words = [typed.text(name) for name in GIVEN_BACK if typed.has(name)] if typed else []
    page = RefusalPage(refusal, "\n\n".join(words))
    return show(request, reader, "refusal.html", page, status=status)


def fault(request: Request, error: Exception) -> Response:
    """Return the answer to a request that broke something; log where, never with what words."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else "?"
    log.error("fault: %s in %s", type(error).__name__, where)
    _let_go(error)
    return answer(request, NOT_SENT, status=500)


def _let_go(error: Exception) -> None:
    # The frames of a traceback hold open cursors, and these their connection: on SQLite the next
    # writer would find the database locked until the garbage is collected.
    traceback.clear_frames(error.__traceback__)


def install(app: FastAPI) -> None:
    """Answer every refusal and every fault of this application."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return answer(request, refusal)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        if problems.is_for_programs(request):
            return problems.malformed(request, error)
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        message = mark("This request is not in the form we expect: %(place)s.")
        values = {"place": place or str(first["loc"][0])}
        refusal = Refusal(Kind.INVALID, "malformed", message, values, field=place or None)
        return answer(request, refusal)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return answer(request, missing())
        message = mark("This cannot be done here (%(status)s).")
        otherwise = Refusal(Kind.INVALID, "http", message, {"status": error.status_code})
        refusal = {400: UNREADABLE, 413: TOO_MUCH}.get(error.status_code, otherwise)
        response = answer(request, refusal, status=error.status_code)
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response

    @app.exception_handler(DataError)
    @app.exception_handler(OverflowError)
    async def beyond_the_database(request: Request, error: Exception) -> Response:
        # A number or a sign in an address that the database cannot even hold: nothing is there.
        _let_go(error)
        return answer(request, missing())

    @app.exception_handler(OperationalError)
    async def database_fault(request: Request, error: OperationalError) -> Response:
        # Locked, full or read-only: reading goes on, and nobody's words are lost.
        log.error("database fault: %s", type(error.orig).__name__)
        _let_go(error)
        return answer(request, NOT_SENT, status=503)
