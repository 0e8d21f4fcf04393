"""The call page of a consultation, with its threads, and what is new since the last visit."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.consultations import urls as consultation_urls
from app.consultations.access import Admitted, TakingPart, Visiting
from app.consultations.actions import mark_read
from app.consultations.queries import announcements, schedule_changes
from app.consultations.rules import Phase, why_not_join, why_not_read
from app.discussion import urls
from app.discussion.queries import PostView, new_posts
from app.discussion.thread_queries import ThreadCount, ThreadView, thread_counts, threads
from app.refusals import Refusal
from app.translation.queries import renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process, Reading
from app.web.reader import Reads
from app.web.rendering import show

router = APIRouter()

NEW_POSTS_SHOWN = 20


@dataclass(frozen=True)
class ThreadEntry:
    """A thread in the list of the call page."""

    number: int
    title: Rendition
    question: Rendition
    count: ThreadCount
    is_open: bool
    opens_at: datetime | None  # while it lies ahead
    is_todays_theme: bool


@dataclass(frozen=True)
class Change:
    """A change of closing time and its reason."""

    closes_at: datetime
    reason: Rendition


@dataclass(frozen=True)
class CallPage:
    """What a consultation asks, of whom, until when, and what it promises."""

    slug: str
    title: Rendition
    brief: Rendition
    organiser: str
    promise: Rendition | None
    results_due_on: date | None
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    left: timedelta
    zone: ZoneInfo
    own_zone: ZoneInfo | None
    threads: tuple[ThreadEntry, ...]
    announcements: tuple[tuple[Rendition, datetime], ...]
    change: Change | None
    may_read: bool
    impossible: Refusal | None
    role: str
    published: bool


@router.get(consultation_urls.CALL)
def call(
    request: Request,
    admitted: Visiting,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Show the call page."""
    view = admitted.consultation
    may_read = not why_not_read(by_invitation=view.by_invitation, role=admitted.role)
    found = threads(session, view.id, view.schedule) if may_read else []
    counts = thread_counts(session, [t.id for t in found], since=now - timedelta(days=1))
    said = announcements(session, view.id) if may_read else []
    changes = schedule_changes(session, view.id)[:1]
    ids = {view.title_id, view.brief_id, *(t.title_id for t in found)}
    ids |= {t.question_id for t in found} | {a.text_id for a in said}
    ids |= {c.reason_id for c in changes} | ({view.promise_id} if view.promise_id else set())
    words = renditions(session, text_ids=ids, reader=reader.language)
    process.noticeboard.note_wanted({(i, reader.language) for i in ids if words[i].pending})
    schedule = view.schedule
    phase = schedule.phase(now)
    end = schedule.opens_at if phase is Phase.UPCOMING else schedule.closes_at
    today = now.astimezone(ZoneInfo(schedule.timezone)).date()
    page = CallPage(
        slug=view.slug,
        title=words[view.title_id],
        brief=words[view.brief_id],
        organiser=view.organiser,
        promise=words[view.promise_id] if view.promise_id else None,
        results_due_on=view.results_due_on,
        phase=phase,
        opens_at=schedule.opens_at,
        closes_at=schedule.closes_at,
        left=max(end - now, timedelta(0)),
        zone=ZoneInfo(schedule.timezone),
        own_zone=_own_zone(reader.timezone, schedule.timezone),
        threads=tuple(_entry(t, words, counts[t.id], today, now) for t in found),
        announcements=tuple((words[a.text_id], a.announced_at) for a in said),
        change=Change(changes[0].closes_at, words[changes[0].reason_id]) if changes else None,
        may_read=may_read,
        impossible=why_not_join(schedule, now),
        role=admitted.role.value,
        published=view.published_at is not None,
    )
    return show(request, reader, "discussion/call.html", page)


def _own_zone(own: str | None, consultation: str) -> ZoneInfo | None:
    return ZoneInfo(own) if own and own != consultation else None


def _entry(
    thread: ThreadView,
    words: dict[str, Rendition],
    count: ThreadCount,
    today: date,
    now: datetime,
) -> ThreadEntry:
    ahead = now < thread.times.starts_at
    return ThreadEntry(
        number=thread.number,
        title=words[thread.title_id],
        question=words[thread.question_id],
        count=count,
        is_open=thread.times.is_open(now),
        opens_at=thread.times.starts_at if ahead else None,
        is_todays_theme=thread.theme_on == today,
    )


@dataclass(frozen=True)
class NewThread:
    """The new posts of one thread."""

    number: int
    question: Rendition
    is_open: bool
    posts: tuple[PostView, ...]


@dataclass(frozen=True)
class NewPage:
    """What is new since the last visit; a page of one's own."""

    slug: str
    since: datetime
    zone: ZoneInfo
    threads: tuple[NewThread, ...]
    more: bool
    left: timedelta
    phase: Phase


@router.get("/c/{slug}/new")
def new(
    request: Request,
    admitted: TakingPart,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Show only what was written since "I have read these" was last pressed."""
    page = _new_page(admitted, reader, session, now)
    pending = {
        (p.rendition.text_id, reader.language)
        for t in page.threads
        for p in t.posts
        if p.rendition.pending
    }
    process.noticeboard.note_wanted(pending)
    return show(request, reader, "discussion/new.html", page)


def _new_page(admitted: Admitted, reader: Reads, session: Reading, now: datetime) -> NewPage:
    view = admitted.consultation
    since = admitted.taking_part.read_until
    found = threads(session, view.id, view.schedule)
    posts = new_posts(
        session,
        thread_ids=[t.id for t in found],
        since=since,
        not_by=admitted.taking_part.id,
        reader=reader.language,
        limit=NEW_POSTS_SHOWN + 1,
    )
    more = len(posts) > NEW_POSTS_SHOWN
    posts = posts[:NEW_POSTS_SHOWN]
    words = renditions(session, text_ids={t.question_id for t in found}, reader=reader.language)
    by_thread = {t.number: tuple(p for p in posts if p.thread_number == t.number) for t in found}
    return NewPage(
        slug=view.slug,
        since=since,
        zone=reader.zone(view.schedule.timezone),
        threads=tuple(
            NewThread(t.number, words[t.question_id], t.times.is_open(now), by_thread[t.number])
            for t in found
            if by_thread[t.number]
        ),
        more=more,
        left=max(view.schedule.closes_at - now, timedelta(0)),
        phase=view.schedule.phase(now),
    )


@router.post("/c/{slug}/new")
def have_read(admitted: TakingPart, process: Process, now: Now) -> Response:
    """Let "new since my last visit" begin now."""
    with process.database.writing() as session:
        mark_read(session, participation_id=admitted.taking_part.id, now=now)
    return RedirectResponse(urls.new(admitted.consultation.slug), status_code=303)
