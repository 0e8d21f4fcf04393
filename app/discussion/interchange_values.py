"""Small checks of single values in a file, and how larger checks are made of them.

A check is given a value and its path and yields what is wrong. Nothing here knows the database,
nor what a consultation is.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from unicodedata import category
from zoneinfo import available_timezones

from app.countries import codes
from app.languages import normalise
from app.refusals import Kind, Refusal, mark

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# In one line: also line breaks, and characters that turn the direction of what stands beside it.
_NOT_IN_A_LINE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LARGEST_INTEGER = 2**31 - 1


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file: where (`posts[12].thread`; empty: the whole) and why."""

    path: str
    message: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Return the reason in English, its places filled."""
        return self.message % self.values if self.values else self.message

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason

    def refusal(self) -> Refusal:
        """Return the same as a refusal, the path as its field."""
        return Refusal(Kind.INVALID, "broken_file", self.message, self.values, field=self.path)


Check = Callable[[Any, str], Iterator[Fault]]
"""Given a value and its path, yields what is wrong with it."""


def instant_of(written: str) -> datetime:
    """Return the instant of an ISO 8601 text that passed the check, in UTC."""
    return datetime.fromisoformat(written).astimezone(UTC)


def visible(value: str) -> bool:
    """Say whether there is anything to see: a letter, digit, symbol or mark of punctuation."""
    return any(category(character)[0] in "LNSP" for character in value)


def _string(value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(path, mark("This must be a text in quotation marks."))


def line(limit: int) -> Check:
    """Return the check of one line of words with at most `limit` characters."""

    def inspect(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield from _string(value, path)
        elif not visible(value):
            yield Fault(path, mark("This is empty."))
        elif found := _NOT_IN_A_LINE.search(value):
            yield _unwanted(path, found[0])
        elif len(value) > limit:
            yield Fault(path, mark("This is longer than %(limit)s characters."), {"limit": limit})

    return inspect


def words(value: Any, path: str) -> Iterator[Fault]:
    """Check words of one or more lines."""
    if not isinstance(value, str):
        yield from _string(value, path)
    elif not visible(value):
        yield Fault(path, mark("This is empty."))
    else:
        yield from maybe_no_words(value, path)


def maybe_no_words(value: Any, path: str) -> Iterator[Fault]:
    """Check words that may be none, because their author took them back."""
    if not isinstance(value, str):
        yield from _string(value, path)
    elif found := _CONTROL.search(value):
        yield _unwanted(path, found[0])


def _unwanted(path: str, character: str) -> Fault:
    code = f"U+{ord(character):04X}"
    return Fault(
        path, mark("This holds the character %(code)s, which is not allowed."), {"code": code}
    )


def slug(value: Any, path: str) -> Iterator[Fault]:
    """Check the part of an address that names a consultation."""
    if not isinstance(value, str):
        yield from _string(value, path)
    elif not _SLUG.fullmatch(value) or len(value) > 80:
        yield Fault(
            path,
            mark("Use small letters a to z, digits and single hyphens, 80 characters at most."),
        )


def language(value: Any, path: str) -> Iterator[Fault]:
    """Check a BCP 47 tag in its usual case, so that it is given back as it came."""
    known = normalise(value) if isinstance(value, str) else None
    if not isinstance(value, str):
        yield from _string(value, path)
    elif known is None:
        yield Fault(path, mark("There is no language %(tag)s."), {"tag": value[:40]})
    elif known != value:
        yield Fault(
            path, mark("Write %(known)s instead of %(tag)s."), {"known": known, "tag": value[:40]}
        )


def languages(value: Any, path: str) -> Iterator[Fault]:
    """Check a list of one or more different languages."""
    yield from each(language)(value, path)
    if value == []:
        yield Fault(path, mark("Name at least one language."))
    elif isinstance(value, list):
        tags = ((tag, f"{path}[{at}]") for at, tag in enumerate(value) if isinstance(tag, str))
        yield from twice(tags)


def country(value: Any, path: str) -> Iterator[Fault]:
    """Check an ISO 3166-1 alpha-2 code."""
    if not isinstance(value, str):
        yield from _string(value, path)
    elif value not in codes():
        yield Fault(path, mark("There is no country %(code)s."), {"code": value[:40]})


def zone(value: Any, path: str) -> Iterator[Fault]:
    """Check the IANA name of a time zone."""
    if not isinstance(value, str):
        yield from _string(value, path)
    elif value not in _zones() or len(value) > 60:
        yield Fault(path, mark("There is no time zone %(name)s."), {"name": value[:60]})


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def instant(value: Any, path: str) -> Iterator[Fault]:
    """Check an ISO 8601 instant with its offset, to the microsecond at most."""
    if not isinstance(value, str):
        yield from _string(value, path)
        return
    try:
        if _INSTANT.fullmatch(value):
            instant_of(value)
            return
    except (ValueError, OverflowError):
        pass
    yield Fault(
        path,
        mark("Write a date, a time and its offset, such as 2030-05-01T09:00:00+00:00."),
    )


def day(value: Any, path: str) -> Iterator[Fault]:
    """Check an ISO 8601 date."""
    try:
        if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
            return
    except ValueError:
        pass
    yield Fault(path, mark("Write a date such as 2030-05-01."))


def integer(smallest: int) -> Check:
    """Return the check of a whole number from `smallest` on."""

    def inspect(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Fault(path, mark("This must be a whole number."))
        elif not smallest <= value <= _LARGEST_INTEGER:
            yield Fault(path, mark("This must be %(smallest)s or more."), {"smallest": smallest})

    return inspect


def one_of(*allowed: str | bool) -> Check:
    """Return the check of a value that must be one of these."""

    def inspect(value: Any, path: str) -> Iterator[Fault]:
        if not any(value is one or (isinstance(one, str) and value == one) for one in allowed):
            shown = json.dumps(allowed)[1:-1]
            yield Fault(path, mark("This must be one of: %(allowed)s."), {"allowed": shown})

    return inspect


def or_null(inspect: Check) -> Check:
    """Return a check that lets null pass."""
    return lambda value, path: iter(()) if value is None else inspect(value, path)


# --- lists and records -----------------------------------------------------------------------


def each(inspect: Check) -> Check:
    """Return the check of a list in which each item passes `inspect`."""

    def inspect_all(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield Fault(path, mark("This must be a list."))
            return
        for at, item in enumerate(value):
            yield from inspect(item, f"{path}[{at}]")

    return inspect_all


def fields(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Return the check of an object with these fields and no others."""
    known = {**required, **(optional or {})}

    def inspect(value: Any, path: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(path, mark("This must be an object in curly brackets."))
            return
        at = f"{path}." if path else ""
        for key in getattr(value, "repeated", ()):
            yield Fault(f"{at}{key}", mark("This field stands here twice."))
        for key in required:
            if key not in value:
                yield Fault(f"{at}{key}", mark("This field is missing."))
        for key, item in value.items():
            if key in known:
                yield from known[key](item, f"{at}{key}")
            else:
                yield Fault(f"{at}{key}", mark("There is no such field in this format."))

    return inspect


def twice(values: Iterable[tuple[Any, str]]) -> Iterator[Fault]:
    """Yield a fault for each value, given with its path, that came before."""
    seen: set[Any] = set()
    for value, path in values:
        if value in seen:
            yield Fault(path, mark("%(value)s is here twice."), {"value": str(value)[:200]})
        seen.add(value)
