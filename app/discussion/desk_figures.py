"""Figures of the facilitators' desk: exact, as they are now; and who can read whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from app.consultations.models import Invitation, Participation, ParticipationLanguage
from app.database import ReadSession
from app.discussion.models import Post, Thread
from app.discussion.queries import is_hidden, is_visible
from app.languages import readable_as_is
from app.translation.models import Words
from app.translation.queries import reachable, readership_languages


@dataclass(frozen=True)
class LiveFigures:
    """A consultation's figures now, exact, as the report defines them.

    `waiting`: late posts that nobody let in or kept out. `by_language`: visible posts by the
    language they were written in; `readers`: people by each language they read.
    """

    registered: int
    arrived: int | None
    contributed: int
    countries_registered: int
    countries_contributed: int
    posts: int
    waiting: int
    hidden: int
    withdrawn: int
    by_language: tuple[tuple[str, int], ...]
    readers: tuple[tuple[str, int], ...]


def live_figures(session: ReadSession, *, consultation_id: str, imported: bool) -> LiveFigures:
    """Return a consultation's figures, in a fixed number of queries."""
    people = session.execute(
        select(
            func.count(),
            func.count(Participation.arrived_at),
            func.count(Participation.country.distinct()),
        ).where(Participation.consultation_id == consultation_id)
    ).one()
    in_it = Thread.consultation_id == consultation_id
    wrote = session.execute(
        select(
            func.count(),
            func.count(Participation.id.distinct()),
            func.count(Participation.country.distinct()),
        )
        .select_from(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Participation, Participation.id == Post.participation_id)
        .where(in_it, is_visible())
    ).one()
    states = session.execute(
        select(
            func.count().filter(waits()),
            func.count().filter(is_hidden()),
            func.count(Post.withdrawn_at),
        )
        .select_from(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .where(in_it)
    ).one()
    written = session.execute(
        select(Words.language, func.count())
        .select_from(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Words, Words.id == Post.text_id)
        .where(in_it, is_visible())
        .group_by(Words.language)
        .order_by(func.count().desc(), Words.language)
    )
    read = session.execute(
        select(ParticipationLanguage.language, func.count())
        .join(Participation, Participation.id == ParticipationLanguage.participation_id)
        .where(Participation.consultation_id == consultation_id, Participation.removed_at.is_(None))
        .group_by(ParticipationLanguage.language)
        .order_by(func.count().desc(), ParticipationLanguage.language)
    )
    return LiveFigures(
        registered=people[0],
        arrived=None if imported and not people[1] else people[1],
        contributed=wrote[1],
        countries_registered=people[2],
        countries_contributed=wrote[2],
        posts=wrote[0],
        waiting=states[0],
        hidden=states[1],
        withdrawn=states[2],
        by_language=tuple((tag, count) for tag, count in written),
        readers=tuple((tag, count) for tag, count in read),
    )


def waiting_counts(session: ReadSession) -> dict[str, int]:
    """Return how many late posts wait for a facilitator, by consultation, where any do."""
    rows = session.execute(
        select(Thread.consultation_id, func.count())
        .join(Post, Post.thread_id == Thread.id)
        .where(waits())
        .group_by(Thread.consultation_id)
    )
    return dict(rows.all())


def waits() -> ColumnElement[bool]:
    """Return the SQL of "this post came late, and nobody let it in or kept it out"."""
    return and_(Post.held_at.is_not(None), Post.withdrawn_at.is_(None), ~is_hidden())


def usable_invitations(session: ReadSession, *, consultation_id: str, now: datetime) -> int:
    """Return how many invitations still let somebody in."""
    found = select(func.count()).where(
        Invitation.consultation_id == consultation_id,
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
        Invitation.used < Invitation.cap,
    )
    return session.scalar(found) or 0


@dataclass(frozen=True)
class Reach:
    """Which of the languages written in a consultation the readers of one language can read."""

    language: str
    as_is: tuple[str, ...]
    direct: tuple[str, ...]
    through: tuple[tuple[str, str], ...]  # the language, and the one it passes
    not_at_all: tuple[str, ...]


def reaches(
    session: ReadSession, *, readership_id: str, written: Sequence[str]
) -> tuple[Reach, ...]:
    """Return who can read whom: one line for every language of the readership.

    Empty as long as no worker has said which routes there are.
    """
    routes = {(route.source, route.target): route.path for route in reachable(session)}
    if not routes:
        return ()
    lines = []
    for target in readership_languages(session, readership_id):
        found: dict[str, list[Any]] = defaultdict(list)
        for source in written:
            path = routes.get((source, target))
            if readable_as_is(source, target):
                found["as_is"].append(source)
            elif path is None:
                found["not_at_all"].append(source)
            elif len(path) > 2:
                found["through"].append((source, path[1]))
            else:
                found["direct"].append(source)
        lines.append(
            Reach(
                language=target,
                as_is=tuple(found["as_is"]),
                direct=tuple(found["direct"]),
                through=tuple(found["through"]),
                not_at_all=tuple(found["not_at_all"]),
            )
        )
    return tuple(lines)
