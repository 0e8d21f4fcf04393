"""Desk page of a consultation's times: extend it, close it now, open it again."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import AtDesk, Desk, Frame, offered
from app.consultations.queries import schedule_changes
from app.consultations.rules import Phase, why_not_close
from app.consultations.schedules import Times, extend_or_close, instants_of
from app.consultations.typed import as_typed
from app.refusals import Refusal
from app.translation.queries import renditions
from app.translation.rules import Rendition
from app.web.forms import Form, Typed

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


def _page(desk: Desk, typed: Typed | None = None, problem: Refusal | None = None) -> SchedulePage:
    view = desk.consultation
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
    changes = schedule_changes(desk.session, view.id)
    reasons = {change.reason_id for change in changes}
    words = renditions(desk.session, text_ids=reasons, reader=desk.reader.language)
    return SchedulePage(
        frame=desk.frame(),
        typed=typed,
        problem=problem,
        phase=schedule.phase(desk.now),
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
def schedule_form(desk: AtDesk) -> Response:
    """Show the times of a consultation, to be changed."""
    return desk.show("facilitate/schedule.html", _page(desk))


@router.post(urls.SCHEDULE)
def schedule_now(form: Form, desk: AtDesk) -> Response:
    """Change the times of a consultation, with a reason that everybody reads."""
    times = Times(
        opens=form.line("opens"),
        closes=form.line("closes"),
        opens_choice=form.line("opens_choice"),
        closes_choice=form.line("closes_choice"),
    )
    try:
        opens_at, closes_at = instants_of(times, desk.consultation.schedule)
        with desk.process.database.writing() as writing:
            extend_or_close(
                writing,
                opens_at=opens_at,
                closes_at=closes_at,
                reason=form.text("text"),
                language=form.line("language"),
                **desk.act,
            )
    except Refusal as refusal:
        return desk.show("facilitate/schedule.html", _page(desk, form, refusal), refusal)
    return desk.back_to(urls.SCHEDULE, "times")


@router.get(urls.CLOSE)
def close_form(desk: AtDesk) -> Response:
    """Ask for the reason of closing at once."""
    problem = why_not_close(desk.consultation.schedule, desk.now)
    return desk.show("facilitate/close.html", _page(desk, problem=problem))


@router.post(urls.CLOSE)
def close_now(form: Form, desk: AtDesk) -> Response:
    """Close a consultation at once, with a reason that everybody reads."""
    try:
        with desk.process.database.writing() as writing:
            extend_or_close(
                writing,
                closes_at=desk.now,
                reason=form.text("text"),
                language=form.line("language"),
                **desk.act,
            )
    except Refusal as refusal:
        return desk.show("facilitate/close.html", _page(desk, form, refusal), refusal)
    return desk.back_to(urls.SCHEDULE, "closed")
