"""Countries as ISO 3166-1 alpha-2 codes, with names from CLDR."""

from functools import cache

from babel import Locale
from babel.core import get_global

from app.languages import locale_of

# CLDR also names regions, groups and test territories; these two-letter ones are no countries.
_NOT_COUNTRIES = {
    "EU",
    "EZ",
    "UN",
    "XA",
    "XB",
    "ZZ",
    "QO",
    "AC",
    "CP",
    "CQ",
    "DG",
    "EA",
    "IC",
    "TA",
}


@cache
def codes() -> frozenset[str]:
    """Return every known country code; Kosovo (XK) is among them."""
    names = (str(key) for key in Locale("en").territories)
    return frozenset(n for n in names if len(n) == 2 and n.isalpha() and n not in _NOT_COUNTRIES)


def normalise(code: str) -> str | None:
    """Return the code in capitals, or None if there is no such country."""
    code = code.strip().upper()
    return code if code in codes() else None


@cache
def name_in(code: str, reader: str) -> str:
    """Return a country's name in the language `reader`; in English where CLDR has none."""
    locale = locale_of(reader)
    return str(locale.territories.get(code) or Locale("en").territories[code])


@cache
def names_in(reader: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every country, sorted as a reader of that language would look."""
    return tuple(sorted(((c, name_in(c, reader)) for c in codes()), key=lambda pair: pair[1]))


@cache
def time_zone(code: str) -> str | None:
    """Return the IANA time zone of a country that has only one, else None (CLDR)."""
    zones = get_global("territory_zones").get(code, [])
    return str(zones[0]) if len(zones) == 1 else None
