"""Every route of the JSON API has a rule for everybody (TRUST T-15), and keeps to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from app.consultations.models import Participation
from app.identity.actions import begin_session
from tests.api.conftest import V1, Api, joining
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
    "ended token",
    "participant",
    "participant elsewhere",
    "removed participant",
    "facilitator",
    "facilitator elsewhere",
)

# What each of ROLES is answered, in that order; the post is the participant's.
RULES = """
GET    /consultations                                   200 401 200 200 200 200 200
GET    /consultations/{slug}                            200 401 200 200 200 200 200
GET    /consultations/{slug}/threads                    200 401 200 200 200 200 200
GET    /consultations/{slug}/threads/{number}           200 401 200 200 200 200 200
GET    /consultations/{slug}/threads/{number}/posts     200 401 200 200 200 200 200
GET    /posts/{post_id}                                 200 401 200 200 200 200 200
GET    /me                                              401 401 200 200 200 200 200
POST   /consultations/{slug}/threads/{number}/posts     401 401 201 403 403 403 403
PUT    /posts/{post_id}                                 401 401 200 404 404 404 404
DELETE /posts/{post_id}                                 401 401 204 404 404 404 404
POST   /consultations/{slug}/threads/{number}/closure   401 401 404 404 404 200 404
DELETE /consultations/{slug}/threads/{number}/closure   401 401 404 404 404 200 404
POST   /consultations/{slug}/closure                    401 401 404 404 404 200 404
DELETE /consultations/{slug}/closure                    401 401 404 404 404 200 404
POST   /consultations/{slug}/participants               201 401 200 201 403 201 201
"""

# Where joining is by invitation, only who is in may read.
RULES_BY_INVITATION = """
GET    /consultations                                   200 401 200 200 200 200 200
GET    /consultations/{slug}                            200 401 200 200 200 200 200
GET    /consultations/{slug}/threads                    404 401 200 404 404 200 404
GET    /consultations/{slug}/threads/{number}           404 401 200 404 404 200 404
GET    /consultations/{slug}/threads/{number}/posts     404 401 200 404 404 200 404
GET    /posts/{post_id}                                 404 401 200 404 404 200 404
PUT    /posts/{post_id}                                 401 401 200 404 404 404 404
DELETE /posts/{post_id}                                 401 401 204 404 404 404 404
POST   /consultations/{slug}/threads/{number}/posts     401 401 201 403 403 403 403
POST   /consultations/{slug}/participants               422 401 200 422 422 422 422
"""

BODIES = {
    "POST /consultations/{slug}/threads/{number}/posts": {"text": "A second thing."},
    "PUT /posts/{post_id}": {"text": "A third thing."},
    "POST /consultations/{slug}/threads/{number}/closure": {"reason": "We have enough."},
    "POST /consultations/{slug}/closure": {"reason": "The road is flooded."},
    "DELETE /consultations/{slug}/closure": {
        "reason": "The road is dry.",
        "closes_at": "2026-03-13T12:00:00Z",
    },
    "POST /consultations/{slug}/participants": joining("Somebody"),
}
IN_TESTS_OF_REPORTS = {
    ("GET", "/consultations/{slug}/report"),
    ("GET", "/consultations/{slug}/figures"),
}


def rules(table: str) -> dict[tuple[str, str], dict[str, int]]:
    """Return a table's statuses by method and path, then by role."""
    found = {}
    for line in table.strip().splitlines():
        method, path, *statuses = line.split()
        found[method, path] = dict(zip(ROLES, map(int, statuses), strict=True))
    return found


@dataclass(frozen=True)
class Cast:
    """A consultation, a post in it, and a client of each role."""

    post_id: str
    clients: dict[str, TestClient]


def cast(api: Api, now: datetime, *, by_invitation: bool) -> Cast:
    ends_at = now + timedelta(days=9)
    with api.site.database.writing() as session:
        here = a_consultation(session, now=now, slug="here", by_invitation=by_invitation)
        elsewhere = a_consultation(session, now=now, slug="elsewhere")
        thread = a_thread(session, consultation=here, now=now)
        people = {role: a_person(session) for role in ROLES if "participant" in role}
        parts = {
            role: a_participation(
                session,
                consultation=elsewhere if role.endswith("elsewhere") else here,
                person=person,
                now=now,
            )
            for role, person in people.items()
        }
        parts["removed participant"].removed_at = now
        post = a_post(session, thread=thread, author=parts["participant"], now=now)
        tokens: dict[str, str | None] = {"visitor": None, "ended token": "no-such-token"}
        for role, person in people.items():
            tokens[role] = begin_session(session, person_id=person.id, ends_at=ends_at, now=now)
        for role, place in (("facilitator", here), ("facilitator elsewhere", elsewhere)):
            runs = a_facilitator(session, now=now, consultation=place)
            tokens[role] = begin_session(
                session, facilitator_id=runs.id, for_api=True, ends_at=ends_at, now=now
            )
        return Cast(post.id, {role: api.of(token) for role, token in tokens.items()})


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", [RULES, RULES_BY_INVITATION], ids=["open", "by invitation"])
def test_every_route_keeps_to_its_rule(api: Api, now: datetime, role: str, table: str) -> None:
    here = cast(api, now, by_invitation=table is RULES_BY_INVITATION)
    answered = {}
    for method, path in rules(table):
        address = path.format(slug="here", number=1, post_id=here.post_id)
        body = BODIES.get(f"{method} {path}")
        answer = here.clients[role].request(method, address.lstrip("/"), json=body)
        answered[method, path] = answer.status_code
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code
        assert ("WWW-Authenticate" in answer.headers) == (answer.status_code == 401)
    assert answered == {route: by_role[role] for route, by_role in rules(table).items()}


def test_every_route_has_a_rule(api: Api) -> None:
    routes = {
        (method, str(route.path).removeprefix(V1))
        for route in iter_route_contexts(api.site.app.routes)
        for method in route.methods or ()
        if str(route.path).startswith(V1) and not str(route.path).endswith("openapi.json")
    }
    assert routes - IN_TESTS_OF_REPORTS == set(rules(RULES))


def test_a_participant_who_is_removed_is_out_at_once(api: Api, now: datetime) -> None:
    here = cast(api, now, by_invitation=True)
    address = "consultations/here/threads/1/posts"
    removed, participant = here.clients["removed participant"], here.clients["participant"]
    assert (removed.get(address).status_code, participant.get(address).status_code) == (404, 200)


def test_nobody_is_told_of_others_more_than_name_country_and_day(api: Api, now: datetime) -> None:
    here = cast(api, now, by_invitation=False)
    with api.site.database.reading() as session:
        ids = {
            value for part in session.query(Participation) for value in (part.id, part.person_id)
        }
    for method, path in rules(RULES):
        if method == "GET" and path != "/me":
            address = path.format(slug="here", number=1, post_id=here.post_id)
            for role in ("visitor", "participant elsewhere"):
                text = here.clients[role].get(address.lstrip("/")).text
                assert not any(one in text for one in ids)
                assert '"written_at"' not in text
    exact = here.clients["facilitator"].get("consultations/here/threads/1/posts").json()
    assert exact["posts"][0]["written_at"] == "2026-03-10T12:00:00Z"
