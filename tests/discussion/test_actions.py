from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.database import Database
from app.discussion.actions import choose_quotation, contribute, revise, withdraw
from app.discussion.models import Post, Revision
from app.discussion.queries import post_facts, thread_page
from app.refusals import Refusal
from tests.factories import a_consultation, a_participation, a_person, a_thread


@dataclass(frozen=True)
class Place:
    """An open consultation with two threads and two participants."""

    consultation_id: str
    thread_id: str
    closes_at: datetime
    amina: tuple[str, str]  # person, participation
    bento: tuple[str, str]


@pytest.fixture
def place(database: Database, now: datetime) -> Place:
    with database.writing() as session:
        consultation = a_consultation(session, now=now, word_limit=10)
        first = a_thread(session, consultation=consultation, now=now, number=1)
        a_thread(session, consultation=consultation, now=now, number=2)
        people = []
        for name in ("Amina", "Bento"):
            person = a_person(session)
            part = a_participation(
                session, consultation=consultation, person=person, now=now, name=name
            )
            people.append((person.id, part.id))
        return Place(consultation.id, first.id, consultation.closes_at, people[0], people[1])


@pytest.fixture
def post(database: Database, place: Place, now: datetime) -> Callable[..., tuple[str, bool]]:
    def posting(body: str, **said: object) -> tuple[str, bool]:
        values: dict[str, object] = {
            "consultation_id": place.consultation_id,
            "number": 1,
            "participation_id": place.amina[1],
            "language": "en",
            "reply_to": None,
            "now": now,
            **said,
        }
        with database.writing() as session:
            done = contribute(session, body=body, **values)  # type: ignore[arg-type]  # as above
        return done.post_id, done.fresh

    return posting


def count(database: Database, what: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_the_same_words_in_the_same_place_by_the_same_person_are_one_post(
    database: Database, place: Place, post: Callable[..., tuple[str, bool]]
) -> None:
    first, fresh = post("Water first.")
    assert fresh
    assert post("  Water first.\n") == (first, False)
    assert post("Water first.", now=place.closes_at) == (first, False)  # received before closing
    other_place, _ = post("Water first.", number=2)
    other_person, _ = post("Water first.", participation_id=place.bento[1])
    as_reply, _ = post("Water first.", reply_to=first)
    assert len({first, other_place, other_person, as_reply}) == 4
    assert count(database, Post) == 4


def test_a_refused_post_leaves_nothing_behind(
    database: Database, place: Place, post: Callable[..., tuple[str, bool]]
) -> None:
    with pytest.raises(Refusal) as closed:
        post("Too late.", now=place.closes_at)
    with pytest.raises(Refusal) as long:
        post("word " * 11)
    with pytest.raises(Refusal) as tongue:
        post("Words.", language="xx")
    assert [e.value.code for e in (closed, long, tongue)] == [
        "thread_closed",
        "too_long",
        "language_unknown",
    ]
    assert count(database, Post) == 0


def test_a_late_post_is_held_and_not_shown(
    database: Database, place: Place, post: Callable[..., tuple[str, bool]]
) -> None:
    held, _ = post("After the end.", now=place.closes_at, late=True)
    with database.reading() as session:
        facts = post_facts(session, held)
        page = thread_page(session, thread_id=place.thread_id, reader="en", page=1)
    assert facts is not None
    assert facts.held
    assert page.total == 0


def test_one_answers_only_what_is_shown_in_the_same_thread(
    place: Place, post: Callable[..., tuple[str, bool]], database: Database, now: datetime
) -> None:
    elsewhere, _ = post("Over there.", number=2)
    taken_back, _ = post("Oh no.")
    with database.writing() as session:
        withdraw(session, post_id=taken_back, person_id=place.amina[0], now=now)
    for target in (elsewhere, taken_back, "nobodys"):
        with pytest.raises(Refusal):
            post("An answer.", reply_to=target)


def test_an_edit_keeps_the_former_words_and_a_resent_first_form_finds_the_post(
    database: Database, place: Place, post: Callable[..., tuple[str, bool]], now: datetime
) -> None:
    first, _ = post("Watter first.")
    later = now + timedelta(minutes=29)

    def change(body: str, at: datetime = later) -> None:
        with database.writing() as session:
            revise(
                session,
                post_id=first,
                person_id=place.amina[0],
                body=body,
                language="en",
                now=at,
            )

    change("Water first.")
    assert post("Watter first.") == (first, False)
    change("Watter first.")  # back again: no third wording
    assert count(database, Revision) == 2
    with database.reading() as session:
        shown = thread_page(session, thread_id=place.thread_id, reader="en", page=1)
    assert [p.rendition.body for p in shown.posts] == ["Watter first."]
    assert shown.posts[0].edited
    with pytest.raises(Refusal) as over:
        change("Too late.", now + timedelta(minutes=30))
    assert over.value.code == "edit_window_over"


def test_an_edit_cannot_make_two_posts_the_same(
    database: Database, place: Place, post: Callable[..., tuple[str, bool]], now: datetime
) -> None:
    post("One.")
    second, _ = post("Two.")
    with pytest.raises(Refusal) as same, database.writing() as session:
        revise(
            session, post_id=second, person_id=place.amina[0], body="One.", language="en", now=now
        )
    assert same.value.code == "already_written"


def test_nobody_touches_the_posts_of_others(
    database: Database, place: Place, post: Callable[..., tuple[str, bool]], now: datetime
) -> None:
    hers, _ = post("Mine.")
    his = place.bento[0]
    with database.writing() as session:
        with pytest.raises(Refusal):
            revise(session, post_id=hers, person_id=his, body="His.", language="en", now=now)
        with pytest.raises(Refusal):
            withdraw(session, post_id=hers, person_id=his, now=now)
        with pytest.raises(Refusal):
            choose_quotation(session, post_id=hers, person_id=his, quotation="none")
    with database.reading() as session:
        facts = post_facts(session, hers)
    assert facts is not None
    assert (facts.withdrawn, facts.quotation) == (False, None)
