"""Who is asking: turns a cookie or a bearer token into a known person, facilitator, or nobody.

And the gate before every code and password: who tries too often waits, but is never shut out.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.database import ReadSession
from app.identity.attempts import Attempts
from app.identity.passwords import tidy_name
from app.identity.queries import Who, who
from app.identity.rules import Home, read_code, read_invitation
from app.refusals import Kind, Refusal, mark
from app.web.dependencies import Now, Reading
from app.web.forms import Form, Typed
from app.web.state import State, state_of


def cookie_name(state: State) -> str:
    """Return the session cookie's name; the `__Host-` prefix needs TLS."""
    return "__Host-baraza" if state.is_https else "baraza"


def token_of(request: HTTPConnection) -> str | None:
    """Return the token a request carries, in its Authorization header or its cookie."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    return request.cookies.get(cookie_name(state_of(request)))


def who_is_asking(request: HTTPConnection, session: Reading, now: Now) -> Who | None:
    """Return who sent this request, or None for a visitor or an ended session."""
    token = token_of(request)
    if not token:
        return None
    state = state_of(request)
    known = who(session, token=token, now=now)
    if known is not None:
        state.noticeboard.note_visit(known.session_id, now)
    return known


def keep_session(response: Response, state: State, token: str) -> None:
    """Hand the session to the browser, until it is closed."""
    response.set_cookie(
        cookie_name(state), token, secure=state.is_https, httponly=True, samesite="lax", path="/"
    )


def forget_session(response: Response, state: State) -> None:
    """Take the session back from the browser."""
    response.delete_cookie(
        cookie_name(state), secure=state.is_https, httponly=True, samesite="lax", path="/"
    )


Asking = Annotated[Who | None, Depends(who_is_asking)]


def facilitator_asking(asking: Asking) -> Who:
    """Let only a facilitator through who signed in with a browser (an API token did not)."""
    if asking is None or asking.facilitator_id is None or asking.for_api:
        raise Refusal(
            Kind.FORBIDDEN,
            "sign_in_first",
            mark("Please sign in first. A sign-in ends after half an hour without a visit."),
        )
    return asking


FacilitatorAsking = Annotated[Who, Depends(facilitator_asking)]


# --- Attempts --------------------------------------------------------------------------------


@dataclass
class Attempt:
    """One attempt with a code or a password. Say `succeeded = True` where it was right."""

    succeeded: bool = False


def attempts_of(request: HTTPConnection) -> Attempts:
    """Return the attempts that this process remembers; asked for on the event loop only."""
    state = request.app.state
    if not hasattr(state, "attempts"):
        state.attempts = Attempts()
    found: Attempts = state.attempts
    return found


def _unhurried(
    key_of: Callable[[Typed], str | None],
) -> Callable[[Request, Typed, datetime], AsyncIterator[Attempt]]:
    """Return a dependency that waits its turn; `key_of` is None for what is not worth a try."""

    async def unhurried(request: Request, form: Form, now: Now) -> AsyncIterator[Attempt]:
        async with in_turn(request, key_of(form), now) as attempt:
            yield attempt

    return unhurried


@asynccontextmanager
async def in_turn(
    request: HTTPConnection, key: str | None, now: datetime
) -> AsyncIterator[Attempt]:
    """Wait the turn of an attempt on `key`, None for what is not worth a try.

    Asynchronous, so that waiting holds neither a thread nor a database session; the slot is held
    while the endpoint hashes.
    """
    attempt = Attempt()
    if key is None:
        yield attempt
        return
    attempts = attempts_of(request)
    wait = attempts.begin(key, now)
    if wait:
        await attempts.sleep(wait.total_seconds())
    async with attempts.slots:
        yield attempt
    if attempt.succeeded:
        attempts.succeeded(key, now)


def invitation_key(typed: str) -> str | None:
    """Return what counts the attempts on an invitation code, None if it cannot be one."""
    code = read_invitation(typed)
    return None if isinstance(code, Refusal) else f"invitation {code[:4]}"


def _code_key(form: Typed) -> str | None:
    code = read_code(form.text("code"))
    return None if isinstance(code, Refusal) else f"return {code[:4]}"


def _invitation_key(form: Typed) -> str | None:
    return invitation_key(form.text("invitation"))


def _name_key(form: Typed) -> str | None:
    return f"name {tidy_name(form.text('name'))}"


def _password_key(form: Typed) -> str | None:
    return "password"


ReturnAttempt = Annotated[Attempt, Depends(_unhurried(_code_key), scope="function")]
InvitationAttempt = Annotated[Attempt, Depends(_unhurried(_invitation_key), scope="function")]
SignInAttempt = Annotated[Attempt, Depends(_unhurried(_name_key), scope="function")]
PasswordAttempt = Annotated[Attempt, Depends(_unhurried(_password_key), scope="function")]


# --- Coming back -----------------------------------------------------------------------------

HomeOf = Callable[[ReadSession, str, datetime], Home]
"""Tells the home of a person (session, person's id, now). Consultations know it; `main` passes it
on as `app.state.home_of`, since this room knows no consultations."""


def home_of(request: HTTPConnection) -> HomeOf:
    """Return the way to find a person's home."""
    found: HomeOf = request.app.state.home_of
    return found


FindsHome = Annotated[HomeOf, Depends(home_of)]
