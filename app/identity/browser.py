"""What a browser keeps of this site, and how it is taken back."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from app.database import WriteSession
from app.identity.access import (
    forget_session,
    token_of,
)
from app.identity.actions import end_session
from app.web.reader import LANGUAGE_COOKIE, TIMEZONE_COOKIE
from app.web.state import State


def end_former(session: WriteSession, request: Request) -> None:
    """End the session that this browser had before.

    Whoever used it before is no longer signed in on it, and a token planted in it beforehand is
    worth nothing.
    """
    token = token_of(request)
    if token:
        end_session(session, token=token)


def cleared(process: State, place: str) -> Response:
    """Go on to `place` and take everything back that the browser keeps of this site."""
    response = RedirectResponse(place, status_code=303)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    forget_session(response, process)
    for name in (LANGUAGE_COOKIE, TIMEZONE_COOKIE):
        response.delete_cookie(name, secure=process.is_https, httponly=True, samesite="lax")
    return response
