"""How somebody reads: the language they read in, and the time zone they live by."""

from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.languages import direction, from_accept_language, normalise
from app.web.i18n import interface_language
from app.web.state import state_of

LANGUAGE_COOKIE = "lang"
TIMEZONE_COOKIE = "tz"


@dataclass(frozen=True)
class Reader:
    """`language`: the reading language; `interface`: the language of labels; `timezone`: theirs,
    None as long as they have not said it."""

    language: str
    interface: str
    timezone: str | None = None

    @property
    def direction(self) -> str:
        """Return the direction of the interface language."""
        return direction(self.interface)

    def zone(self, fallback: str) -> ZoneInfo:
        """Return their time zone, or the one named `fallback`."""
        return ZoneInfo(self.timezone or fallback)


def known_timezone(name: str | None) -> str | None:
    """Return the IANA name if there is such a zone."""
    return name if name and name in available_timezones() else None


def reader_of(request: HTTPConnection) -> Reader:
    """Return how this request wants to read: `?lang=`, then cookie, then Accept-Language.

    A choice made in the address is kept in a cookie by `remember_choice`.
    """
    asked = request.query_params.get("lang")
    language = (
        (normalise(asked) if asked else None)
        or normalise(request.cookies.get(LANGUAGE_COOKIE, ""))
        or next(iter(from_accept_language(request.headers.get("accept-language", ""))), None)
        or "en"
    )
    zone = known_timezone(request.query_params.get("tz")) or known_timezone(
        request.cookies.get(TIMEZONE_COOKIE)
    )
    return Reader(language, interface_language(language), zone)


def remember_choice(request: HTTPConnection, response: Response) -> None:
    """Keep a language or time zone chosen in the address, until the browser is closed."""
    secure = state_of(request).is_https
    language = normalise(request.query_params.get("lang") or "")
    if language and language != request.cookies.get(LANGUAGE_COOKIE):
        response.set_cookie(LANGUAGE_COOKIE, language, secure=secure, httponly=True, samesite="lax")
    zone = known_timezone(request.query_params.get("tz"))
    if zone and zone != request.cookies.get(TIMEZONE_COOKIE):
        response.set_cookie(TIMEZONE_COOKIE, zone, secure=secure, httponly=True, samesite="lax")


Reads = Annotated[Reader, Depends(reader_of)]
