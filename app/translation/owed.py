"""What the worker asks: what is missing, what may be claimed, whether routes have changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, and_, func, or_, select

from app.database import ReadSession
from app.translation.engine import RouteOffered
from app.translation.models import ReadershipLanguage, Route, Translation, Words
from app.translation.queries import reachable
from app.translation.rules import State, routes_for


def missing() -> Select[str, str, str]:
    """Select (text id, source, target) of every translation that should be owed and is not."""
    return (
        select(Words.id, Words.language, ReadershipLanguage.language)
        .join(ReadershipLanguage, ReadershipLanguage.readership_id == Words.readership_id)
        .join(
            Route,
            and_(Route.source == Words.language, Route.target == ReadershipLanguage.language),
        )
        .outerjoin(
            Translation,
            and_(
                Translation.text_id == Words.id,
                Translation.language == ReadershipLanguage.language,
            ),
        )
        .where(Translation.id.is_(None), Words.erased_at.is_(None), Words.body != "")
    )


def has_missing(session: ReadSession) -> bool:
    """Say whether any translation should be owed and is not."""
    return session.execute(missing().limit(1)).first() is not None


def claimable(now: datetime) -> Select[Any]:
    """Select what a worker may claim, with its text and route: owed and due, or held too long."""
    is_due = or_(Translation.retry_at.is_(None), Translation.retry_at <= now)
    chosen = (
        select(
            Translation.id,
            Translation.text_id,
            Translation.source,
            Translation.language,
            Translation.attempts,
            Words.body,
            Route.path,
            Route.engine,
        )
        .join(Words, Words.id == Translation.text_id)
        .join(Route, and_(Route.source == Translation.source, Route.target == Translation.language))
        .where(
            or_(
                and_(Translation.state == State.OWED, is_due),
                and_(Translation.state == State.CLAIMED, Translation.lease_ends_at <= now),
            ),
            Words.erased_at.is_(None),
        )
    )
    return cast("Select[Any]", chosen)


def has_work(session: ReadSession, *, now: datetime) -> bool:
    """Say whether there is anything to claim at `now`."""
    return session.execute(claimable(now).limit(1)).first() is not None


def counts(session: ReadSession) -> tuple[int, int, int]:
    """Return how many texts, reading languages and routes there are.

    While they stay the same nothing new can be missing, and asking for them is cheap.
    """
    found = session.execute(
        select(
            select(func.count()).select_from(Words).scalar_subquery(),
            select(func.count()).select_from(ReadershipLanguage).scalar_subquery(),
            select(func.count()).select_from(Route).scalar_subquery(),
        )
    ).one()
    return (found[0], found[1], found[2])


def tags_in_use(session: ReadSession) -> tuple[set[str], set[str]]:
    """Return the tags texts are written in, and those readers read."""
    written = session.scalars(select(Words.language).distinct())
    read = session.scalars(select(ReadershipLanguage.language).distinct())
    return set(written), set(read)


def routes_are_stale(session: ReadSession, offered: Iterable[RouteOffered]) -> bool:
    """Say whether the table of routes differs from what `offered` comes to for the tags in use."""
    written, read = tags_in_use(session)
    now_offered = routes_for(offered, written=written, read=read)
    return set(now_offered.values()) != set(reachable(session))
