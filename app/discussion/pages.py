"""Reading a thread, writing in it, and a post's permanent page.

A thread page says nothing about its reader (design idea 1): it depends on the thread, the
languages, and whether visitors, participants or facilitators see it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from app import languages
from app.consultations.queries import schedule_changes
from app.consultations.rules import Phase, Role
from app.database import ReadSession
from app.discussion import urls
from app.discussion.access import Opened, OpenedThread
from app.discussion.actions import Contributed, contribute
from app.discussion.queries import ThreadPage, post_facts, thread_page
from app.discussion.rules import why_not_contribute, why_not_words
from app.discussion.thread_queries import newest_summary
from app.refusals import Refusal
from app.translation.detection import suggest_language
from app.translation.queries import renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form
from app.web.reader import Reader, Reads
from app.web.rendering import STATUS, show

router = APIRouter()


@dataclass(frozen=True)
class ThreadScreen:
    """A thread as everybody of the same role and languages sees it."""

    slug: str
    number: int
    title: Rendition
    question: Rendition
    summary: Rendition | None
    closure_reason: Rendition | None
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime
    left: timedelta
    zone: ZoneInfo
    posts: ThreadPage
    results_due_on: date | None
    published: bool
    refusal: Refusal | None
    role: str
    language: str


@router.get("/c/{slug}/t/{number}")
def thread(
    request: Request,
    opened: Opened,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
    page: Annotated[int | None, Query()] = None,
) -> Response:
    """Show a page of a thread, the first if none is named."""
    screen = _screen(session, opened, reader, page or 1, now)
    process.noticeboard.note_wanted(
        {(p.rendition.text_id, reader.language) for p in screen.posts.posts if p.rendition.pending}
    )
    return show(request, reader, "discussion/thread.html", screen)


def _screen(
    session: ReadSession, opened: OpenedThread, reader: Reader, page: int, now: datetime
) -> ThreadScreen:
    this, view = opened.thread, opened.admitted.consultation
    summary_id = newest_summary(session, this.id)
    changes = schedule_changes(session, view.id)
    reason_id = this.closure_reason_id
    if reason_id is None and changes and view.schedule.phase(now) is Phase.CLOSED:
        reason_id = changes[0].reason_id
    ids = {this.title_id, this.question_id} | {i for i in (summary_id, reason_id) if i}
    words = renditions(session, text_ids=ids, reader=reader.language)
    times = this.times
    # Whoever is not in sees how to join; the rest of the rule is about time.
    refusal = why_not_contribute(times, Role.PARTICIPANT, now)
    return ThreadScreen(
        slug=view.slug,
        number=this.number,
        title=words[this.title_id],
        question=words[this.question_id],
        summary=words[summary_id] if summary_id else None,
        closure_reason=words[reason_id] if reason_id else None,
        is_open=times.is_open(now),
        opens_at=times.starts_at if now < times.starts_at else None,
        closes_at=times.ends_at,
        left=max(times.ends_at - now, timedelta(0)),
        zone=reader.zone(view.schedule.timezone),
        posts=thread_page(session, thread_id=this.id, reader=reader.language, page=page),
        results_due_on=view.results_due_on,
        published=view.published_at is not None,
        refusal=refusal,
        role=opened.admitted.role.value,
        language=reader.language,
    )


@dataclass(frozen=True)
class WriteScreen:
    """The page for writing; everything typed comes back here when it was refused."""

    slug: str
    number: int
    question: Rendition
    answers: Rendition | None
    answers_name: str
    reply_to: str
    text: str
    language: str
    offered: tuple[str, ...]
    suggested: str | None  # ask: it looks like another language than the one named
    problem: Refusal | None
    may_hold: bool
    must_return: bool
    stands_apart: bool  # nothing can be written here now, and nothing was
    word_limit: int


def _write_screen(
    session: ReadSession,
    opened: OpenedThread,
    reader: Reader,
    *,
    text: str = "",
    language: str = "",
    reply_to: str = "",
    suggested: str | None = None,
    problem: Refusal | None = None,
    stands_apart: bool = False,
) -> WriteScreen:
    this, view = opened.thread, opened.admitted.consultation
    answered = post_facts(session, reply_to) if reply_to else None
    if answered is not None and (answered.thread_id != this.id or not answered.visible):
        answered = None
    ids = {this.question_id} | ({answered.text_id} if answered else set())
    words = renditions(session, text_ids=ids, reader=reader.language)
    chosen = language or reader.language
    offered = languages.OFFERED if chosen in languages.OFFERED else (chosen, *languages.OFFERED)
    return WriteScreen(
        slug=view.slug,
        number=this.number,
        question=words[this.question_id],
        answers=words[answered.text_id] if answered else None,
        answers_name=answered.author if answered else "",
        reply_to=answered.id if answered else "",
        text=text,
        language=chosen,
        offered=offered,
        suggested=suggested,
        problem=problem,
        may_hold=problem is not None and problem.code == "thread_closed",
        must_return=opened.admitted.role is not Role.PARTICIPANT,
        stands_apart=stands_apart,
        word_limit=view.word_limit,
    )


@router.get("/c/{slug}/t/{number}/write")
def write(
    request: Request,
    opened: Opened,
    reader: Reads,
    session: Reading,
    now: Now,
    to: Annotated[str, Query()] = "",
) -> Response:
    """Show the page for writing, in reply to the post `to` if one is named."""
    refusal = why_not_contribute(opened.thread.times, opened.admitted.role, now)
    screen = _write_screen(
        session, opened, reader, reply_to=to, problem=refusal, stands_apart=refusal is not None
    )
    return show(request, reader, "discussion/write.html", screen)


@router.post("/c/{slug}/t/{number}/posts")
def post_words(
    request: Request,
    opened: Opened,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
    form: Form,
) -> Response:
    """Post what was written, or give it all back with the reason why not."""
    text, language = form.text("text"), form.line("language") or reader.language
    reply_to = form.line("reply_to")
    own = opened.admitted.participation
    view = opened.admitted.consultation

    def back(problem: Refusal | None, suggested: str | None = None) -> Response:
        screen = _write_screen(
            session,
            opened,
            reader,
            text=text,
            language=language,
            reply_to=reply_to,
            suggested=suggested,
            problem=problem,
        )
        status = STATUS[problem.kind] if problem else 200
        return show(request, reader, "discussion/write.html", screen, status=status)

    late = form.has("late")
    refusal = why_not_contribute(opened.thread.times, opened.admitted.role, now)
    if own is None:
        return back(refusal)
    if not form.has("sure") and not (refusal or why_not_words(text.strip(), limit=view.word_limit)):
        # The writer always wins: when in doubt they are asked, once, and nothing is lost.
        guess = suggest_language(text, prior=(language, *own.languages))
        if guess.sure and not languages.readable_as_is(guess.language, language):
            return back(None, suggested=guess.language)
    # The action refuses, not this page: words that were received before closing and are sent
    # again after it are the same post still.
    try:
        with process.database.writing() as writing:
            done = contribute(
                writing,
                consultation_id=view.id,
                number=opened.thread.number,
                participation_id=own.id,
                body=text,
                language=language,
                reply_to=reply_to or None,
                late=late,
                now=now,
            )
    except Refusal as problem:
        return back(problem)
    return RedirectResponse(_received(done), status_code=303)


def _received(done: Contributed) -> str:
    return urls.post(done.post_id) + ("?held=1" if done.held else "?received=1")
