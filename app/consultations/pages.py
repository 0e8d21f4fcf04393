"""Home, joining, choosing a language, and help."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Query, Request
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from app import countries, languages
from app.consultations import urls
from app.consultations.access import Admitted, Visiting
from app.consultations.actions import Joined, Joining, join
from app.consultations.forms import joining_from
from app.consultations.queries import ConsultationView, consultations, last_closing_of
from app.consultations.rules import ORGANISATION_TYPES, QUOTATIONS, Phase, why_not_join
from app.database import ReadSession
from app.identity.access import InvitationAttempt, keep_session
from app.identity.actions import begin_session
from app.identity.hashing import fresh_return_code, slow_hash
from app.identity.rules import INVITATION, participant_ends_at, read_invitation
from app.refusals import Refusal
from app.translation.queries import renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form, Typed
from app.web.i18n import INTERFACE_LANGUAGES
from app.web.reader import TIMEZONE_COOKIE, Reader, Reads
from app.web.rendering import STATUS, show
from app.web.state import State

router = APIRouter()


@dataclass(frozen=True)
class Entry:
    """One consultation in the list of the home page."""

    slug: str
    title: Rendition
    brief: Rendition
    organiser: str
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    left: timedelta
    zone: ZoneInfo
    results_due_on: object
    published: bool


@dataclass(frozen=True)
class HomePage:
    """Consultations by phase."""

    open: tuple[Entry, ...]
    upcoming: tuple[Entry, ...]
    closed: tuple[Entry, ...]


@router.get(urls.HOME)
def home(request: Request, reader: Reads, session: Reading, now: Now) -> Response:
    """Show what is open now, what is coming, and what has closed."""
    found = consultations(session)
    ids = {c.title_id for c in found} | {c.brief_id for c in found}
    words = renditions(session, text_ids=ids, reader=reader.language)

    def entry(view: ConsultationView) -> Entry:
        schedule = view.schedule
        phase = schedule.phase(now)
        end = schedule.opens_at if phase is Phase.UPCOMING else schedule.closes_at
        return Entry(
            slug=view.slug,
            title=words[view.title_id],
            brief=words[view.brief_id],
            organiser=view.organiser,
            phase=phase,
            opens_at=schedule.opens_at,
            closes_at=schedule.closes_at,
            left=max(end - now, timedelta(0)),
            zone=reader.zone(schedule.timezone),
            results_due_on=view.results_due_on,
            published=view.published_at is not None,
        )

    entries = [entry(view) for view in found]
    page = HomePage(
        open=tuple(e for e in reversed(entries) if e.phase is Phase.OPEN),
        upcoming=tuple(e for e in reversed(entries) if e.phase is Phase.UPCOMING),
        closed=tuple(e for e in entries if e.phase is Phase.CLOSED),
    )
    return show(request, reader, "consultations/home.html", page)


@dataclass(frozen=True)
class JoinPage:
    """The form for joining; `typed` comes back when it was refused."""

    slug: str
    title: Rendition
    consent: Rendition | None
    by_invitation: bool
    key: str
    typed: Typed
    language: str
    problem: Refusal | None
    impossible: Refusal | None
    already_in: bool
    countries: tuple[tuple[str, str], ...]
    organisation_types: tuple[str, ...] = ORGANISATION_TYPES
    quotations: tuple[str, ...] = QUOTATIONS
    offered: tuple[str, ...] = languages.OFFERED


@dataclass(frozen=True)
class CodePage:
    """The return code, this once; None for somebody who has one already."""

    slug: str
    groups: tuple[str, ...]


def _join_page(
    admitted: Admitted,
    reader: Reader,
    session: ReadSession,
    now: datetime,
    typed: Typed,
    problem: Refusal | None,
) -> JoinPage:
    view = admitted.consultation
    ids = {view.title_id} | ({view.consent_id} if view.consent_id else set())
    words = renditions(session, text_ids=ids, reader=reader.language)
    return JoinPage(
        slug=view.slug,
        title=words[view.title_id],
        consent=words[view.consent_id] if view.consent_id else None,
        by_invitation=view.by_invitation,
        key=typed.text("key") or secrets.token_urlsafe(16),
        typed=typed,
        language=reader.language,
        problem=problem,
        impossible=why_not_join(view.schedule, now),
        already_in=admitted.participation is not None,
        countries=countries.names_in(reader.interface),
    )


@router.get(urls.JOIN)
def join_form(
    request: Request, admitted: Visiting, reader: Reads, session: Reading, now: Now
) -> Response:
    """Show the form for joining."""
    page = _join_page(admitted, reader, session, now, Typed({}), None)
    return show(request, reader, "consultations/join.html", page)


@router.post(urls.JOIN)
def join_now(
    attempt: InvitationAttempt,
    request: Request,
    admitted: Visiting,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
    form: Form,
) -> Response:
    """Join, and show the return code this once."""
    view = admitted.consultation
    known = admitted.who.person_id if admitted.who else None
    try:
        joining = joining_from(form)
        invitation_hash = _invitation_hash(form, process.pepper) if view.by_invitation else None
        joined, token = _join(
            process, view.slug, joining, invitation_hash, known, form.text("key") or None, now
        )
    except Refusal as refusal:
        # Only a wrong invitation is a guess that slows the next one down.
        attempt.succeeded = refusal.field != "invitation"
        page = _join_page(admitted, reader, session, now, form, refusal)
        return show(request, reader, "consultations/join.html", page, status=STATUS[refusal.kind])
    attempt.succeeded = True
    groups = tuple(joined.return_code.split()) if joined.return_code else ()
    response = show(request, reader, "consultations/code.html", CodePage(view.slug, groups))
    if token:
        keep_session(response, process, token)
    zone = countries.time_zone(joining.country.upper()) if joining.country else None
    if zone and not reader.timezone:
        response.set_cookie(
            TIMEZONE_COOKIE, zone, secure=process.is_https, httponly=True, samesite="lax"
        )
    return response


def _invitation_hash(form: Typed, pepper: bytes) -> bytes:
    code = read_invitation(form.text("invitation"))
    if isinstance(code, Refusal):
        raise code
    return slow_hash(code, pepper=pepper, purpose=INVITATION)


def _join(
    process: State,
    slug: str,
    joining: Joining,
    invitation_hash: bytes | None,
    person_id: str | None,
    key: str | None,
    now: datetime,
) -> tuple[Joined, str | None]:
    """Join in a transaction of its own, begun only after the slow hashes."""
    code = fresh_return_code(process.pepper)
    for last_try in (False, True):
        try:
            with process.database.writing() as session:
                joined = join(
                    session,
                    slug=slug,
                    joining=joining,
                    invitation_hash=invitation_hash,
                    person_id=person_id,
                    key=key,
                    code=code,
                    now=now,
                )
                if person_id is not None:
                    return joined, None
                closing = last_closing_of(session, joined.person_id) or now
                token = begin_session(
                    session,
                    person_id=joined.person_id,
                    ends_at=participant_ends_at(closing),
                    now=now,
                )
                return joined, token
        except IntegrityError:
            # The same form arrived twice at once: the second time it is found.
            if last_try:
                raise
    raise AssertionError("unreachable")


@dataclass(frozen=True)
class LanguagesPage:
    """The languages one can read in, those the interface speaks first."""

    back: str
    spoken: tuple[str, ...]
    others: tuple[str, ...]
    zones: tuple[str, ...]
    zone: str


@router.get(urls.LANGUAGES)
def choose_language(
    request: Request, reader: Reads, came_from: Annotated[str, Query(alias="from")] = "/"
) -> Response:
    """Show the languages and time zones to choose from; links lead back to where one came from."""
    page = LanguagesPage(
        back=_path_here(came_from),
        spoken=INTERFACE_LANGUAGES,
        others=tuple(tag for tag in languages.OFFERED if tag not in INTERFACE_LANGUAGES),
        zones=_ZONES,
        zone=reader.timezone or "",
    )
    return show(request, reader, "consultations/languages.html", page)


def _path_here(address: str) -> str:
    """Return the path of an address on this site; home for anything that could lead elsewhere."""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    return path if re.fullmatch(r"/([\w~.-][\w~./-]*)?", path) else "/"


_ZONES = tuple(
    sorted(
        zone
        for zone in available_timezones()
        if zone.partition("/")[0]
        in ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    )
)


@router.get(urls.ABOUT)
def about(request: Request, reader: Reads) -> Response:
    """Help, and what is held about people."""
    return show(request, reader, "consultations/about.html", None)
