"""Desk pages of threads: the list, and the form to add or change one."""

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import AtDesk, Desk, Frame, offered
from app.consultations.typed import accepted, as_typed, day, instant, instant_or_same
from app.database import ReadSession
from app.discussion.facilitation import add_thread, change_thread
from app.discussion.facilitation_rules import why_not_open_thread
from app.discussion.thread_queries import ThreadView, thread, thread_counts, threads
from app.refusals import Refusal, missing
from app.translation.queries import originals, renditions
from app.translation.rules import Rendition
from app.web.forms import Form, Typed

router = APIRouter()


@dataclass(frozen=True)
class ThreadLine:
    """A thread in the list: whether it is open, until or from when, how much was written."""

    number: int
    title: Rendition
    posts: int
    is_open: bool
    opens_at: datetime | None  # while it lies ahead
    closes_at: datetime
    closed_by_hand: bool
    theme_on: date | None


def thread_lines(
    session: ReadSession, found: list[ThreadView], reader: str, now: datetime
) -> tuple[ThreadLine, ...]:
    """Return these threads as lines of a list, for a reader of a language."""
    words = renditions(session, text_ids={one.title_id for one in found}, reader=reader)
    counts = thread_counts(session, {one.id for one in found}, since=now)
    return tuple(
        ThreadLine(
            number=one.number,
            title=words[one.title_id],
            posts=counts[one.id].posts,
            is_open=one.times.is_open(now),
            opens_at=one.times.starts_at if now < one.times.starts_at else None,
            closes_at=one.times.ends_at,
            closed_by_hand=one.times.closed_by_hand_at is not None,
            theme_on=one.theme_on,
        )
        for one in found
    )


@dataclass(frozen=True)
class ThreadsPage:
    """The threads of a consultation, each with a button to open or close it."""

    frame: Frame
    problem: Refusal | None
    threads: tuple[ThreadLine, ...]
    impossible: Refusal | None  # why none can be opened by hand now


@router.get(urls.THREADS)
def thread_list(desk: AtDesk) -> Response:
    """Show the threads of a consultation."""
    view = desk.consultation
    found = threads(desk.session, view.id, view.schedule)
    page = ThreadsPage(
        frame=desk.frame(),
        problem=None,
        threads=thread_lines(desk.session, found, desk.reader.language, desk.now),
        impossible=why_not_open_thread(view.schedule, desk.now),
    )
    return desk.show("facilitate/threads.html", page)


@dataclass(frozen=True)
class ThreadForm:
    """The form of a thread's words and times; `number` is None for a new one."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    number: int | None
    opens_at: datetime
    closes_at: datetime
    offered: tuple[str, ...]


def _show_form(
    desk: Desk, number: int | None, typed: Typed, problem: Refusal | None = None
) -> Response:
    schedule = desk.consultation.schedule
    page = ThreadForm(
        frame=desk.frame(),
        typed=typed,
        problem=problem,
        number=number,
        opens_at=schedule.opens_at,
        closes_at=schedule.closes_at,
        offered=offered(typed.line("language")),
    )
    return desk.show("facilitate/thread_form.html", page, problem)


def _own_time(form: Typed, name: str, zone: str, before: datetime | None) -> datetime | None:
    """Return a thread's own time as typed, None where none was. Raises Refusal."""
    typed, choice = form.line(name), form.line(f"{name}_choice")
    if not typed:
        return None
    if before is not None:
        return accepted(instant_or_same(typed, zone, choice, before=before, field=name))
    return accepted(instant(typed, zone, choice, field=name))


@router.get(urls.ADD_THREAD)
def add_form(desk: AtDesk) -> Response:
    """Show the form for a new thread."""
    return _show_form(desk, None, Typed({"language": (desk.consultation.language,)}))


@router.post(urls.ADD_THREAD)
def add_now(form: Form, desk: AtDesk) -> Response:
    """Add a thread."""
    zone = desk.consultation.schedule.timezone
    try:
        with desk.process.database.writing() as writing:
            number = add_thread(
                writing,
                title=form.text("title"),
                question=form.text("question"),
                language=form.line("language"),
                opens_at=_own_time(form, "opens", zone, None),
                closes_at=_own_time(form, "closes", zone, None),
                theme_on=accepted(day(form.line("theme_on"), field="theme_on")),
                **desk.act,
            )
    except Refusal as refusal:
        return _show_form(desk, None, form, refusal)
    return desk.back_to(urls.THREAD, "thread_added", number=number)


def found_thread(desk: Desk, number: int) -> ThreadView:
    """Return the thread of that number of this consultation. Raises Refusal."""
    view = desk.consultation
    found = thread(desk.session, view.id, number, view.schedule)
    if found is None:
        raise missing()
    return found


@router.get(urls.CHANGE_THREAD)
def change_form(number: int, desk: AtDesk) -> Response:
    """Show the form of a thread's words and times."""
    found = found_thread(desk, number)
    zone = desk.consultation.schedule.timezone
    words = originals(desk.session, text_ids=[found.title_id, found.question_id])
    opens = as_typed(found.times.opens_at, zone) if found.times.opens_at else ("", "")
    closes = as_typed(found.times.closes_at, zone) if found.times.closes_at else ("", "")
    typed = Typed(
        {
            "title": (words[found.title_id].body,),
            "question": (words[found.question_id].body,),
            "language": (words[found.question_id].language,),
            "opens": opens[:1],
            "opens_choice": opens[1:],
            "closes": closes[:1],
            "closes_choice": closes[1:],
            "theme_on": (str(found.theme_on or ""),),
        }
    )
    return _show_form(desk, number, typed)


@router.post(urls.CHANGE_THREAD)
def change_now(form: Form, number: int, desk: AtDesk) -> Response:
    """Change a thread's words and times."""
    times = found_thread(desk, number).times
    zone = desk.consultation.schedule.timezone
    try:
        with desk.process.database.writing() as writing:
            change_thread(
                writing,
                number=number,
                title=form.text("title"),
                question=form.text("question"),
                language=form.line("language"),
                opens_at=_own_time(form, "opens", zone, times.opens_at),
                closes_at=_own_time(form, "closes", zone, times.closes_at),
                theme_on=accepted(day(form.line("theme_on"), field="theme_on")),
                **desk.act,
            )
    except Refusal as refusal:
        return _show_form(desk, number, form, refusal)
    return desk.back_to(urls.THREAD, "thread_changed", number=number)
