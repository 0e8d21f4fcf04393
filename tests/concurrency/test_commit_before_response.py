"""What is acknowledged is committed: it is in the database before the answer's first byte leaves.

FastAPI ends a dependency after the response by default; a crash in between would lose a post that
its writer was told is safe. Every session dependency therefore says `scope="function"`.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import func, select
from starlette.responses import Response
from starlette.types import Message, Scope

from app.database import ReadSession, WriteSession
from app.discussion.models import Post
from app.identity.actions import begin_session
from app.identity.models import Person
from app.web.dependencies import reading
from app.web.state import state_of
from tests.conftest import Site
from tests.factories import a_consultation, a_participation, a_person, a_post, a_thread
from tests.loops import in_a_loop_of_its_own

Count = Callable[[ReadSession], int]


def a_scope(path: str, method: str, token: str, length: int) -> Scope:
    headers = [
        (b"host", b"testserver"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(length).encode()),
        (b"cookie", f"baraza={token}".encode()),
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }


def answered(
    site: Site,
    path: str,
    *,
    method: str = "POST",
    token: str = "",
    form: dict[str, str],
    seen: Count,
) -> tuple[int, int]:
    """Send a request; return its status, and what another connection saw at the first byte."""
    body = urlencode(form).encode()
    scope = a_scope(path, method, token, len(body))
    noted: list[tuple[int, int]] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            # On a thread of its own: nothing of the request's session is in sight.
            noted.append((message["status"], await asyncio.to_thread(look)))

    def look() -> int:
        with site.database.reading() as session:
            return seen(session)

    in_a_loop_of_its_own(site.app(scope, receive, send))
    [only] = noted
    return only


def posts(session: ReadSession) -> int:
    """Return how many posts there are that nobody took back."""
    return (
        session.scalar(select(func.count()).select_from(Post).where(Post.withdrawn_at.is_(None)))
        or 0
    )


def persons(session: ReadSession) -> int:
    """Return how many persons there are."""
    return session.scalar(select(func.count()).select_from(Person)) or 0


@pytest.fixture
def token(site: Site, now: datetime) -> str:
    """Return the session of somebody who wrote a post with the id `mine`."""
    with site.database.writing() as session:
        consultation = a_consultation(session, slug="water", now=now)
        thread = a_thread(session, consultation=consultation, now=now)
        person = a_participation(session, consultation=consultation, now=now)
        a_post(session, thread=thread, author=person, now=now)
        ends_at = now + timedelta(days=3)
        return begin_session(session, person_id=person.person_id, ends_at=ends_at, now=now)


def test_a_post_is_committed_before_its_answer(site: Site, token: str) -> None:
    form = {"text": "Our well is dry.", "language": "en", "sure": "yes"}
    before = answered(site, "/c/water/t/1/posts", method="GET", form={}, seen=posts)
    assert before == (405, 1)
    assert answered(site, "/c/water/t/1/posts", token=token, form=form, seen=posts) == (303, 2)


def test_joining_is_committed_before_its_answer(site: Site, token: str) -> None:
    form = {"name": "A", "languages": "en", "quotation": "none", "consent": "yes", "key": "k"}
    assert answered(site, "/c/water/join", form=form, seen=persons) == (200, 2)


def test_what_uses_the_requests_transaction_is_committed_before_its_answer(
    site: Site, token: str
) -> None:
    with site.database.reading() as session:
        post_id = session.scalars(select(Post.id)).one()
    withdrawal = f"/me/posts/{post_id}/withdrawal"
    assert answered(site, withdrawal, token=token, form={}, seen=posts) == (303, 0)


def test_half_a_form_is_no_post(site: Site, token: str) -> None:
    whole = urlencode({"text": "Our well is dry. " * 9, "language": "en", "sure": "yes"}).encode()
    for sent in (whole[:40], whole[:-1]):
        messages: list[Message] = [
            {"type": "http.request", "body": sent, "more_body": True},
            {"type": "http.disconnect"},
        ]
        answers = in_a_loop_of_its_own(_cut_off(site, token, len(whole), messages))
        assert answers == []
    with site.database.reading() as session:
        assert posts(session) == 1


async def _cut_off(site: Site, token: str, length: int, messages: list[Message]) -> list[Message]:
    answers: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        answers.append(message)

    await site.app(a_scope("/c/water/t/1/posts", "POST", token, length), receive, send)
    return answers


# --- the control: what happens otherwise ----------------------------------------------------------


def late_writing(request: Request) -> Iterator[WriteSession]:
    with state_of(request).database.writing() as session:
        yield session


BY_DEFAULT = Annotated[WriteSession, Depends(late_writing)]
BEFORE = Annotated[WriteSession, Depends(late_writing, scope="function")]


def test_fastapis_default_would_answer_first(site: Site) -> None:
    router = APIRouter()

    @router.post("/pinned")
    def pinned(session: BEFORE) -> Response:
        a_person(session)
        return Response("received")

    @router.post("/default")
    def default(session: BY_DEFAULT) -> Response:
        a_person(session)
        return Response("received")

    site.app.include_router(router)
    assert answered(site, "/pinned", form={}, seen=persons) == (200, 1)
    assert answered(site, "/default", form={}, seen=persons) == (200, 1)  # its own is missing
    with site.database.reading() as session:
        assert persons(session) == 2


# --- every route ----------------------------------------------------------------------------------


def dependencies_ending_late(app: FastAPI) -> list[str]:
    """Return the routes with a session, for reading or made here, that outlives the response."""

    def late(dependant: Dependant) -> Iterator[Dependant]:
        for inner in dependant.dependencies:
            if inner.call in (reading, late_writing) and inner.scope != "function":
                yield inner
            yield from late(inner)

    return [
        str(route.path)
        for route in iter_route_contexts(app.routes)
        if isinstance(route.original_route, APIRoute) and any(late(route.dependant))
    ]


def test_no_route_ends_its_session_after_the_response(site: Site) -> None:
    assert dependencies_ending_late(site.app) == []

    @site.app.get("/late")
    def late(session: BY_DEFAULT) -> Response:
        return Response()

    assert dependencies_ending_late(site.app) == ["/late"]
