"""Instants as people read them: coarse for what others did, exact for opening and closing."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    format_timedelta,
    get_timezone_location,
)

from app.languages import locale_of
from app.refusals import mark
from app.web.i18n import say


def day(value: date, language: str) -> str:
    """Return a date as `14 March 2026` in this language."""
    return format_date(value, "long", locale=locale_of(language))


def part_of_day(instant: datetime, zone: ZoneInfo) -> str:
    """Return `night` (22-6), `morning` (6-12), `afternoon` (12-18) or `evening` (18-22)."""
    hour = instant.astimezone(zone).hour
    if hour < 6 or hour >= 22:
        return "night"
    return "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"


_PARTS = {
    "night": mark("at night"),
    "morning": mark("in the morning"),
    "afternoon": mark("in the afternoon"),
    "evening": mark("in the evening"),
}


def day_and_part(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """Return `Sat, Mar 14, in the morning`: coarse on purpose (TRUST T-4)."""
    locale = locale_of(language)
    on = format_skeleton("MMMEd", instant, tzinfo=zone, locale=locale)
    return _pair(on, say(_PARTS[part_of_day(instant, zone)], language), language)


def moment(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """Return day, time, place of the time zone and its offset: an exact, unmistakable instant."""
    locale = locale_of(language)
    local = instant.astimezone(zone)
    on = format_skeleton("MMMEd", local, tzinfo=zone, locale=locale)
    at = format_time(local, "short", tzinfo=zone, locale=locale)
    return f"{_pair(on, at, language)} ({zone_name(zone, local, language)})"


def zone_name(zone: ZoneInfo, at: datetime, language: str) -> str:
    """Return `Nairobi, UTC+3`: the zone's city in this language and its offset at that time."""
    city = get_timezone_location(str(zone), locale=locale_of(language), return_city=True)
    offset = at.astimezone(zone).utcoffset() or timedelta(0)
    minutes = int(offset.total_seconds() // 60)
    sign = "+" if minutes >= 0 else "-"
    hours, rest = divmod(abs(minutes), 60)
    shown = f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
    return shown if str(zone) == "UTC" else _pair(city, shown, language)


def _pair(first: str, second: str, language: str) -> str:
    return say(mark("%(first)s, %(second)s"), language, {"first": first, "second": second})


def span(duration: timedelta, language: str) -> str:
    """Return `1 day 4 hours`, `5 hours` or `12 minutes`: at most two units, rounded down."""
    locale = locale_of(language)
    minutes = max(0, int(duration.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts: list[timedelta] = []
    if days:
        parts.append(timedelta(days=days))
    if hours:
        parts.append(timedelta(hours=hours))
    if not days and (minutes or not hours):
        parts.append(timedelta(minutes=minutes))
    shown = [
        format_timedelta(part, granularity="minute", threshold=10_000, locale=locale)
        if part < timedelta(hours=1)
        else format_timedelta(part, granularity="hour", threshold=10_000, locale=locale)
        if part < timedelta(days=1)
        else format_timedelta(part, granularity="day", threshold=10_000, locale=locale)
        for part in parts[:2]
    ]
    if len(shown) == 1:
        return shown[0]
    larger, smaller = shown
    # Such as "1 day 4 hours".
    both = mark("%(larger)s %(smaller)s")
    return say(both, language, {"larger": larger, "smaller": smaller})
