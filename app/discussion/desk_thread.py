"""Desk pages of one thread: its posts, opening and closing it, its summary."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.access import Admitted, Facilitating
from app.consultations.desk_frame import Frame, back_to, frame_of, offered
from app.database import ReadSession
from app.discussion.desk_queries import DeskPosts, desk_posts
from app.discussion.desk_threads import ThreadLine, found_thread, thread_lines
from app.discussion.facilitation import close_thread, reopen_thread, summarise
from app.discussion.facilitation_rules import why_not_close_thread, why_not_open_thread
from app.discussion.thread_queries import ThreadView, newest_summary
from app.refusals import Refusal
from app.translation.queries import originals, renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form, Typed
from app.web.reader import Reader, Reads
from app.web.rendering import STATUS, show

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


def _desk(
    request: Request,
    session: ReadSession,
    admitted: Admitted,
    reader: Reader,
    found: ThreadView,
    now: datetime,
    *,
    page: int = 1,
    problem: Refusal | None = None,
) -> Response:
    summary_id = newest_summary(session, found.id)
    ids = {found.question_id, summary_id or "", found.closure_reason_id or ""} - {""}
    words = renditions(session, text_ids=ids, reader=reader.language)
    times = found.times
    screen = ThreadDesk(
        frame=frame_of(request, session, admitted, reader),
        problem=problem,
        line=thread_lines(session, [found], reader.language, now)[0],
        question=words[found.question_id],
        summary=words[summary_id] if summary_id else None,
        closure_reason=words[found.closure_reason_id] if found.closure_reason_id else None,
        posts=desk_posts(session, thread_id=found.id, reader=reader.language, page=page),
        may_close=why_not_close_thread(times, now) is None,
        may_open=not times.is_open(now) and why_not_open_thread(times.consultation, now) is None,
    )
    status = STATUS[problem.kind] if problem else 200
    return show(request, reader, "facilitate/thread.html", screen, status=status)


@router.get(urls.THREAD)
def thread_desk(
    request: Request,
    number: int,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    now: Now,
    page: Annotated[int, Query()] = 1,
) -> Response:
    """Show a thread as facilitators see it."""
    found = found_thread(session, admitted, number)
    return _desk(request, session, admitted, reader, found, now, page=page)


@router.post(urls.OPEN_THREAD)
def open_now(
    request: Request,
    number: int,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Open a thread, or open it again."""
    found = found_thread(session, admitted, number)
    try:
        with process.database.writing() as writing:
            reopen_thread(
                writing,
                consultation_id=admitted.consultation.id,
                number=number,
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        return _desk(request, session, admitted, reader, found, now, problem=refusal)
    return back_to(urls.THREAD, admitted.consultation.slug, "thread_opened", number=number)


@dataclass(frozen=True)
class ThreadWords:
    """A form for words about a thread: why it closes, or its summary."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    line: ThreadLine
    offered: tuple[str, ...]


def _words_form(
    request: Request,
    session: ReadSession,
    admitted: Admitted,
    reader: Reader,
    found: ThreadView,
    now: datetime,
    *,
    template: str,
    typed: Typed,
    problem: Refusal | None = None,
) -> Response:
    page = ThreadWords(
        frame=frame_of(request, session, admitted, reader),
        typed=typed,
        problem=problem,
        line=thread_lines(session, [found], reader.language, now)[0],
        offered=offered(typed.line("language")),
    )
    status = STATUS[problem.kind] if problem else 200
    return show(request, reader, template, page, status=status)


@router.get(urls.CLOSE_THREAD)
def close_form(
    request: Request,
    number: int,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    now: Now,
) -> Response:
    """Ask why a thread closes."""
    found = found_thread(session, admitted, number)
    typed = Typed({"language": (admitted.consultation.language,)})
    return _words_form(
        request,
        session,
        admitted,
        reader,
        found,
        now,
        template="facilitate/close_thread.html",
        typed=typed,
    )


@router.post(urls.CLOSE_THREAD)
def close_now(
    request: Request,
    form: Form,
    number: int,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Close a thread now."""
    found = found_thread(session, admitted, number)
    try:
        with process.database.writing() as writing:
            close_thread(
                writing,
                consultation_id=admitted.consultation.id,
                number=number,
                reason=form.text("text"),
                language=form.line("language"),
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        return _words_form(
            request,
            session,
            admitted,
            reader,
            found,
            now,
            template="facilitate/close_thread.html",
            typed=form,
            problem=refusal,
        )
    return back_to(urls.THREAD, admitted.consultation.slug, "thread_closed", number=number)


@router.get(urls.SUMMARISE)
def summary_form(
    request: Request,
    number: int,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    now: Now,
) -> Response:
    """Show the newest summary of a thread, to write on from it."""
    found = found_thread(session, admitted, number)
    summary_id = newest_summary(session, found.id)
    fields: dict[str, tuple[str, ...]] = {"language": (admitted.consultation.language,)}
    if summary_id:
        newest = originals(session, text_ids=[summary_id])[summary_id]
        fields = {"language": (newest.language,), "text": (newest.body,)}
    return _words_form(
        request,
        session,
        admitted,
        reader,
        found,
        now,
        template="facilitate/summary.html",
        typed=Typed(fields),
    )


@router.post(urls.SUMMARISE)
def summarise_now(
    request: Request,
    form: Form,
    number: int,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Write a thread's summary."""
    found = found_thread(session, admitted, number)
    try:
        with process.database.writing() as writing:
            summarise(
                writing,
                consultation_id=admitted.consultation.id,
                number=number,
                text=form.text("text"),
                language=form.line("language"),
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        return _words_form(
            request,
            session,
            admitted,
            reader,
            found,
            now,
            template="facilitate/summary.html",
            typed=form,
            problem=refusal,
        )
    return back_to(urls.THREAD, admitted.consultation.slug, "summary", number=number)
