from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.web.times import moment, part_of_day, span


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (timedelta(days=1, hours=4, minutes=59), "1 day 4 hours"),
        (timedelta(days=3), "3 days"),
        (timedelta(hours=5, minutes=3), "5 hours 3 minutes"),
        (timedelta(minutes=12), "12 minutes"),
        (timedelta(seconds=59), "0 minutes"),
        (timedelta(seconds=-5), "0 minutes"),
    ],
)
def test_a_span_has_at_most_two_units(duration: timedelta, shown: str) -> None:
    assert span(duration, "en") == shown


def test_a_moment_names_its_time_zone_and_offset() -> None:
    at = datetime(2026, 3, 12, 15, 0, tzinfo=UTC)
    shown = moment(at, ZoneInfo("Asia/Kathmandu"), "en")
    assert "Thu, Mar 12" in shown
    assert "8:45" in shown
    assert "UTC+5:45" in shown


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (5, "night"),
        (6, "morning"),
        (11, "morning"),
        (12, "afternoon"),
        (18, "evening"),
        (22, "night"),
    ],
)
def test_parts_of_the_day(hour: int, part: str) -> None:
    assert part_of_day(datetime(2026, 3, 12, hour, 59, tzinfo=UTC), ZoneInfo("UTC")) == part
