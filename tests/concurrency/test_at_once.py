"""The same thing done twice at the same moment: a double click, two tabs, one invitation for one.

Real connections, real commits, on both databases. Each is tried several times, since what goes
wrong only at the same moment does not go wrong every time.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from httpx2 import Response
from sqlalchemy import func, select

from app.consultations.invitations import invite
from app.consultations.models import Invitation, Participation
from app.database import Base
from app.discussion.models import Post, Revision
from app.identity.actions import begin_session
from app.identity.hashing import fresh_invitation
from app.identity.models import Person
from app.translation.models import Words
from tests.concurrency.conftest import Hand, at_once
from tests.conftest import Site
from tests.factories import a_consultation, a_facilitator, a_participation, a_post, a_thread

Hands = Callable[[str | None], Hand]
TIMES = 3
AT_ONCE = 5


def a_form(**fields: str) -> dict[str, str]:
    """Return a filled form for joining."""
    return {
        "name": "Amina",
        "country": "KE",
        "languages": "en",
        "quotation": "pseudonym",
        "consent": "yes",
        **fields,
    }


def count_of(site: Site, table: type[Base]) -> int:
    """Return how many rows a table has."""
    with site.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def join_with(hand: Hand, form: dict[str, str]) -> Response:
    """Send a form for joining from a browser that nobody has used yet."""
    hand.client.cookies.clear()
    return hand.client.post("/c/water/join", data=form)


@pytest.mark.parametrize("time", range(TIMES))
def test_one_form_for_joining_sent_at_once_makes_one_participant(
    site: Site, hands: Hands, now: datetime, time: int
) -> None:
    with site.database.writing() as session:
        a_consultation(session, slug="water", now=now)
    form = a_form(key=f"key {time}")

    answers = at_once([partial(join_with, hands(None), form) for _ in range(AT_ONCE)])

    assert [one.status_code for one in answers] == [200] * AT_ONCE
    assert count_of(site, Participation) == 1
    assert count_of(site, Person) == 1
    # Whichever answer reaches the phone, what is on it works.
    for answer in answers:
        own = hands(answer.cookies["baraza"]).client.get("/c/water/new")
        assert own.status_code == 200


def test_five_forms_for_joining_make_five_participants(
    site: Site, hands: Hands, now: datetime
) -> None:
    """Each brings a language that nobody read until now."""
    with site.database.writing() as session:
        a_consultation(session, slug="water", now=now)
    forms = [a_form(key=f"key {n}", languages="sw") for n in range(AT_ONCE)]

    answers = at_once([partial(join_with, hands(None), form) for form in forms])

    assert [one.status_code for one in answers] == [200] * AT_ONCE
    assert count_of(site, Participation) == AT_ONCE


@pytest.mark.parametrize("time", range(TIMES))
def test_an_invitation_for_one_lets_one_of_five_in(
    site: Site, hands: Hands, now: datetime, time: int
) -> None:
    code = fresh_invitation(site.app.state.baraza.pepper)
    with site.database.writing() as session:
        consultation = a_consultation(session, slug="water", now=now, by_invitation=True)
        facilitator = a_facilitator(session, now=now, consultation=consultation)
        invite(
            session,
            consultation_id=consultation.id,
            label="for one",
            cap=1,
            expires_at=now + timedelta(days=1),
            code=code,
            facilitator_id=facilitator.id,
            now=now,
        )
    forms = [a_form(key=f"key {time} {n}", invitation=code.shown) for n in range(AT_ONCE)]

    answers = at_once([partial(join_with, hands(None), form) for form in forms])

    assert sorted(one.status_code for one in answers) == [200, 422, 422, 422, 422]
    assert count_of(site, Participation) == 1
    with site.database.reading() as reading:
        assert reading.scalars(select(Invitation.used)).all() == [1]


@pytest.mark.parametrize("time", range(TIMES))
def test_a_post_sent_five_times_at_once_is_one_post(
    site: Site, hands: Hands, now: datetime, time: int
) -> None:
    with site.database.writing() as session:
        consultation = a_consultation(session, slug="water", now=now)
        a_thread(session, consultation=consultation, now=now)
        person = a_participation(session, consultation=consultation, now=now)
        ends_at = now + timedelta(days=3)
        token = begin_session(session, person_id=person.person_id, ends_at=ends_at, now=now)
        texts_before = session.scalar(select(func.count()).select_from(Words)) or 0
    form = {"text": f"Our well is dry ({time}).", "language": "en", "sure": "yes"}

    def send(hand: Hand) -> Response:
        return hand.client.post("/c/water/t/1/posts", data=form)

    answers = at_once([partial(send, hands(token)) for _ in range(AT_ONCE)])

    assert [one.status_code for one in answers] == [303] * AT_ONCE
    assert len({one.headers["location"] for one in answers}) == 1
    assert count_of(site, Post) == 1
    assert count_of(site, Revision) == 1
    assert count_of(site, Words) == texts_before + 1  # who came second left no words behind


@pytest.mark.parametrize("time", range(TIMES))
def test_an_edit_sent_five_times_at_once_is_one_revision(
    site: Site, hands: Hands, now: datetime, time: int
) -> None:
    with site.database.writing() as session:
        consultation = a_consultation(session, slug="water", now=now)
        thread = a_thread(session, consultation=consultation, now=now)
        person = a_participation(session, consultation=consultation, now=now)
        post_id = a_post(session, thread=thread, author=person, now=now).id
        texts_before = session.scalar(select(func.count()).select_from(Words)) or 0
        ends_at = now + timedelta(days=3)
        token = begin_session(session, person_id=person.person_id, ends_at=ends_at, now=now)
    form = {"text": f"Our well is dry since May ({time}).", "language": "en"}

    def send(hand: Hand) -> Response:
        return hand.client.post(f"/me/posts/{post_id}/revision", data=form)

    answers = at_once([partial(send, hands(token)) for _ in range(AT_ONCE)])

    assert [one.status_code for one in answers] == [303] * AT_ONCE
    assert count_of(site, Revision) == 2
    assert count_of(site, Words) == texts_before + 1
    with site.database.reading() as reading:
        current = select(Words.body).join(Post, Post.text_id == Words.id)
        assert reading.scalars(current).all() == [form["text"]]
