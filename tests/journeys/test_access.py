"""Every route has a rule for everybody (TRUST T-15): a new one fails here until it has its row.

The rows are compared with the routes of the application, so that none is forgotten. The JSON API
has a matrix of its own in tests/api.
"""

from dataclasses import dataclass
from datetime import datetime

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import select
from starlette.testclient import TestClient

from app.consultations.models import Facilitation
from app.database import Base
from app.identity.actions import begin_session
from tests.conftest import Site
from tests.factories import (
    a_consultation,
    a_facilitator,
    a_participation,
    a_person,
    a_post,
    a_thread,
)

ROLES = (
    "visitor",
    "participant",
    "participant elsewhere",
    "removed participant",
    "facilitator",
    "facilitator elsewhere",
)

ANYBODY = """
GET /
GET /about
GET /languages
GET /left
GET /return
GET /c/{slug}
GET /c/{slug}/join
GET /healthz
"""
WHO_MAY_READ = """
GET /c/{slug}/t/{number}
GET /c/{slug}/t/{number}/write
GET /p/{post_id}
"""
PARTICIPANTS = """
GET /c/{slug}/new
POST /c/{slug}/new
POST /c/{slug}/t/{number}/posts
"""
AUTHORS = """
GET /me/posts/{post_id}
POST /me/posts/{post_id}/quotation
POST /me/posts/{post_id}/revision
POST /me/posts/{post_id}/withdrawal
"""
ITS_FACILITATORS = """
GET /facilitate/c/{slug}
GET /facilitate/c/{slug}/announce
POST /facilitate/c/{slug}/announce
GET /facilitate/c/{slug}/facilitators
POST /facilitate/c/{slug}/facilitators/add
POST /facilitate/c/{slug}/facilitators/remove
GET /facilitate/c/{slug}/held
GET /facilitate/c/{slug}/invitations
POST /facilitate/c/{slug}/invitations
POST /facilitate/c/{slug}/invitations/{invitation}/revoke
GET /facilitate/c/{slug}/people
POST /facilitate/c/{slug}/people/{participant}/let-back
POST /facilitate/c/{slug}/people/{participant}/remove
POST /facilitate/c/{slug}/posts/{post}/admit
GET /facilitate/c/{slug}/posts/{post}/hide
POST /facilitate/c/{slug}/posts/{post}/hide
POST /facilitate/c/{slug}/posts/{post}/unhide
GET /facilitate/c/{slug}/report
GET /facilitate/c/{slug}/schedule
POST /facilitate/c/{slug}/schedule
GET /facilitate/c/{slug}/schedule/close
POST /facilitate/c/{slug}/schedule/close
GET /facilitate/c/{slug}/settings
POST /facilitate/c/{slug}/settings
POST /facilitate/c/{slug}/settings/languages
POST /facilitate/c/{slug}/settings/publish
POST /facilitate/c/{slug}/settings/unpublish
GET /facilitate/c/{slug}/threads
GET /facilitate/c/{slug}/threads/new
POST /facilitate/c/{slug}/threads/new
GET /facilitate/c/{slug}/threads/{number}
GET /facilitate/c/{slug}/threads/{number}/close
POST /facilitate/c/{slug}/threads/{number}/close
POST /facilitate/c/{slug}/threads/{number}/open
GET /facilitate/c/{slug}/threads/{number}/summary
POST /facilitate/c/{slug}/threads/{number}/summary
GET /facilitate/c/{slug}/threads/{number}/words
POST /facilitate/c/{slug}/threads/{number}/words
GET /facilitate/c/{slug}/words
POST /facilitate/c/{slug}/words
"""
ANY_FACILITATOR = """
GET /facilitate
GET /facilitate/acts
GET /facilitate/new
POST /facilitate/new
GET /facilitate/password
POST /facilitate/password
POST /facilitate/sign-out-elsewhere
"""
ELSEWHERE_TESTED = """
POST /c/{slug}/join
GET /c/{slug}/results
GET /c/{slug}/results/report
GET /facilitate/sign-in
POST /facilitate/sign-in
POST /facilitate/sign-out
POST /leave
GET /me
POST /me/choices
POST /me/code
POST /me/sessions
POST /return
"""


def rows(table: str) -> list[tuple[str, str]]:
    return [tuple(line.split()) for line in table.strip().splitlines()]  # type: ignore[misc]  # two words each


def test_every_route_has_its_row(site: Site) -> None:
    there = {
        f"{method} {route.path}"
        for route in iter_route_contexts(site.app.routes)
        for method in route.methods or ()
        if method != "HEAD" and not str(route.path).startswith("/api/")
    }
    tables = (
        ANYBODY,
        WHO_MAY_READ,
        PARTICIPANTS,
        AUTHORS,
        ITS_FACILITATORS,
        ANY_FACILITATOR,
        ELSEWHERE_TESTED,
    )
    assert there == {line for table in tables for line in table.strip().splitlines()}


@dataclass(frozen=True)
class World:
    """A consultation, a post of its participant, and a token for each role."""

    slug: str
    ids: dict[str, str]
    tokens: dict[str, str]


def make_world(site: Site, now: datetime, *, by_invitation: bool) -> World:
    with site.database.writing() as session:
        here = a_consultation(session, now=now, slug="here", by_invitation=by_invitation)
        elsewhere = a_consultation(session, now=now, slug="elsewhere")
        thread = a_thread(session, consultation=here, now=now)
        people = {role: a_person(session) for role in ROLES if "participant" in role}
        parts = {
            role: a_participation(
                session,
                consultation=elsewhere if role == "participant elsewhere" else here,
                person=person,
                now=now,
            )
            for role, person in people.items()
        }
        parts["removed participant"].removed_at = now
        post = a_post(session, thread=thread, author=parts["participant"], now=now)
        facilitators = {}
        for role, place in (("facilitator", here), ("facilitator elsewhere", elsewhere)):
            facilitators[role] = a_facilitator(session, now=now, name=role)
            session.add(
                Facilitation(
                    consultation_id=place.id, facilitator_id=facilitators[role].id, since=now
                )
            )
        session.flush()
        tokens = {}
        for role in ROLES:
            if role in people:
                tokens[role] = begin_session(
                    session, person_id=people[role].id, ends_at=here.closes_at, now=now
                )
            elif role in facilitators:
                tokens[role] = begin_session(
                    session, facilitator_id=facilitators[role].id, ends_at=here.closes_at, now=now
                )
        ids = {
            "slug": "here",
            "number": "1",
            "post_id": post.id,
            "post": post.id,
            "participant": parts["participant"].id,
            "invitation": "no-such-invitation",
        }
        return World("here", ids, tokens)


def ask(site: Site, world: World, role: str, method: str, path: str) -> int:
    browser: TestClient = site.browser()
    if role in world.tokens:
        browser.cookies.set("baraza", world.tokens[role])
    form = {"text": "Words.", "language": "en", "sure": "yes"} if path.endswith("/posts") else {}
    address = path.format(**world.ids)
    return browser.request(method, address, data=form if method == "POST" else None).status_code


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("by_invitation", [False, True])
def test_the_matrix(site: Site, now: datetime, role: str, by_invitation: bool) -> None:
    world = make_world(site, now, by_invitation=by_invitation)
    inside = role in ("participant", "facilitator")
    wrong = []

    def check(table: str, allowed: bool, otherwise: tuple[int, ...]) -> None:
        for method, path in rows(table):
            status = ask(site, world, role, method, path)
            # Let in: a page, a redirect, or what is said of an empty form; never turned away.
            let_in = status in (200, 303, 409, 422) or (
                status == 404 and "no-such" in path.format(**world.ids)
            )
            if (allowed and not let_in) or (not allowed and status not in otherwise):
                wrong.append((method, path, status))

    check(ANYBODY, True, ())
    check(WHO_MAY_READ, inside or not by_invitation, (404,))
    hidden = (404,) if by_invitation and not inside else (403,)
    check(PARTICIPANTS, role == "participant", (*hidden, 403))
    # Whoever is not signed in hears that; everybody else finds nothing here.
    check(ITS_FACILITATORS, role == "facilitator", (403,) if role == "visitor" else (404,))
    check(ANY_FACILITATOR, "facilitator" in role, (303, 401, 403, 404))
    check(AUTHORS, role == "participant", (404,))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_changed_by_reading(site: Site, now: datetime, role: str) -> None:
    world = make_world(site, now, by_invitation=False)
    tables = (ANYBODY, WHO_MAY_READ, PARTICIPANTS, AUTHORS, ITS_FACILITATORS, ANY_FACILITATOR)
    before = contents(site)
    for table in tables:
        for method, path in rows(table):
            if method == "GET" and not path.endswith(("/people", "/report")):
                ask(site, world, role, method, path)
    # Looking at people and at the report is written into the log of acts, on purpose (T-18).
    assert contents(site) == before


def contents(site: Site) -> dict[str, list[str]]:
    with site.database.reading() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }
