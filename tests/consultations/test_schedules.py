"""Extending, closing early, opening again, publishing: times and their edges."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.consultations.models import Consultation, ScheduleChange
from app.consultations.publishing import publish, unpublish
from app.consultations.schedules import extend_or_close
from app.database import Database
from app.identity.queries import acts, verify_acts
from app.refusals import Refusal
from app.translation.models import Words
from tests.factories import a_consultation, a_facilitator


def verbs(database: Database) -> list[str]:
    with database.reading() as session:
        assert verify_acts(session) is None
        return [act.verb for act in reversed(acts(session))]


def body(database: Database, text_id: str | None) -> str:
    with database.reading() as session:
        return session.get_one(Words, text_id).body


def an_open_one(database: Database, now: datetime, **times: datetime) -> tuple[str, str]:
    with database.writing() as session:
        made = a_consultation(session, now=now, **times)  # type: ignore[arg-type]  # times only
        return made.id, a_facilitator(session, now=now, consultation=made).id


def change_times(
    database: Database,
    ids: tuple[str, str],
    closes_at: datetime,
    now: datetime,
    *,
    opens_at: datetime | None = None,
    reason: str = "Many of you asked.",
) -> bool:
    with database.writing() as session:
        return extend_or_close(
            session,
            consultation_id=ids[0],
            opens_at=opens_at,
            closes_at=closes_at,
            reason=reason,
            language="en",
            facilitator_id=ids[1],
            now=now,
        )


def times_of(database: Database, ids: tuple[str, str]) -> tuple[datetime, datetime]:
    with database.reading() as session:
        row = session.get_one(Consultation, ids[0])
        return row.opens_at, row.closes_at


def test_extending_is_told_with_its_reason(database: Database, now: datetime) -> None:
    ids = an_open_one(database, now)
    before = times_of(database, ids)
    later = before[1] + timedelta(days=1)
    assert change_times(database, ids, later, now)
    assert not change_times(database, ids, later, now)  # re-sent
    assert times_of(database, ids) == (before[0], later)
    with database.reading() as session:
        [change] = session.scalars(select(ScheduleChange)).all()
        assert (change.closed_at_before, change.closes_at) == (before[1], later)
        assert change.changed_by == ids[1]
    assert body(database, change.reason_id) == "Many of you asked."
    assert verbs(database) == ["changed the times of a consultation"]


def test_closing_now_and_opening_again(database: Database, now: datetime) -> None:
    ids = an_open_one(database, now)
    assert change_times(database, ids, now, now)
    assert times_of(database, ids)[1] == now
    with pytest.raises(Refusal) as refused:
        change_times(database, ids, now + timedelta(minutes=1), now + timedelta(minutes=1))
    assert refused.value.code == "not_open"
    with database.writing() as session:
        publish(
            session,
            consultation_id=ids[0],
            facilitator_id=ids[1],
            now=now + timedelta(minutes=1),
        )
    assert change_times(database, ids, now + timedelta(days=1), now + timedelta(minutes=2))
    with database.reading() as session:
        assert session.get_one(Consultation, ids[0]).published_at is None
    assert verbs(database) == [
        "closed a consultation early",
        "published the report",
        "opened a consultation again",
    ]


def test_before_it_opens_both_times_change(database: Database, now: datetime) -> None:
    hour = timedelta(hours=1)
    ids = an_open_one(database, now, opens_at=now + hour, closes_at=now + 5 * hour)
    assert change_times(database, ids, now + 9 * hour, now, opens_at=now + 2 * hour)
    assert times_of(database, ids) == (now + 2 * hour, now + 9 * hour)


@pytest.mark.parametrize(
    ("opens_in", "closes_in", "reason", "code"),
    [
        (None, -1, "Because.", "closes_in_the_past"),
        (1, 9, "Because.", "already_opened"),
        (None, -30, "Because.", "closes_in_the_past"),
        (None, 9, " ", "text_missing"),
        (None, 9, "word " * 201, "too_long"),
    ],
)
def test_times_that_cannot_be(
    sqlite_database: Database,
    now: datetime,
    opens_in: int | None,
    closes_in: int,
    reason: str,
    code: str,
) -> None:
    ids = an_open_one(sqlite_database, now)
    before = times_of(sqlite_database, ids)
    opens_at = None if opens_in is None else now + timedelta(hours=opens_in)
    with pytest.raises(Refusal) as refused:
        change_times(
            sqlite_database,
            ids,
            now + timedelta(hours=closes_in),
            now,
            opens_at=opens_at,
            reason=reason,
        )
    assert refused.value.code == code
    assert times_of(sqlite_database, ids) == before


def test_the_report_is_not_published_while_it_is_open(database: Database, now: datetime) -> None:
    ids = an_open_one(database, now)
    closes_at = times_of(database, ids)[1]
    with pytest.raises(Refusal) as refused, database.writing() as session:
        publish(
            session,
            consultation_id=ids[0],
            facilitator_id=ids[1],
            now=closes_at - timedelta(microseconds=1),
        )
    assert refused.value.code == "publish_too_early"
    with database.writing() as session:
        publish(session, consultation_id=ids[0], facilitator_id=ids[1], now=closes_at)
        unpublish(session, consultation_id=ids[0], facilitator_id=ids[1], now=closes_at)
        unpublish(session, consultation_id=ids[0], facilitator_id=ids[1], now=closes_at)
    assert verbs(database) == ["published the report", "took the report back"]
