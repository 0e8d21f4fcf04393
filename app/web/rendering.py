"""From a page's values to HTML, in the reader's interface language."""

import base64
import hashlib
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app import countries, languages
from app.refusals import Kind, Refusal
from app.web import times
from app.web.i18n import say, translator
from app.web.reader import Reader, remember_choice
from app.web.state import state_of

_ROOT = Path(__file__).parents[2]
TEMPLATES = _ROOT / "app" / "templates"

STATUS = {Kind.MISSING: 404, Kind.FORBIDDEN: 403, Kind.UNTIMELY: 409, Kind.INVALID: 422}


@cache
def stylesheet() -> str:
    """Return the one style sheet, put into every page so that a page is a single request."""
    css = (_ROOT / "static" / "css" / "site.css").read_text(encoding="utf-8")
    lines = (line.strip() for line in css.splitlines())
    return "".join(line for line in lines if line and not line.startswith("/*"))


@cache
def style_hash() -> str:
    """Return the CSP source that admits exactly that style sheet."""
    digest = hashlib.sha256(stylesheet().encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@cache
def environment(interface: str) -> Environment:
    """Return the template environment of one interface language.

    One whole environment each: overlays of one environment leak their catalogs into each other.
    """
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(translator(interface), newstyle=True)  # type: ignore[attr-defined]  # added by the i18n extension
    env.globals.update(
        stylesheet=stylesheet(),
        interface=interface,
        endonym=languages.endonym,
        direction=languages.direction,
    )

    def country(code: str | None) -> str:
        return countries.name_in(code, interface) if code else ""

    def language_name(tag: str) -> str:
        return languages.name_in(tag, interface)

    def day(value: date) -> str:
        return times.day(value, interface)

    def span(value: timedelta) -> str:
        return times.span(value, interface)

    def moment(value: datetime, zone: Any) -> str:
        return times.moment(value, zone, interface)

    def day_and_part(value: datetime, zone: Any) -> str:
        return times.day_and_part(value, zone, interface)

    def why(refusal: Refusal) -> str:
        return refusal_words(refusal, interface)

    env.filters.update(
        country=country,
        language_name=language_name,
        day=day,
        span=span,
        moment=moment,
        day_and_part=day_and_part,
        why=why,
        beginning=first_words,
    )
    return env


def first_words(body: str, limit: int = 60) -> str:
    """Return the beginning of a text on one line, to name what a reply answers."""
    line = " ".join(body.split())
    if len(line) <= limit:
        return line
    cut = line[:limit].rsplit(" ", 1)[0] if " " in line[:limit] else line[:limit]
    return cut + "…"


def refusal_words(refusal: Refusal, interface: str) -> str:
    """Return a refusal's message in the interface language, its instants in its time zone."""
    values: dict[str, object] = {}
    for name, value in refusal.values.items():
        if isinstance(value, datetime):
            zone = Reader("en", "en", refusal.timezone).zone("UTC")
            values[name] = times.moment(value, zone, interface)
        else:
            values[name] = value
    return say(refusal.message, interface, values)


def show(
    request: Request,
    reader: Reader,
    template: str,
    page: object,
    *,
    status: int = 200,
) -> HTMLResponse:
    """Return `template` filled with `page` (a frozen dataclass) as a response."""
    state = state_of(request)
    html = (
        environment(reader.interface)
        .get_template(template)
        .render(page=page, reader=reader, site_title=state.site_title, path=request.url.path)
    )
    response = HTMLResponse(html, status_code=status)
    response.headers["Content-Language"] = reader.interface
    remember_choice(request, response)
    return response
