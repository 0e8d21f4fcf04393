"""Desk pages of one thread: its posts, opening and closing it, its summary."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import AtDesk, Desk, Frame, offered
from app.discussion.desk_queries import DeskPosts, desk_posts
from app.discussion.desk_threads import ThreadLine, found_thread, thread_lines
from app.discussion.facilitation import close_thread, reopen_thread, summarise
from app.discussion.facilitation_rules import why_not_close_thread, why_not_open_thread
from app.discussion.thread_queries import ThreadView, newest_summary
from app.refusals import Refusal
from app.translation.queries import originals, renditions
from app.translation.rules import Rendition
from app.web.forms import Form, Typed

router = APIRouter()


@dataclass(frozen=True)
class ThreadDesk:
    """A thread as facilitators see it: state, summary, and all its posts."""

    frame: Frame
    problem: Refusal | None
    line: ThreadLine
    question: Rendition
    summary: Rendition | None
    closure_reason: Rendition | None
    posts: DeskPosts
    may_close: bool
    may_open: bool


def _show(
    desk: Desk, found: ThreadView, *, page: int = 1, problem: Refusal | None = None
) -> Response:
    session, language, now = desk.session, desk.reader.language, desk.now
    summary_id = newest_summary(session, found.id)
    ids = {found.question_id, summary_id or "", found.closure_reason_id or ""} - {""}
    words = renditions(session, text_ids=ids, reader=language)
    times = found.times
    screen = ThreadDesk(
        frame=desk.frame(),
        problem=problem,
        line=thread_lines(session, [found], language, now)[0],
        question=words[found.question_id],
        summary=words[summary_id] if summary_id else None,
        closure_reason=words[found.closure_reason_id] if found.closure_reason_id else None,
        posts=desk_posts(session, thread_id=found.id, reader=language, page=page),
        may_close=why_not_close_thread(times, now) is None,
        may_open=not times.is_open(now) and why_not_open_thread(times.consultation, now) is None,
    )
    return desk.show("facilitate/thread.html", screen, problem)


@router.get(urls.THREAD)
def thread_desk(number: int, desk: AtDesk, page: Annotated[int, Query()] = 1) -> Response:
    """Show a thread as facilitators see it."""
    return _show(desk, found_thread(desk, number), page=page)


@router.post(urls.OPEN_THREAD)
def open_now(number: int, desk: AtDesk) -> Response:
    """Open a thread, or open it again."""
    found = found_thread(desk, number)
    try:
        with desk.process.database.writing() as writing:
            reopen_thread(writing, number=number, **desk.act)
    except Refusal as refusal:
        return _show(desk, found, problem=refusal)
    return desk.back_to(urls.THREAD, "thread_opened", number=number)


@dataclass(frozen=True)
class ThreadWords:
    """A form for words about a thread: why it closes, or its summary."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    line: ThreadLine
    offered: tuple[str, ...]


def _words_page(
    desk: Desk, found: ThreadView, typed: Typed, problem: Refusal | None = None
) -> ThreadWords:
    return ThreadWords(
        frame=desk.frame(),
        typed=typed,
        problem=problem,
        line=thread_lines(desk.session, [found], desk.reader.language, desk.now)[0],
        offered=offered(typed.line("language")),
    )


@router.get(urls.CLOSE_THREAD)
def close_form(number: int, desk: AtDesk) -> Response:
    """Ask why a thread closes."""
    found = found_thread(desk, number)
    typed = Typed({"language": (desk.consultation.language,)})
    return desk.show("facilitate/close_thread.html", _words_page(desk, found, typed))


@router.post(urls.CLOSE_THREAD)
def close_now(form: Form, number: int, desk: AtDesk) -> Response:
    """Close a thread now."""
    found = found_thread(desk, number)
    try:
        with desk.process.database.writing() as writing:
            close_thread(
                writing,
                number=number,
                reason=form.text("text"),
                language=form.line("language"),
                **desk.act,
            )
    except Refusal as refusal:
        page = _words_page(desk, found, form, refusal)
        return desk.show("facilitate/close_thread.html", page, refusal)
    return desk.back_to(urls.THREAD, "thread_closed", number=number)


@router.get(urls.SUMMARISE)
def summary_form(number: int, desk: AtDesk) -> Response:
    """Show the newest summary of a thread, to write on from it."""
    found = found_thread(desk, number)
    summary_id = newest_summary(desk.session, found.id)
    fields: dict[str, tuple[str, ...]] = {"language": (desk.consultation.language,)}
    if summary_id:
        newest = originals(desk.session, text_ids=[summary_id])[summary_id]
        fields = {"language": (newest.language,), "text": (newest.body,)}
    return desk.show("facilitate/summary.html", _words_page(desk, found, Typed(fields)))


@router.post(urls.SUMMARISE)
def summarise_now(form: Form, number: int, desk: AtDesk) -> Response:
    """Write a thread's summary."""
    found = found_thread(desk, number)
    try:
        with desk.process.database.writing() as writing:
            summarise(
                writing,
                number=number,
                text=form.text("text"),
                language=form.line("language"),
                **desk.act,
            )
    except Refusal as refusal:
        page = _words_page(desk, found, form, refusal)
        return desk.show("facilitate/summary.html", page, refusal)
    return desk.back_to(urls.THREAD, "summary", number=number)
