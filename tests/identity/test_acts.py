"""The log of acts: in one row, and any change to it shows (TRUST T-18)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, select, update

from app.database import Database, WriteSession
from app.identity.actions import record_act
from app.identity.models import Act, ActsHead
from app.identity.queries import acts, digest_of_act, verify_acts
from tests.factories import a_facilitator


def record(session: WriteSession, now: datetime, verb: str = "closed", **other: str | None) -> int:
    return record_act(
        session,
        actor_kind=other.get("actor_kind") or "operator",
        actor_id=other.get("actor_id"),
        verb=verb,
        object_kind="thread",
        object_id="t1",
        consultation_id=other.get("consultation_id"),
        now=now,
    )


@pytest.fixture
def five(database: Database, now: datetime) -> Database:
    """Return a database with five lines in its log."""
    for minutes in range(5):
        with database.writing() as session:
            record(session, now + timedelta(minutes=minutes, microseconds=1))
    return database


def first_broken(database: Database) -> int | None:
    with database.reading() as session:
        return verify_acts(session)


def test_lines_are_numbered_and_the_log_verifies(five: Database) -> None:
    with five.reading() as session:
        assert list(session.scalars(select(Act.number).order_by(Act.number))) == [1, 2, 3, 4, 5]
    assert first_broken(five) is None


def test_an_empty_log_verifies(database: Database) -> None:
    assert first_broken(database) is None


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "opened"},
        {"actor_kind": "facilitator"},
        {"actor_id": "somebody"},
        {"object_kind": "post"},
        {"object_id": "t2"},
        {"consultation_id": "c1"},
        {"at": datetime(2026, 3, 10, 11, 0, tzinfo=UTC)},
        {"digest": "f" * 64},
        {"number": 30},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_line_is_named(five: Database, change: dict[str, object]) -> None:
    with five.writing() as session:
        session.execute(update(Act).where(Act.number == 3).values(**change))

    assert first_broken(five) == 3


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_line_that_is_gone_is_named(five: Database, number: int) -> None:
    with five.writing() as session:
        session.execute(delete(Act).where(Act.number == number))

    assert first_broken(five) == number


def test_a_line_made_up_at_the_end_is_named(five: Database, now: datetime) -> None:
    with five.writing() as session:
        last = session.get_one(Act, 5)
        forged = Act(
            number=6, at=now, actor_kind="operator", verb="x", object_kind="y", object_id="z"
        )
        forged.digest = digest_of_act(forged, last.digest)
        session.add(forged)

    assert first_broken(five) == 6


def test_a_log_without_its_head_is_broken(five: Database) -> None:
    with five.writing() as session:
        session.execute(delete(ActsHead))

    assert first_broken(five) is not None


def test_two_lines_written_over_consistently_still_show(five: Database) -> None:
    """Whoever rewrites a line and its digest breaks the next one."""
    with five.writing() as session:
        second, third = session.get_one(Act, 2), session.get_one(Act, 3)
        third.verb = "opened"
        third.digest = digest_of_act(third, second.digest)

    assert first_broken(five) == 4


def test_many_at_once_make_one_unbroken_log(database: Database, now: datetime) -> None:
    """From an empty log, so that the making of its first row is contested too."""
    together, writers, each = threading.Barrier(6), 6, 8

    def write(writer: int) -> list[int]:
        together.wait()
        numbers = []
        for _ in range(each):
            with database.writing() as session:
                session.execute(select(Act.number))  # a transaction that has read before
                numbers.append(record(session, now, verb=f"writer {writer}"))
        return numbers

    with ThreadPoolExecutor(writers) as pool:
        numbers = [number for done in pool.map(write, range(writers)) for number in done]

    assert sorted(numbers) == list(range(1, writers * each + 1))
    assert first_broken(database) is None


def test_an_act_that_is_not_committed_leaves_no_line(five: Database, now: datetime) -> None:
    def fail() -> None:
        with five.writing() as session:
            record(session, now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with five.writing() as session:
        assert record(session, now) == 6
    assert first_broken(five) is None


def test_the_log_is_the_same_in_whatever_zone_an_instant_was_given(
    database: Database, now: datetime
) -> None:
    kathmandu = now.astimezone(timezone(timedelta(hours=5, minutes=45)))
    with database.writing() as session:
        record(session, kathmandu)

    assert first_broken(database) is None


def test_the_newest_lines_come_first_with_the_name_of_who_acted(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        amina = a_facilitator(session, name="Amina", now=now).id
        record(session, now, "opened", consultation_id="c1")
        record(
            session, now, "hid a post", actor_kind="facilitator", actor_id=amina,
            consultation_id="c1",
        )  # fmt: skip
        record(session, now, "closed", consultation_id="c2")

    with database.reading() as session:
        everything = acts(session, consultation_id=None, limit=2)
        first = acts(session, consultation_id="c1", limit=10)

    assert [(line.number, line.verb) for line in everything] == [(3, "closed"), (2, "hid a post")]
    assert [(line.actor_name, line.verb) for line in first] == [
        ("Amina", "hid a post"),
        (None, "opened"),
    ]
