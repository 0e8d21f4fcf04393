"""Reads of threads: what they ask, when they are open, how much they hold."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select

from app.consultations.rules import Schedule
from app.database import ReadSession
from app.discussion.models import Closure, Post, Summary, Thread
from app.discussion.queries import is_visible
from app.discussion.rules import ThreadTimes


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
