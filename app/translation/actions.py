"""Writing texts, and the life of their translations: owed, claimed, fulfilled or failed."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Row,
    and_,
    case,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.database import Base, WriteSession, new_id
from app.translation import owed, queries
from app.translation.engine import RouteOffered
from app.translation.models import Readership, ReadershipLanguage, Route, Translation, Words
from app.translation.rules import (
    FRESH,
    MAX_ATTEMPTS,
    Batch,
    Item,
    Result,
    State,
    retry_after,
    routes_for,
)

BATCH_CHARACTERS = 6000
"""A batch is about this long: enough for an engine to work at full speed, and short enough that
a fresh post does not wait long behind it, nor a batch outlive its lease on a slow machine."""

_ROWS_AT_ONCE = 500  # well below the number of values one statement may carry


def open_readership(session: WriteSession, *, languages: Iterable[str]) -> str:
    """Make a readership that reads `languages` and return its id."""
    readership_id = new_id()
    session.execute(insert(Readership).values(id=readership_id))
    add_languages(session, readership_id=readership_id, languages=languages)
    return readership_id


def add_languages(session: WriteSession, *, readership_id: str, languages: Iterable[str]) -> None:
    """Let a readership also read `languages`; those it reads already change nothing."""
    rows = [{"readership_id": readership_id, "language": tag} for tag in sorted(set(languages))]
    _insert_new(session, ReadershipLanguage, rows)


def write_text(
    session: WriteSession, *, readership_id: str, language: str, body: str, now: datetime
) -> str:
    """Write a text for a readership and return its id. It is never changed afterwards."""
    text_id = new_id()
    session.execute(
        insert(Words).values(
            id=text_id, readership_id=readership_id, language=language, body=body, written_at=now
        )
    )
    return text_id


def erase_text(session: WriteSession, *, text_id: str, now: datetime) -> None:
    """Empty a text for good and delete every translation of it."""
    session.execute(delete(Translation).where(Translation.text_id == text_id))
    session.execute(update(Words).where(Words.id == text_id).values(body="", erased_at=now))


def want(session: WriteSession, *, wanted: Iterable[tuple[str, str]], now: datetime) -> None:
    """Note that somebody looks for these (text id, reading language) and they are not there."""
    by_language: dict[str, list[str]] = {}
    for text_id, language in wanted:
        by_language.setdefault(language, []).append(text_id)
    for language, text_ids in sorted(by_language.items()):
        session.execute(
            update(Translation)
            .where(
                Translation.text_id.in_(sorted(set(text_ids))),
                Translation.language.in_(queries.tags_read_as(session, language)),
                Translation.state == State.OWED,
                Translation.wanted_at.is_(None),
            )
            .values(wanted_at=now)
        )


def refresh_routes(session: WriteSession, *, routes: Iterable[RouteOffered]) -> None:
    """Make the table of routes say what the engine offers now, for the tags in use."""
    written, read = owed.tags_in_use(session)
    now_offered = routes_for(routes, written=written, read=read)
    known = {(route.source, route.target): route for route in queries.reachable(session)}
    for source, target in sorted(known.keys() - now_offered.keys()):
        session.execute(delete(Route).where(Route.source == source, Route.target == target))
    changed = [
        {
            "source": source,
            "target": target,
            "path": " ".join(route.path),
            "engine": route.engine[:40],
        }
        for (source, target), route in sorted(now_offered.items())
        if known.get((source, target)) != route
    ]
    for start in range(0, len(changed), _ROWS_AT_ONCE):
        statement = _insert_into(session, Route).values(changed[start : start + _ROWS_AT_ONCE])
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[Route.source, Route.target],
                set_={"path": statement.excluded.path, "engine": statement.excluded.engine},
            )
        )


def reconcile(session: WriteSession, *, now: datetime, limit: int) -> int:
    """Owe what is missing: texts x languages of their readers x routes - translations.

    Newest texts first, at most `limit`; return how many were found. Two workers may do it at
    once: a translation is owed only once.
    """
    missing = session.execute(
        owed.missing().order_by(Words.written_at.desc(), Words.id).limit(limit)
    ).all()
    rows = [
        {
            "id": new_id(),
            "text_id": text_id,
            "language": target,
            "source": source,
            "state": State.OWED.value,
            "owed_at": now,
            "attempts": 0,
        }
        for text_id, source, target in sorted(tuple(row) for row in missing)
    ]
    _insert_new(session, Translation, rows)
    return len(rows)


def claim(
    session: WriteSession, *, worker: str, now: datetime, lease: timedelta, limit: int
) -> Batch | None:
    """Take up to `limit` owed translations of one pair of languages for `worker`, or None.

    What somebody looks for and what is fresh come first, then the newest texts. An expired
    lease is open again; what was tried before is taken alone, so that a text that kills its
    worker takes no other with it, and is parked as failed after the last attempt.
    """
    _park_hopeless(session, now=now)
    urgency = case(
        (or_(Translation.wanted_at.is_not(None), Words.written_at >= now - FRESH), 0), else_=1
    )
    open_now = (
        owed.claimable(now)
        .add_columns(urgency.label("urgency"))
        .order_by(urgency, Words.written_at.desc(), Translation.id)
        # Rows another worker holds are passed over; SQLite, with one writer, has no such clause.
        .with_for_update(of=Translation, skip_locked=True)
    )
    lead = session.execute(open_now.limit(1)).first()
    if lead is None:
        return None
    rows: Sequence[Row[Any]] = [lead]
    if lead.attempts == 0:
        rows = session.execute(
            open_now.where(
                Translation.source == lead.source,
                Translation.language == lead.language,
                Translation.attempts == 0,
                urgency == lead.urgency,
            ).limit(limit)
        ).all()
    items: list[Item] = []
    characters = 0
    for row in rows:
        characters += len(row.body)
        if items and characters > BATCH_CHARACTERS:
            break
        items.append(Item(row.id, row.text_id, row.body))
    session.execute(
        update(Translation)
        .where(Translation.id.in_([item.id for item in items]))
        .values(
            state=State.CLAIMED,
            claimed_by=worker,
            lease_ends_at=now + lease,
            attempts=Translation.attempts + 1,
        )
    )
    return Batch(lead.source, lead.language, tuple(lead.path.split()), lead.engine, tuple(items))


def fulfil(session: WriteSession, *, worker: str, results: Iterable[Result], now: datetime) -> int:
    """Store finished translations, only those `worker` still holds; return how many."""
    stored = 0
    for result in results:
        done = session.execute(
            update(Translation)
            .where(Translation.id == result.id, _held_by(worker))
            .values(
                state=State.DONE,
                body=result.body,
                engine=result.engine,
                route=" ".join(result.path),
                verdict=result.verdict,
                reason=result.reason,
                fulfilled_at=now,
                **_LET_GO,
            )
        )
        stored += cast("CursorResult[Any]", done).rowcount
    return stored


def fail(
    session: WriteSession, *, worker: str, ids: Collection[str], reason: str, now: datetime
) -> None:
    """Owe these again after a while, or park them as failed after the last attempt.

    Only what `worker` still holds; `reason` names what went wrong and carries no words of people.
    """
    for attempts in range(1, MAX_ATTEMPTS + 1):
        last = attempts == MAX_ATTEMPTS
        session.execute(
            update(Translation)
            .where(
                Translation.id.in_(ids),
                _held_by(worker),
                Translation.attempts >= attempts if last else Translation.attempts == attempts,
            )
            .values(
                state=State.FAILED if last else State.OWED,
                retry_at=None if last else now + retry_after(attempts),
                reason=reason[:200],
                **_LET_GO,
            )
        )


def release(
    session: WriteSession, *, worker: str, now: datetime, wait: timedelta | None = None
) -> None:
    """Give back everything `worker` holds, as if never tried; not to be tried for `wait`."""
    session.execute(
        update(Translation)
        .where(_held_by(worker))
        .values(
            state=State.OWED,
            attempts=Translation.attempts - 1,
            retry_at=now + wait if wait else None,
            **_LET_GO,
        )
    )


_LET_GO: dict[str, Any] = {"claimed_by": None, "lease_ends_at": None}


def _held_by(worker: str) -> ColumnElement[bool]:
    return and_(Translation.state == State.CLAIMED, Translation.claimed_by == worker)


def _park_hopeless(session: WriteSession, *, now: datetime) -> None:
    """Park as failed what was held to the end of its last lease: its worker died of it."""
    hopeless = session.scalars(
        select(Translation.id)
        .where(
            Translation.state == State.CLAIMED,
            Translation.lease_ends_at <= now,
            Translation.attempts >= MAX_ATTEMPTS,
        )
        .with_for_update(skip_locked=True)
    ).all()
    if hopeless:
        session.execute(
            update(Translation)
            .where(Translation.id.in_(hopeless))
            .values(state=State.FAILED, reason="worker stopped during it", **_LET_GO)
        )


def _insert_new(session: WriteSession, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet; another worker may insert the same at once."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        session.execute(_insert_into(session, table).values(some).on_conflict_do_nothing())


def _insert_into(session: WriteSession, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return the insert of this database that knows what to do on a conflict."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
