"""Reads of threads and posts. The number of queries never grows with posts or people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from app.consultations.models import Participation
from app.consultations.rules import Schedule
from app.database import ReadSession
from app.discussion.models import Closure, Hiding, Post, Revision, Summary, Thread
from app.discussion.rules import POSTS_PER_PAGE, ThreadTimes, pages
from app.translation.queries import renditions
from app.translation.rules import Rendition


@dataclass(frozen=True)
class ThreadView:
    """A thread as pages need it; words are ids of texts."""

    id: str
    number: int
    title_id: str
    question_id: str
    times: ThreadTimes
    theme_on: date | None
    closure_reason_id: str | None  # why it is closed by hand now


@dataclass(frozen=True)
class ThreadCount:
    """How much a thread holds: visible posts, and those after a given instant."""

    posts: int
    newer: int


@dataclass(frozen=True)
class Answered:
    """The post a reply answers: who wrote it and its first words, None if no longer shown."""

    id: str
    name: str
    beginning: Rendition | None


@dataclass(frozen=True)
class PostView:
    """A visible post as a reader sees it."""

    id: str
    name: str
    country: str | None
    written_at: datetime
    edited: bool
    rendition: Rendition
    answers: Answered | None
    thread_number: int


@dataclass(frozen=True)
class ThreadPage:
    """One page of a thread's posts, oldest first; `number` and `of` count pages from 1."""

    posts: tuple[PostView, ...]
    total: int
    number: int
    of: int
    pending: int


def is_hidden(post: Any = Post) -> ColumnElement[bool]:
    """Return the SQL of "a facilitator has hidden this post"."""
    return exists().where(Hiding.post_id == post.id, Hiding.undone_at.is_(None))


def is_visible(post: Any = Post) -> ColumnElement[bool]:
    """Return the SQL of "everybody sees this post": not hidden, withdrawn or held."""
    return and_(post.withdrawn_at.is_(None), post.held_at.is_(None), ~is_hidden(post))


def threads(session: ReadSession, consultation_id: str, schedule: Schedule) -> list[ThreadView]:
    """Return a consultation's threads by number."""
    rows = session.execute(
        select(Thread, Closure)
        .outerjoin(Closure, and_(Closure.thread_id == Thread.id, Closure.reopened_at.is_(None)))
        .where(Thread.consultation_id == consultation_id)
        .order_by(Thread.number, Closure.closed_at)
    )
    found: dict[str, ThreadView] = {}
    for thread, closure in rows:
        found.setdefault(thread.id, _thread_view(thread, closure, schedule))
    return list(found.values())


def thread(
    session: ReadSession, consultation_id: str, number: int, schedule: Schedule
) -> ThreadView | None:
    """Return the thread of that number."""
    row = session.execute(
        select(Thread, Closure)
        .outerjoin(Closure, and_(Closure.thread_id == Thread.id, Closure.reopened_at.is_(None)))
        .where(Thread.consultation_id == consultation_id, Thread.number == number)
        .order_by(Closure.closed_at)
        .limit(1)
    ).first()
    return _thread_view(row[0], row[1], schedule) if row else None


def _thread_view(row: Thread, closure: Closure | None, schedule: Schedule) -> ThreadView:
    return ThreadView(
        id=row.id,
        number=row.number,
        title_id=row.title_id,
        question_id=row.question_id,
        times=ThreadTimes(
            schedule, row.opens_at, row.closes_at, closure.closed_at if closure else None
        ),
        theme_on=row.theme_on,
        closure_reason_id=closure.reason_id if closure else None,
    )


def thread_counts(
    session: ReadSession, thread_ids: Collection[str], *, since: datetime
) -> dict[str, ThreadCount]:
    """Return how many visible posts each thread has, and how many were written after `since`."""
    rows = session.execute(
        select(
            Post.thread_id,
            func.count(),
            func.count().filter(Post.written_at > since),
        )
        .where(Post.thread_id.in_(thread_ids), is_visible())
        .group_by(Post.thread_id)
    )
    counts = {row[0]: ThreadCount(row[1], row[2]) for row in rows}
    return {thread_id: counts.get(thread_id, ThreadCount(0, 0)) for thread_id in thread_ids}


def newest_summary(session: ReadSession, thread_id: str) -> str | None:
    """Return the text id of a thread's newest summary."""
    return session.scalar(
        select(Summary.text_id)
        .where(Summary.thread_id == thread_id)
        .order_by(Summary.written_at.desc())
        .limit(1)
    )


_Answered = aliased(Post)
_AnsweredBy = aliased(Participation)


def _posts() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Post,
            Thread.number,
            Participation.name,
            Participation.country,
            _Answered.id,
            _Answered.text_id,
            _AnsweredBy.name,
            is_visible(_Answered),
        )
        .join(Participation, Participation.id == Post.participation_id)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(_Answered, _Answered.id == Post.reply_to_id)
        .outerjoin(_AnsweredBy, _AnsweredBy.id == _Answered.participation_id)
    )


def _views(
    session: ReadSession, rows: Sequence[Row[*tuple[Any, ...]]], reader: str
) -> tuple[PostView, ...]:
    wanted = {row[0].text_id for row in rows} | {row[5] for row in rows if row[5] and row[7]}
    words = renditions(session, text_ids=wanted, reader=reader)
    views = []
    for post, number, name, country, answered_id, answered_text, answered_name, shown in rows:
        answers = None
        if answered_id:
            beginning = words.get(answered_text) if shown else None
            answers = Answered(answered_id, answered_name, beginning)
        views.append(
            PostView(
                id=post.id,
                name=name,
                country=country,
                written_at=post.written_at,
                edited=post.edited_at is not None,
                rendition=words[post.text_id],
                answers=answers,
                thread_number=number,
            )
        )
    return tuple(views)


def thread_page(
    session: ReadSession, *, thread_id: str, reader: str, page: int | None
) -> ThreadPage:
    """Return a page of a thread's posts; the last one for None. Pages beyond the ends are moved
    to the nearest that exists."""
    visible = (Post.thread_id == thread_id, is_visible())
    total = session.scalar(select(func.count()).select_from(Post).where(*visible)) or 0
    of = pages(total)
    number = of if page is None else min(max(page, 1), of)
    rows = session.execute(
        _posts()
        .where(*visible)
        .order_by(Post.written_at, Post.id)
        .offset((number - 1) * POSTS_PER_PAGE)
        .limit(POSTS_PER_PAGE)
    ).all()
    views = _views(session, rows, reader)
    return ThreadPage(views, total, number, of, sum(v.rendition.pending for v in views))


def posts_after(
    session: ReadSession, *, thread_id: str, after: str | None, reader: str, limit: int
) -> tuple[PostView, ...] | None:
    """Return at most `limit` visible posts of a thread that follow the post `after`, or begin it.

    None if `after` is no post of this thread; one that is no longer shown still has its place.
    """
    wanted = _posts().where(Post.thread_id == thread_id, is_visible())
    if after is not None:
        place = session.execute(
            select(Post.written_at, Post.id).where(Post.id == after, Post.thread_id == thread_id)
        ).first()
        if place is None:
            return None
        wanted = wanted.where(
            (Post.written_at > place[0]) | ((Post.written_at == place[0]) & (Post.id > place[1]))
        )
    rows = session.execute(wanted.order_by(Post.written_at, Post.id).limit(limit)).all()
    return _views(session, rows, reader)


def page_of(session: ReadSession, post_id: str) -> int:
    """Return the number of the thread page that shows a post."""
    this = session.get_one(Post, post_id)
    before = session.scalar(
        select(func.count())
        .select_from(Post)
        .where(
            Post.thread_id == this.thread_id,
            is_visible(),
            (Post.written_at < this.written_at)
            | ((Post.written_at == this.written_at) & (Post.id < this.id)),
        )
    )
    return (before or 0) // POSTS_PER_PAGE + 1


def new_posts(
    session: ReadSession, *, thread_ids: Collection[str], since: datetime, reader: str, limit: int
) -> tuple[PostView, ...]:
    """Return visible posts written after an instant, by thread and time, at most `limit`."""
    rows = session.execute(
        _posts()
        .where(Post.thread_id.in_(thread_ids), is_visible(), Post.written_at > since)
        .order_by(Thread.number, Post.written_at, Post.id)
        .limit(limit)
    ).all()
    return _views(session, rows, reader)


@dataclass(frozen=True)
class PostFacts:
    """What rules need of a post, whoever may see it."""

    id: str
    consultation_id: str
    thread_id: str
    thread_number: int
    participation_id: str
    person_id: str
    author: str
    country: str | None
    text_id: str
    reply_to_id: str | None
    quotation: str | None
    written_at: datetime
    edited_at: datetime | None
    held: bool
    withdrawn: bool
    hidden_reason_id: str | None

    @property
    def visible(self) -> bool:
        """Say whether everybody sees it."""
        return not (self.held or self.withdrawn or self.hidden_reason_id)


def _facts() -> Select[*tuple[Any, ...]]:
    return (
        select(Post, Thread, Participation, Hiding.reason_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Participation, Participation.id == Post.participation_id)
        .outerjoin(Hiding, and_(Hiding.post_id == Post.id, Hiding.undone_at.is_(None)))
    )


def _post_facts(row: Row[*tuple[Any, ...]]) -> PostFacts:
    post, thread_row, participation, hidden_reason_id = row
    return PostFacts(
        id=post.id,
        consultation_id=thread_row.consultation_id,
        thread_id=post.thread_id,
        thread_number=thread_row.number,
        participation_id=post.participation_id,
        person_id=participation.person_id,
        author=participation.name,
        country=participation.country,
        text_id=post.text_id,
        reply_to_id=post.reply_to_id,
        quotation=post.quotation,
        written_at=post.written_at,
        edited_at=post.edited_at,
        held=post.held_at is not None,
        withdrawn=post.withdrawn_at is not None,
        hidden_reason_id=hidden_reason_id,
    )


def post_facts(session: ReadSession, post_id: str) -> PostFacts | None:
    """Return what rules need of a post."""
    row = session.execute(_facts().where(Post.id == post_id).limit(1)).first()
    return _post_facts(row) if row else None


def posts_of(session: ReadSession, person_id: str) -> list[PostFacts]:
    """Return everything a person wrote, the newest first, whoever may see it."""
    rows = session.execute(
        _facts().where(Participation.person_id == person_id).order_by(Post.written_at.desc())
    )
    return [_post_facts(row) for row in rows]


def revision_count(session: ReadSession, post_id: str) -> int:
    """Return how many wordings a post has had."""
    return (
        session.scalar(
            select(func.count()).select_from(Revision).where(Revision.post_id == post_id)
        )
        or 0
    )
