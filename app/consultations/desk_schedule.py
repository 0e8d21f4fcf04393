"""Desk page of a consultation's times: extend it, close it now, open it again."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.access import Admitted, Facilitating
from app.consultations.desk_frame import Frame, back_to, frame_of, offered
from app.consultations.queries import schedule_changes
from app.consultations.rules import Phase, why_not_close
from app.consultations.schedules import Times, extend_or_close, instants_of
from app.consultations.typed import as_typed
from app.database import ReadSession
from app.refusals import Refusal
from app.translation.queries import renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form, Typed
from app.web.reader import Reader, Reads
from app.web.rendering import STATUS, show

router = APIRouter()


@dataclass(frozen=True)
class Change:
    """A change of times that everybody was told of."""

    changed_at: datetime
    closed_at_before: datetime
    closes_at: datetime
    reason: Rendition


@dataclass(frozen=True)
class SchedulePage:
    """The times of a consultation, to be changed, and how they changed so far."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    timezone: str
    published: bool
    changes: tuple[Change, ...]
    offered: tuple[str, ...]


def _page(
    request: Request,
    session: ReadSession,
    admitted: Admitted,
    reader: Reader,
    now: datetime,
    *,
    typed: Typed | None = None,
    problem: Refusal | None = None,
) -> SchedulePage:
    view = admitted.consultation
    schedule = view.schedule
    opens, opens_choice = as_typed(schedule.opens_at, schedule.timezone)
    closes, closes_choice = as_typed(schedule.closes_at, schedule.timezone)
    current: dict[str, tuple[str, ...]] = {
        "opens": (opens,),
        "opens_choice": (opens_choice,),
        "closes": (closes,),
        "closes_choice": (closes_choice,),
        "language": (view.language,),
    }
    typed = Typed(current | typed.fields) if typed else Typed(current)
    changes = schedule_changes(session, view.id)
    words = renditions(session, text_ids={c.reason_id for c in changes}, reader=reader.language)
    return SchedulePage(
        frame=frame_of(request, session, admitted, reader),
        typed=typed,
        problem=problem,
        phase=schedule.phase(now),
        opens_at=schedule.opens_at,
        closes_at=schedule.closes_at,
        timezone=schedule.timezone,
        published=view.published_at is not None,
        changes=tuple(
            Change(c.changed_at, c.closed_at_before, c.closes_at, words[c.reason_id])
            for c in changes
        ),
        offered=offered(typed.line("language")),
    )


@router.get(urls.SCHEDULE)
def schedule_form(
    request: Request, admitted: Facilitating, reader: Reads, session: Reading, now: Now
) -> Response:
    """Show the times of a consultation, to be changed."""
    page = _page(request, session, admitted, reader, now)
    return show(request, reader, "facilitate/schedule.html", page)


@router.post(urls.SCHEDULE)
def schedule_now(
    request: Request,
    form: Form,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Change the times of a consultation, with a reason that everybody reads."""
    view = admitted.consultation
    times = Times(
        opens=form.line("opens"),
        closes=form.line("closes"),
        opens_choice=form.line("opens_choice"),
        closes_choice=form.line("closes_choice"),
    )
    try:
        opens_at, closes_at = instants_of(times, view.schedule)
        with process.database.writing() as writing:
            extend_or_close(
                writing,
                consultation_id=view.id,
                opens_at=opens_at,
                closes_at=closes_at,
                reason=form.text("text"),
                language=form.line("language"),
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        page = _page(request, session, admitted, reader, now, typed=form, problem=refusal)
        return show(request, reader, "facilitate/schedule.html", page, status=STATUS[refusal.kind])
    return back_to(urls.SCHEDULE, view.slug, "times")


@router.get(urls.CLOSE)
def close_form(
    request: Request, admitted: Facilitating, reader: Reads, session: Reading, now: Now
) -> Response:
    """Ask for the reason of closing at once."""
    problem = why_not_close(admitted.consultation.schedule, now)
    page = _page(request, session, admitted, reader, now, problem=problem)
    return show(request, reader, "facilitate/close.html", page)


@router.post(urls.CLOSE)
def close_now(
    request: Request,
    form: Form,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Close a consultation at once, with a reason that everybody reads."""
    try:
        with process.database.writing() as writing:
            extend_or_close(
                writing,
                consultation_id=admitted.consultation.id,
                closes_at=now,
                reason=form.text("text"),
                language=form.line("language"),
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        page = _page(request, session, admitted, reader, now, typed=form, problem=refusal)
        return show(request, reader, "facilitate/close.html", page, status=STATUS[refusal.kind])
    return back_to(urls.SCHEDULE, admitted.consultation.slug, "closed")
