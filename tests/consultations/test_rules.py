from datetime import UTC, datetime, timedelta

import pytest

from app.consultations.rules import (
    InvitationState,
    Phase,
    Role,
    Schedule,
    clean_name,
    local_instant,
    why_not_invited,
    why_not_join,
    why_not_languages,
    why_not_name,
    why_not_read,
)
from app.refusals import Refusal

OPENS = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)
CLOSES = datetime(2026, 3, 12, 6, 0, tzinfo=UTC)
SCHEDULE = Schedule(OPENS, CLOSES, "Africa/Nairobi")
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (OPENS - TICK, Phase.UPCOMING),
        (OPENS, Phase.OPEN),
        (CLOSES - TICK, Phase.OPEN),
        (CLOSES, Phase.CLOSED),
    ],
)
def test_a_consultation_is_open_from_its_opening_until_just_before_its_closing(
    now: datetime, phase: Phase
) -> None:
    assert SCHEDULE.phase(now) is phase


def test_one_joins_before_it_opens_but_not_after_it_closed() -> None:
    assert why_not_join(SCHEDULE, OPENS - timedelta(days=3)) is None
    assert why_not_join(SCHEDULE, CLOSES - TICK) is None
    late = why_not_join(SCHEDULE, CLOSES)
    assert late is not None
    assert (late.code, late.values["at"]) == ("consultation_closed", CLOSES)


def test_who_was_removed_does_not_join_again() -> None:
    refusal = why_not_join(SCHEDULE, OPENS, removed=True)
    assert refusal is not None
    assert refusal.code == "removed"


def test_only_visitors_are_kept_out_of_a_consultation_by_invitation() -> None:
    assert why_not_read(by_invitation=False, role=Role.VISITOR) is None
    assert why_not_read(by_invitation=True, role=Role.PARTICIPANT) is None
    assert why_not_read(by_invitation=True, role=Role.VISITOR) is not None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Amina  ", "Amina"),
        ("A\u202emina", "Amina"),  # a control that turns the text around it
        ("\u2066Amina\u2069", "Amina"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs its joiner
        ("क्\u200dष", "क्\u200dष"),
        ("Ami\x00na Odera", "Amina Odera"),
        ("\u200b\ufeff", ""),
    ],
)
def test_names_lose_what_could_turn_the_text_and_keep_what_scripts_need(
    typed: str, kept: str
) -> None:
    cleaned = clean_name(typed)
    assert cleaned.replace(" ", "") == kept.replace(" ", "")
    assert "\n" not in cleaned


def test_a_name_is_needed_and_has_an_end() -> None:
    assert why_not_name("A") is None
    assert why_not_name("x" * 60) is None
    empty, long = why_not_name(""), why_not_name("x" * 61)
    assert empty is not None
    assert long is not None
    assert (empty.code, empty.field) == ("name_missing", "name")
    assert (long.code, long.values["limit"]) == ("name_too_long", 60)


def test_reading_languages_must_exist() -> None:
    assert why_not_languages(["pt"], ["pt"]) is None
    unknown = why_not_languages(["en", "klingon"], ["en", None])
    assert unknown is not None
    assert (unknown.code, unknown.values["tag"]) == ("language_unknown", "klingon")
    none, many = why_not_languages([], []), why_not_languages(["en"] * 7, ["en"] * 7)
    assert none is not None
    assert none.code == "language_missing"
    assert many is not None
    assert many.code == "languages_too_many"


@pytest.mark.parametrize(
    ("invitation", "works"),
    [
        (InvitationState(2, 1, CLOSES, None), True),
        (InvitationState(2, 2, CLOSES, None), False),  # used up
        (InvitationState(2, 0, OPENS, None), False),  # expired this instant
        (InvitationState(2, 0, CLOSES, OPENS), False),  # revoked
        (None, False),  # nobody's
    ],
)
def test_every_invitation_that_does_not_work_is_refused_alike(
    invitation: InvitationState | None, works: bool
) -> None:
    refusal = why_not_invited(invitation, OPENS)
    assert (refusal is None) is works
    if refusal:
        assert refusal.code == "invitation_wrong"


@pytest.mark.parametrize(
    ("local", "zone", "utc"),
    [
        ("2026-03-10 09:00", "Africa/Nairobi", "2026-03-10 06:00"),
        ("2026-03-10 09:00", "Asia/Kathmandu", "2026-03-10 03:15"),
        ("2026-03-10 09:00", "Pacific/Kiritimati", "2026-03-09 19:00"),
        ("2028-02-29 12:00", "Asia/Beirut", "2028-02-29 10:00"),
        ("2026-07-01 09:00", "Africa/Cairo", "2026-07-01 06:00"),
    ],
)
def test_local_times_become_instants(local: str, zone: str, utc: str) -> None:
    found = local_instant(datetime.fromisoformat(local), zone)
    assert isinstance(found, datetime)
    assert found.astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone"),
    [("2026-03-29 00:30", "Asia/Beirut"), ("2026-04-24 00:30", "Africa/Cairo")],
)
def test_a_time_that_the_clocks_jump_over_is_refused(local: str, zone: str) -> None:
    refusal = local_instant(datetime.fromisoformat(local), zone)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "time_skipped"


def test_a_time_that_comes_twice_is_asked_about() -> None:
    local, zone = datetime(2026, 10, 24, 23, 30), "Asia/Beirut"  # noqa: DTZ001 - local on purpose
    refusal = local_instant(local, zone)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "time_doubled"
    first, second = local_instant(local, zone, "first"), local_instant(local, zone, "second")
    assert isinstance(first, datetime)
    assert isinstance(second, datetime)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
