"""Posts on their way while a thread closes: each is in, or comes back with its words. None is lost.

What counts is the instant a request arrived, and the check is made inside the transaction that
writes the post (TRUST R-10).
"""

import html
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from httpx2 import Response
from sqlalchemy import select, update

from app.consultations.models import Consultation
from app.database import Database
from app.discussion.facilitation import close_thread
from app.discussion.models import Post
from app.identity.actions import begin_session
from app.translation.models import Words
from tests.concurrency.conftest import Hand, at_once
from tests.conftest import Clock, Site
from tests.factories import a_consultation, a_facilitator, a_participation, a_thread

PEOPLE = 20
POSTS_EACH = 10
ALL = PEOPLE * POSTS_EACH
TICK = timedelta(milliseconds=1)

Hands = Callable[[str | None], Hand]


class Ticking(Clock):
    """A clock that moves on by a tick whenever it is read, so no two requests arrive together."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.now += TICK
            return self.now


@pytest.fixture
def clock(now: datetime) -> Ticking:
    """Return a clock that moves while posts arrive."""
    return Ticking(now)


@dataclass(frozen=True)
class Sent:
    """A post as it was sent, and what was answered."""

    body: str
    answer: Response

    @property
    def accepted(self) -> bool:
        """Say whether it was received."""
        return self.answer.status_code == 303

    @property
    def given_back(self) -> bool:
        """Say whether it was refused for being late, with every word still in the box."""
        boxes = re.findall(r"<textarea[^>]*>(.*?)</textarea>", self.answer.text, re.DOTALL)
        inside = [html.unescape(box).removeprefix("\n") for box in boxes]
        return self.answer.status_code == 409 and inside == [self.body]


@dataclass(frozen=True)
class Stored:
    """A post as the database has it."""

    written_at: datetime
    held: bool


def stored(database: Database) -> dict[str, list[Stored]]:
    """Return every post there is, by its words."""
    found: dict[str, list[Stored]] = {}
    with database.reading() as session:
        rows = session.execute(
            select(Words.body, Post.written_at, Post.held_at).join(Post, Post.text_id == Words.id)
        )
        for body, written_at, held_at in rows:
            found.setdefault(body, []).append(Stored(written_at, held_at is not None))
    return found


def body_of(person: int, number: int) -> str:
    """Return words that nobody else writes, with signs that a page could get wrong."""
    return f"{person}.{number}: <b>wells & “pumps”</b>\n\nآبار {person} ومضخات {number}"


def send_all(hands: list[Hand], **fields: str) -> list[Sent]:
    """Let everybody post their ten posts, one after another, all at the same time."""

    def send(person: int, hand: Hand) -> list[Sent]:
        sent = []
        for number in range(POSTS_EACH):
            body = body_of(person, number)
            form = {"text": body, "language": "en", "sure": "yes", **fields}
            sent.append(Sent(body, hand.client.post("/c/water/t/1/posts", data=form)))
        return sent

    def sender(person: int, hand: Hand) -> Callable[[], list[Sent]]:
        return lambda: send(person, hand)

    acts = [sender(person, hand) for person, hand in enumerate(hands)]
    return [one for some in at_once(acts) for one in some]


@dataclass(frozen=True)
class Arena:
    """An open thread, and the browsers of those who take part in it."""

    consultation_id: str
    facilitator_id: str
    hands: list[Hand]


@pytest.fixture
def arena(site: Site, hands: Hands, now: datetime) -> Arena:
    """Return a thread with everybody ready to write."""
    with site.database.writing() as session:
        consultation = a_consultation(session, slug="water", now=now)
        a_thread(session, consultation=consultation, now=now)
        facilitator = a_facilitator(session, now=now, consultation=consultation)
        people = [
            a_participation(session, consultation=consultation, now=now, name=f"P{n}")
            for n in range(PEOPLE)
        ]
        tokens = [
            begin_session(
                session, person_id=one.person_id, ends_at=now + timedelta(days=3), now=now
            )
            for one in people
        ]
        ids = consultation.id, facilitator.id
    return Arena(*ids, [hands(token) for token in tokens])


def set_closing(site: Site, closes_at: datetime) -> None:
    """Let the consultation close at an instant."""
    with site.database.writing() as session:
        session.execute(update(Consultation).values(closes_at=closes_at))


def test_closing_by_schedule_divides_posts_by_when_they_arrived(
    site: Site, arena: Arena, clock: Ticking
) -> None:
    closes_at = clock.now + TICK * (ALL / 2 + 0.5)
    set_closing(site, closes_at)

    sent = send_all(arena.hands)

    accepted = {one.body for one in sent if one.accepted}
    given_back = {one.body for one in sent if one.given_back}
    # Each arrival is a tick of the clock; the process itself may have read it once or twice.
    assert ALL / 2 - 10 <= len(accepted) <= ALL / 2
    assert len(given_back) == ALL - len(accepted)
    found = stored(site.database)
    assert found.keys() == accepted
    assert {len(posts) for posts in found.values()} == {1}
    assert max(posts[0].written_at for posts in found.values()) < closes_at


def test_late_posts_are_held_when_their_writers_want_it(
    site: Site, arena: Arena, clock: Ticking
) -> None:
    closes_at = clock.now + TICK * (ALL / 2 + 0.5)
    set_closing(site, closes_at)

    sent = send_all(arena.hands, late="yes")

    assert all(one.accepted for one in sent)
    found = stored(site.database)
    assert found.keys() == {one.body for one in sent}
    assert {len(posts) for posts in found.values()} == {1}
    late = [posts[0] for posts in found.values() if posts[0].written_at >= closes_at]
    assert ALL / 2 <= len(late) <= ALL / 2 + 10
    assert all(one.held == (one.written_at >= closes_at) for [one] in found.values())


def test_closing_by_hand_loses_nothing(site: Site, arena: Arena, clock: Ticking) -> None:
    """A facilitator closes the thread in the middle of it all."""
    half_are_in = clock.now + TICK * (ALL / 2)

    def close() -> datetime:
        while clock.now < half_are_in:
            threading.Event().wait(0.001)
        with site.database.writing() as session:
            close_thread(
                session,
                consultation_id=arena.consultation_id,
                number=1,
                reason="",
                language="en",
                facilitator_id=arena.facilitator_id,
                now=clock(),
            )
        return clock()

    with ThreadPoolExecutor(2) as pool:
        sending, closing = pool.submit(send_all, arena.hands), pool.submit(close)
        sent, closed = sending.result(), closing.result()

    accepted = {one.body for one in sent if one.accepted}
    given_back = {one.body for one in sent if one.given_back}
    assert accepted
    assert given_back
    assert len(accepted) + len(given_back) == ALL
    found = stored(site.database)
    assert found.keys() == accepted
    assert {len(posts) for posts in found.values()} == {1}
    # Once the facilitator has the answer, nothing that comes after it gets in.
    assert max(posts[0].written_at for posts in found.values()) < closed
