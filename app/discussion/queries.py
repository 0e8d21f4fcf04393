"""Reads of threads and posts. The number of queries never grows with posts or people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from app.consultations.models import Participation
from app.database import ReadSession
from app.discussion.models import Hiding, Post, Revision, Thread
from app.discussion.rules import POSTS_PER_PAGE, pages
from app.translation.queries import renditions
from app.translation.rules import Rendition


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
    session: ReadSession,
    *,
    thread_ids: Collection[str],
    since: datetime,
    not_by: str,
    reader: str,
    limit: int,
) -> tuple[PostView, ...]:
    """Return visible posts of others (than the participation `not_by`) written after an instant,
    by thread and time, at most `limit`."""
    rows = session.execute(
        _posts()
        .where(
            Post.thread_id.in_(thread_ids),
            is_visible(),
            Post.written_at > since,
            Post.participation_id != not_by,
        )
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


def posts_of(session: ReadSession, person_id: str, *, after: int, limit: int) -> list[PostFacts]:
    """Return what a person wrote, the newest first, whoever may see it: `limit` after `after`."""
    rows = session.execute(
        _facts()
        .where(Participation.person_id == person_id)
        .order_by(Post.written_at.desc(), Post.id)
        .offset(after)
        .limit(limit)
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
