from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.consultations.rules import Role, Schedule
from app.discussion.rules import (
    ThreadTimes,
    digest_of,
    pages,
    why_not_contribute,
    why_not_edit,
    why_not_words,
)

OPENS = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
CLOSES = datetime(2026, 3, 12, 6, 0, tzinfo=UTC)
SCHEDULE = Schedule(OPENS, CLOSES, "Africa/Nairobi")
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("times", "starts", "ends"),
    [
        (ThreadTimes(SCHEDULE), OPENS, CLOSES),
        (ThreadTimes(SCHEDULE, OPENS + HOUR, CLOSES - HOUR), OPENS + HOUR, CLOSES - HOUR),
        (ThreadTimes(SCHEDULE, OPENS - HOUR, CLOSES + HOUR), OPENS, CLOSES),
        (ThreadTimes(SCHEDULE, closed_by_hand_at=OPENS + HOUR), OPENS, OPENS + HOUR),
        (
            ThreadTimes(SCHEDULE, closes_at=OPENS + HOUR, closed_by_hand_at=OPENS + 2 * HOUR),
            OPENS,
            OPENS + HOUR,
        ),
    ],
)
def test_a_thread_is_open_where_all_that_bounds_it_is(
    times: ThreadTimes, starts: datetime, ends: datetime
) -> None:
    assert [times.is_open(at) for at in (starts - TICK, starts, ends - TICK, ends)] == [
        False,
        True,
        True,
        False,
    ]


def code(times: ThreadTimes, role: Role, now: datetime) -> str | None:
    refusal = why_not_contribute(times, role, now)
    return refusal.code if refusal else None


def test_only_participants_post_and_only_while_it_is_open() -> None:
    times = ThreadTimes(SCHEDULE)
    assert code(times, Role.PARTICIPANT, OPENS) is None
    assert code(times, Role.VISITOR, OPENS) == "not_participant"
    assert code(times, Role.FACILITATOR, OPENS) == "not_participant"
    assert code(times, Role.PARTICIPANT, OPENS - TICK) == "thread_not_open_yet"
    assert code(times, Role.PARTICIPANT, CLOSES) == "thread_closed"


@given(st.datetimes(OPENS.replace(tzinfo=None), CLOSES.replace(tzinfo=None)))
def test_the_rule_and_the_page_agree_on_being_open(naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    times = ThreadTimes(SCHEDULE, OPENS + HOUR, CLOSES - HOUR)
    assert times.is_open(now) == (why_not_contribute(times, Role.PARTICIPANT, now) is None)


@pytest.mark.parametrize(
    ("body", "limit", "expected"),
    [
        ("Water.", 600, None),
        ("👍🏾", 600, None),
        ("+1", 600, None),
        ("", 600, "words_missing"),
        (" \n\t\u200b ", 600, "words_missing"),
        ("one two three", 3, None),
        ("one two three four", 3, "too_long"),
        ("x" * 121, 3, "too_long"),
        ("水" * 6, 3, None),
        ("水" * 7, 3, "too_long"),
        ("a\x00b", 600, "control_characters"),
        ("a\x1b[31mb", 600, "control_characters"),
        ("a\ud800b", 600, "control_characters"),
        ("line\nline\ttab", 600, None),
    ],
)
def test_what_can_be_posted(body: str, limit: int, expected: str | None) -> None:
    refusal = why_not_words(body, limit=limit)
    assert (refusal.code if refusal else None) == expected


@given(st.text(), st.text())
def test_a_post_is_the_same_only_in_the_same_place_with_the_same_words(a: str, b: str) -> None:
    assert digest_of(None, a) == digest_of(None, f"  {a}\n")
    assert (digest_of("p1", a) == digest_of("p1", b)) == (a.strip() == b.strip())
    assert digest_of(None, a) != digest_of("p1", a)


def test_a_post_is_editable_for_thirty_minutes_while_the_thread_is_open() -> None:
    times = ThreadTimes(SCHEDULE)
    half = timedelta(minutes=30)

    def refused(now: datetime, *, withdrawn: bool = False, hidden: bool = False) -> str | None:
        refusal = why_not_edit(
            written_at=OPENS, withdrawn=withdrawn, hidden=hidden, times=times, now=now
        )
        return refusal.code if refusal else None

    assert refused(OPENS + half - TICK) is None
    assert refused(OPENS + half) == "edit_window_over"
    assert refused(OPENS, withdrawn=True) == "withdrawn"
    assert refused(OPENS, hidden=True) == "hidden"


def test_pages_of_a_thread() -> None:
    assert [pages(n) for n in (0, 1, 20, 21, 335)] == [1, 1, 1, 2, 17]
