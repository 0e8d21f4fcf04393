"""Sessions: who a token is, until when, and how it ends (TRUST T-11)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.database import Database
from app.identity.actions import (
    begin_session,
    end_other_sessions,
    end_session,
    end_sessions_of,
    note_visits,
    remove_facilitator,
)
from app.identity.models import SignIn
from app.identity.queries import open_sessions, who
from app.identity.rules import (
    Home,
    SessionTimes,
    facilitator_ends_at,
    is_alive,
    participant_ends_at,
    why_not_fresh,
    why_session_ended,
)
from tests.conftest import CountQueries
from tests.factories import a_facilitator, a_person

TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
LONG = timedelta(days=9)


def ended(times: SessionTimes, now: datetime) -> str | None:
    refusal = why_session_ended(times, now)
    assert is_alive(times, now) == (refusal is None)
    return refusal.code if refusal else None


def test_a_participant_may_be_idle_for_twelve_hours(now: datetime) -> None:
    times = SessionTimes(False, False, now, now, now + LONG)

    assert ended(times, now) is None
    assert ended(times, now + 12 * HOUR - TICK) is None
    assert ended(times, now + 12 * HOUR) == "session_idle"


def test_a_facilitator_may_be_idle_for_half_an_hour(now: datetime) -> None:
    seen = now + 3 * HOUR
    times = SessionTimes(True, False, now, seen, facilitator_ends_at(now))

    assert ended(times, seen + timedelta(minutes=30) - TICK) is None
    assert ended(times, seen + timedelta(minutes=30)) == "session_idle"


def test_a_facilitators_session_ends_after_twelve_hours_however_busy(now: datetime) -> None:
    end = facilitator_ends_at(now)
    times = SessionTimes(True, False, now, end - TICK, end)

    assert end == now + 12 * HOUR
    assert ended(times, end - TICK) is None
    assert ended(times, end) == "session_ended"


def test_a_participants_session_ends_a_day_after_the_consultation(now: datetime) -> None:
    end = participant_ends_at(now)
    times = SessionTimes(False, False, now, end - TICK, end)

    assert end == now + timedelta(days=1)
    assert ended(times, end - TICK) is None
    assert ended(times, end) == "session_ended"


def test_an_api_token_has_an_end_but_no_idle_limit(now: datetime) -> None:
    times = SessionTimes(True, True, now, now, now + LONG)

    assert ended(times, now + LONG - TICK) is None
    assert ended(times, now + LONG) == "session_ended"


def test_who_comes_back_long_after_the_end_gets_a_visit(now: datetime) -> None:
    assert Home("/me", now - LONG).ends_at(now) == now + 12 * HOUR
    assert Home("/me", now + LONG).ends_at(now) == now + LONG


def test_a_sign_in_is_fresh_for_half_an_hour(now: datetime) -> None:
    stale = why_not_fresh(now, now + timedelta(minutes=30))

    assert why_not_fresh(now, now + timedelta(minutes=30) - TICK) is None
    assert stale is not None
    assert stale.code == "not_fresh"


def test_a_token_is_its_person_and_its_digest_alone_is_kept(
    database: Database, now: datetime, count_queries: CountQueries
) -> None:
    with database.writing() as session:
        amina = a_person(session).id
        token = begin_session(session, person_id=amina, ends_at=now + LONG, now=now)
        kept = session.scalars(select(SignIn)).one()
        assert token.encode() not in kept.token_digest

    with database.reading() as session:
        with count_queries(database, 1):
            known = who(session, token=token, now=now)
        assert known is not None
        assert (known.person_id, known.facilitator_id, known.for_api) == (amina, None, False)
        assert known.begun_at == now
        assert who(session, token=token + "x", now=now) is None
        assert who(session, token="", now=now) is None
        assert who(session, token=kept.token_digest.hex(), now=now) is None


def test_a_token_is_its_facilitator_until_removed(database: Database, now: datetime) -> None:
    with database.writing() as session:
        a_facilitator(session, name="Ngozi", now=now)
        row = a_facilitator(session, name="Amina", now=now)
        token = begin_session(
            session, facilitator_id=row.id, for_api=True, ends_at=now + LONG, now=now
        )
    with database.reading() as session:
        known = who(session, token=token, now=now)
        assert known is not None
        assert (known.facilitator_name, known.for_api) == ("Amina", True)

    with database.writing() as session:
        remove_facilitator(session, name="Amina", now=now)

    with database.reading() as session:
        assert who(session, token=token, now=now) is None


def test_a_session_lives_by_its_last_visit(database: Database, now: datetime) -> None:
    with database.writing() as session:
        amina = a_person(session).id
        token = begin_session(session, person_id=amina, ends_at=now + LONG, now=now)
    with database.reading() as session:
        known = who(session, token=token, now=now)
        assert known is not None
        assert who(session, token=token, now=now + 13 * HOUR) is None

    with database.writing() as session:
        note_visits(session, visits={known.session_id: now + 2 * HOUR, "gone": now})
        note_visits(session, visits={known.session_id: now + HOUR})  # an older one changes nothing
        note_visits(session, visits={})

    with database.reading() as session:
        assert who(session, token=token, now=now + 14 * HOUR - TICK) is not None
        assert who(session, token=token, now=now + 14 * HOUR) is None


def test_a_session_that_was_ended_is_nobody(database: Database, now: datetime) -> None:
    with database.writing() as session:
        amina = a_person(session).id
        token = begin_session(session, person_id=amina, ends_at=now + LONG, now=now)
        end_session(session, token=token)
        end_session(session, token="never was")

    with database.reading() as session:
        assert who(session, token=token, now=now) is None
        assert session.scalars(select(SignIn)).all() == []


def test_one_ends_all_ones_own_other_sessions(database: Database, now: datetime) -> None:
    with database.writing() as session:
        amina, other = a_person(session).id, a_person(session).id
        tokens = [
            begin_session(session, person_id=amina, ends_at=now + LONG, now=now) for _ in range(2)
        ]
        tokens.append(
            begin_session(session, person_id=amina, for_api=True, ends_at=now + LONG, now=now)
        )
        stranger = begin_session(session, person_id=other, ends_at=now + LONG, now=now)
    with database.reading() as session:
        me = who(session, token=tokens[0], now=now)
        assert me is not None
        mine = open_sessions(session, of=me, now=now)
        assert len(mine) == 3
        assert [one.id for one in mine if one.is_this_one] == [me.session_id]

    with database.writing() as session:
        assert end_other_sessions(session, session_id=me.session_id) == 2
        assert end_other_sessions(session, session_id="gone") == 0

    with database.reading() as session:
        alive = [who(session, token=token, now=now) is not None for token in [*tokens, stranger]]
        assert alive == [True, False, False, True]


def test_all_sessions_of_somebody_can_be_ended(database: Database, now: datetime) -> None:
    with database.writing() as session:
        amina, other = a_person(session).id, a_person(session).id
        for person_id in (amina, amina, other):
            begin_session(session, person_id=person_id, ends_at=now + LONG, now=now)
        assert end_sessions_of(session, person_id=amina) == 2
        left = session.scalars(select(SignIn.person_id)).all()
    assert left == [other]


def test_sessions_that_are_over_are_forgotten(database: Database, now: datetime) -> None:
    with database.writing() as session:
        amina = a_person(session).id
        begin_session(session, person_id=amina, ends_at=now + LONG, now=now)  # idle too long
        begin_session(session, person_id=amina, ends_at=now + HOUR, now=now)  # at its end
        begin_session(session, person_id=amina, for_api=True, ends_at=now + LONG, now=now)
        begin_session(session, person_id=amina, ends_at=now + LONG, now=now + 12 * HOUR)
        left = session.scalars(select(SignIn.begun_at).order_by(SignIn.begun_at)).all()
    assert left == [now, now + 12 * HOUR]


def test_a_session_is_of_exactly_one(database: Database, now: datetime) -> None:
    with database.writing() as session:
        with pytest.raises(ValueError, match="either"):
            begin_session(session, ends_at=now, now=now)
        with pytest.raises(ValueError, match="either"):
            begin_session(session, person_id="a", facilitator_id="b", ends_at=now, now=now)
        with pytest.raises(ValueError, match="either"):
            end_sessions_of(session)
