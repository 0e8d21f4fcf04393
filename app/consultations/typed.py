"""What facilitators type into the desk's forms, read into values or refused. Pure.

Each function returns the value or the Refusal of the field named `field`; `accepted` raises it.
"""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from app import languages
from app.consultations.rules import clean_name, local_instant
from app.refusals import Kind, Refusal, mark

TITLE_LIMIT = 200  # characters
TEXT_LIMIT = 1000  # words of a brief, a promise, a consent, an announcement
REASON_LIMIT = 200  # words
YEARS = range(2000, 2200)  # another one is a slip

_CHARACTERS_PER_WORD = 40  # a hard bound for words without end

Accepted = TypeVar("Accepted")


def accepted(answer: Accepted | Refusal) -> Accepted:
    """Return an answer that is no refusal; raise the one that is."""
    if isinstance(answer, Refusal):
        raise answer
    return answer


def line(typed: str, *, field: str, required: str = "") -> str | Refusal:
    """Return a title or a name on one line; `required` is the message where there is none."""
    clean = clean_name(typed)
    if not clean and required:
        return Refusal(Kind.INVALID, f"{field}_missing", required, field=field)
    if len(clean) > TITLE_LIMIT:
        return Refusal(
            Kind.INVALID,
            "line_too_long",
            mark("This is too long. It may have %(limit)s characters."),
            {"limit": TITLE_LIMIT},
            field=field,
        )
    return clean


def prose(typed: str, *, field: str, required: str = "", limit: int = TEXT_LIMIT) -> str | Refusal:
    """Return a longer text without blank space at its ends, of at most `limit` words."""
    text = typed.strip()
    if not any(unicodedata.category(c)[0] in "LNSP" for c in text):
        if required:
            return Refusal(Kind.INVALID, f"{field}_missing", required, field=field)
        return ""
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        return Refusal(
            Kind.INVALID,
            "control_characters",
            mark("Your text holds signs that cannot be shown. Please type it again here."),
            field=field,
        )
    words = languages.count_words(text)
    if words > limit or len(text) > limit * _CHARACTERS_PER_WORD:
        return Refusal(
            Kind.INVALID,
            "too_long",
            mark("Your text has %(words)s words; at most %(limit)s fit here. Please shorten it."),
            {"words": words, "limit": limit},
            field=field,
        )
    return text


def reason(typed: str, *, field: str = "text") -> str | Refusal:
    """Return the reason of an act, which people will read."""
    required = mark("Write the reason. People will read it.")
    return prose(typed, field=field, required=required, limit=REASON_LIMIT)


def language(typed: str, *, field: str = "language") -> str | Refusal:
    """Return a language tag in the usual form."""
    tag = languages.normalise(typed)
    if tag is None:
        return Refusal(
            Kind.INVALID,
            "language_unknown",
            mark("We do not know the language %(tag)s."),
            {"tag": typed[:20]},
            field=field,
        )
    return tag


def timezone(typed: str, *, field: str = "timezone") -> str | Refusal:
    """Return the IANA name of a time zone."""
    if typed not in available_timezones():
        return Refusal(
            Kind.INVALID,
            "timezone_unknown",
            mark("Choose the time zone from the list."),
            field=field,
        )
    return typed


def day(typed: str, *, field: str) -> date | Refusal | None:
    """Return a typed ISO date, or None where nothing was typed."""
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(_ascii_digits(typed.strip()))
    except ValueError:
        return Refusal(
            Kind.INVALID,
            "date_unreadable",
            mark("This is not a date. Write it as year-month-day: 2026-03-14."),
            field=field,
        )


def instant(typed: str, zone: str, choice: str = "", *, field: str) -> datetime | Refusal:
    """Return the instant of a typed local time (`2026-03-14T09:00`) in a time zone.

    A skipped hour is refused, a doubled one asks for a choice (`first` or `second`).
    """
    text = _ascii_digits(typed.strip()).replace(" ", "T", 1)
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        local = None
    if local is None or local.tzinfo is not None or "T" not in text or local.year not in YEARS:
        return Refusal(
            Kind.INVALID,
            "time_unreadable" if typed.strip() else "time_missing",
            mark("Give day and time, as in 2026-03-14 09:00."),
            field=field,
        )
    answer = local_instant(local, zone, choice)
    if isinstance(answer, Refusal):
        return replace(answer, field=field)
    # In UTC: Python never holds a time in a doubled hour equal to one of another zone.
    return answer.astimezone(UTC)


def as_typed(at: datetime, zone: str) -> tuple[str, str]:
    """Return an instant as a form holds it: local time, and the choice if that comes twice."""
    local = at.astimezone(ZoneInfo(zone))
    doubled = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    choice = ("second" if local.fold else "first") if doubled else ""
    return local.strftime("%Y-%m-%dT%H:%M"), choice


def instant_or_same(
    typed: str, zone: str, choice: str, *, before: datetime, field: str
) -> datetime | Refusal:
    """Return the instant `before` where the form still says it (it shows no seconds), else the
    instant of what was typed."""
    if _ascii_digits(typed.strip()).replace(" ", "T", 1) == as_typed(before, zone)[0]:
        answer = instant(typed, zone, choice or as_typed(before, zone)[1], field=field)
        return before if answer == before.replace(second=0, microsecond=0) else answer
    return instant(typed, zone, choice, field=field)


def number(typed: int | str, *, field: str, lowest: int, highest: int) -> int | Refusal:
    """Return a whole number between two bounds, ends included; any script's digits count."""
    try:
        value = int(typed)
    except ValueError:
        value = lowest - 1
    if not lowest <= value <= highest:
        return Refusal(
            Kind.INVALID,
            "number_out_of_bounds",
            mark("Write a number from %(lowest)s to %(highest)s."),
            {"lowest": lowest, "highest": highest},
            field=field,
        )
    return value


def _ascii_digits(typed: str) -> str:
    # A browser without date fields sends what was typed, in whatever digits the phone has.
    return "".join(str(unicodedata.decimal(c, c)) for c in typed)
