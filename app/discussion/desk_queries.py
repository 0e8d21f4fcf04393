"""Reads of the facilitators' desk: posts whoever sees them, and who takes part."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import and_, func, select

from app.consultations.models import Participation, ParticipationLanguage
from app.database import ReadSession
from app.discussion.models import Hiding, Post, Thread
from app.discussion.queries import is_visible
from app.discussion.rules import POSTS_PER_PAGE, pages
from app.translation.queries import renditions
from app.translation.rules import Rendition

PEOPLE_PER_PAGE = 50
HELD_SHOWN = 50


class Standing(Enum):
    """Who sees a post."""

    VISIBLE = "visible"
    WAITING = "waiting"  # came late; nobody let it in or kept it out
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class DeskPost:
    """A post as facilitators see it; the words of a withdrawn one are its author's again."""

    id: str
    thread_number: int
    name: str
    country: str | None
    written_at: datetime
    standing: Standing
    rendition: Rendition | None
    hidden_reason: Rendition | None


@dataclass(frozen=True)
class DeskPosts:
    """One page of a thread's posts, oldest first; `number` and `of` count pages from 1."""

    posts: tuple[DeskPost, ...]
    total: int
    number: int
    of: int


def _select_posts() -> Any:
    return (
        select(Post, Thread.number, Participation.name, Participation.country, Hiding.reason_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Participation, Participation.id == Post.participation_id)
        .outerjoin(Hiding, and_(Hiding.post_id == Post.id, Hiding.undone_at.is_(None)))
    )


def _desk_posts(session: ReadSession, rows: Sequence[Any], reader: str) -> tuple[DeskPost, ...]:
    ids = {row[0].text_id for row in rows if row[0].withdrawn_at is None}
    ids |= {row[4] for row in rows if row[4]}
    words = renditions(session, text_ids=ids, reader=reader)
    return tuple(
        DeskPost(
            id=post.id,
            thread_number=number,
            name=name,
            country=country,
            written_at=post.written_at,
            standing=_standing(post, reason_id),
            rendition=words.get(post.text_id),
            hidden_reason=words.get(reason_id) if reason_id else None,
        )
        for post, number, name, country, reason_id in rows
    )


def _standing(post: Post, reason_id: str | None) -> Standing:
    if post.withdrawn_at is not None:
        return Standing.WITHDRAWN
    if reason_id is not None:
        return Standing.HIDDEN
    return Standing.WAITING if post.held_at is not None else Standing.VISIBLE


def desk_posts(session: ReadSession, *, thread_id: str, reader: str, page: int) -> DeskPosts:
    """Return a page of a thread's posts, whoever sees them; the nearest page that exists."""
    total = session.scalar(select(func.count()).where(Post.thread_id == thread_id)) or 0
    of = pages(total)
    number = min(max(page, 1), of)
    rows = session.execute(
        _select_posts()
        .where(Post.thread_id == thread_id)
        .order_by(Post.written_at, Post.id)
        .offset((number - 1) * POSTS_PER_PAGE)
        .limit(POSTS_PER_PAGE)
    ).all()
    return DeskPosts(_desk_posts(session, rows, reader), total, number, of)


def desk_page_of(session: ReadSession, post_id: str) -> int:
    """Return the number of the page of `desk_posts` that shows a post."""
    this = session.get_one(Post, post_id)
    before = session.scalar(
        select(func.count()).where(
            Post.thread_id == this.thread_id,
            (Post.written_at < this.written_at)
            | ((Post.written_at == this.written_at) & (Post.id < this.id)),
        )
    )
    return (before or 0) // POSTS_PER_PAGE + 1


def desk_post(
    session: ReadSession, *, consultation_id: str, post_id: str, reader: str
) -> DeskPost | None:
    """Return one post of a consultation."""
    rows = session.execute(
        _select_posts().where(Post.id == post_id, Thread.consultation_id == consultation_id)
    ).all()
    return next(iter(_desk_posts(session, rows, reader)), None)


def waiting_posts(
    session: ReadSession, *, consultation_id: str, reader: str
) -> tuple[DeskPost, ...]:
    """Return the late posts that wait for a facilitator, the oldest first, some at a time."""
    rows = session.execute(
        _select_posts()
        .where(
            Thread.consultation_id == consultation_id,
            Post.held_at.is_not(None),
            Post.withdrawn_at.is_(None),
            Hiding.id.is_(None),
        )
        .order_by(Post.written_at, Post.id)
        .limit(HELD_SHOWN)
    ).all()
    return _desk_posts(session, rows, reader)


@dataclass(frozen=True)
class DeskPerson:
    """Somebody who takes part, or did until a facilitator removed them."""

    id: str
    name: str
    country: str | None
    languages: tuple[str, ...]
    posts: int
    removed: bool


@dataclass(frozen=True)
class DeskPeople:
    """One page of the people of a consultation, by name."""

    people: tuple[DeskPerson, ...]
    total: int
    number: int
    of: int


def desk_people(session: ReadSession, *, consultation_id: str, page: int) -> DeskPeople:
    """Return a page of who takes part, with their visible posts counted."""
    here = Participation.consultation_id == consultation_id
    total = session.scalar(select(func.count()).where(here)) or 0
    of = max(1, -(-total // PEOPLE_PER_PAGE))
    number = min(max(page, 1), of)
    rows = session.scalars(
        select(Participation)
        .where(here)
        .order_by(Participation.name, Participation.id)
        .offset((number - 1) * PEOPLE_PER_PAGE)
        .limit(PEOPLE_PER_PAGE)
    ).all()
    ids = [row.id for row in rows]
    tags: dict[str, list[str]] = defaultdict(list)
    for participation_id, tag in session.execute(
        select(ParticipationLanguage.participation_id, ParticipationLanguage.language)
        .where(ParticipationLanguage.participation_id.in_(ids))
        .order_by(ParticipationLanguage.position)
    ):
        tags[participation_id].append(tag)
    written = session.execute(
        select(Post.participation_id, func.count())
        .where(Post.participation_id.in_(ids), is_visible())
        .group_by(Post.participation_id)
    )
    counts = {row[0]: row[1] for row in written}
    people = tuple(
        DeskPerson(
            id=row.id,
            name=row.name,
            country=row.country,
            languages=tuple(tags[row.id]),
            posts=counts.get(row.id, 0),
            removed=row.removed_at is not None,
        )
        for row in rows
    )
    return DeskPeople(people, total, number, of)
