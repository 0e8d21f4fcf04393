"""A participant's own pages: what they wrote, how they are quoted, their code."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from app import languages
from app.consultations.actions import change_choices
from app.consultations.queries import (
    ParticipationView,
    consultations_by_id,
    participations_of,
)
from app.consultations.rules import QUOTATIONS
from app.discussion.queries import posts_of
from app.identity.access import Asking
from app.identity.actions import end_other_sessions, renew_return_code
from app.identity.hashing import fresh_return_code
from app.identity.queries import Who
from app.refusals import Refusal, missing
from app.translation.queries import originals, renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form
from app.web.reader import Reader, Reads
from app.web.rendering import STATUS, show

router = APIRouter()

OWN_POSTS_SHOWN = 10


@dataclass(frozen=True)
class OwnPost:
    """One of my posts, in my own words."""

    id: str
    words: Rendition
    slug: str
    thread_number: int
    written_at: datetime
    withdrawn: bool
    held: bool
    hidden_reason: Rendition | None


@dataclass(frozen=True)
class OwnPart:
    """My part in one consultation."""

    slug: str
    title: Rendition
    part: ParticipationView
    zone: ZoneInfo


@dataclass(frozen=True)
class MePage:
    """My own page; empty for a visitor."""

    known: bool
    facilitator: str | None
    parts: tuple[OwnPart, ...]
    posts: tuple[OwnPost, ...]
    problem: Refusal | None
    new_code: tuple[str, ...]
    number: int = 1
    more: bool = False
    quotations: tuple[str, ...] = QUOTATIONS
    offered: tuple[str, ...] = languages.OFFERED


def _me_page(
    session: Reading,
    who: Who | None,
    reader: Reader,
    problem: Refusal | None = None,
    new_code: tuple[str, ...] = (),
    number: int = 1,
) -> MePage:
    if who is None or who.person_id is None:
        return MePage(False, who.facilitator_name if who else None, (), (), problem, new_code)
    parts = participations_of(session, who.person_id)
    views = consultations_by_id(session, {part.consultation_id for part in parts})
    found = posts_of(
        session, who.person_id, after=(number - 1) * OWN_POSTS_SHOWN, limit=OWN_POSTS_SHOWN + 1
    )
    posts = found[:OWN_POSTS_SHOWN]
    ids = {v.title_id for v in views.values()}
    ids |= {p.hidden_reason_id for p in posts if p.hidden_reason_id}
    words = renditions(session, text_ids=ids, reader=reader.language)
    mine = originals(session, text_ids={p.text_id for p in posts})
    return MePage(
        known=True,
        facilitator=None,
        parts=tuple(
            OwnPart(
                views[part.consultation_id].slug,
                words[views[part.consultation_id].title_id],
                part,
                reader.zone(views[part.consultation_id].schedule.timezone),
            )
            for part in parts
        ),
        posts=tuple(
            OwnPost(
                id=post.id,
                words=mine[post.text_id],
                slug=views[post.consultation_id].slug,
                thread_number=post.thread_number,
                written_at=post.written_at,
                withdrawn=post.withdrawn,
                held=post.held,
                hidden_reason=words[post.hidden_reason_id] if post.hidden_reason_id else None,
            )
            for post in posts
        ),
        problem=problem,
        new_code=new_code,
        number=number,
        more=len(found) > len(posts),
    )


@router.get("/me")
def me(
    request: Request,
    reader: Reads,
    session: Reading,
    asking: Asking,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Show my own page, with a page of my posts."""
    shown = _me_page(session, asking, reader, number=page)
    return show(request, reader, "discussion/me.html", shown)


def _person(asking: Who | None) -> str:
    if asking is None or asking.person_id is None:
        raise missing()
    return asking.person_id


@router.post("/me/choices")
def choices(
    request: Request,
    reader: Reads,
    session: Reading,
    process: Process,
    asking: Asking,
    form: Form,
) -> Response:
    """Change what I read and how I may be quoted in one consultation."""
    person_id = _person(asking)
    try:
        with process.database.writing() as writing:
            change_choices(
                writing,
                consultation_id=form.line("consultation"),
                person_id=person_id,
                reading_languages=form.all("languages"),
                quotation=form.line("quotation"),
            )
    except Refusal as problem:
        page = _me_page(session, asking, reader, problem)
        return show(request, reader, "discussion/me.html", page, status=STATUS[problem.kind])
    return RedirectResponse("/me", status_code=303)


@router.post("/me/code")
def new_code(
    request: Request,
    reader: Reads,
    session: Reading,
    process: Process,
    asking: Asking,
    now: Now,
) -> Response:
    """Make a new return code and show it this once; the old one counts no more."""
    person_id = _person(asking)
    code = fresh_return_code(process.pepper)  # slow, so before the transaction
    with process.database.writing() as writing:
        renew_return_code(writing, person_id=person_id, code=code, now=now)
    page = _me_page(session, asking, reader, new_code=tuple(code.shown.split()))
    return show(request, reader, "discussion/me.html", page)


@router.post("/me/sessions")
def end_others(asking: Asking, process: Process) -> Response:
    """End my visits on every other phone."""
    _person(asking)
    if asking is not None:
        with process.database.writing() as session:
            end_other_sessions(session, session_id=asking.session_id)
    return RedirectResponse("/me", status_code=303)
