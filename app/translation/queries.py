"""Reading texts in a reader's language, and how far their translation is."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select

from app.database import ReadSession
from app.languages import readable_as_is
from app.translation.engine import RouteOffered
from app.translation.models import ReadershipLanguage, Route, Translation, Words
from app.translation.rules import Rendition, State, Verdict, rendition


@dataclass(frozen=True)
class TranslationFigures:
    """How many translations are still owed, done, given up and withheld by the checks.

    `without_route` counts the pairs of text and reading language that no engine here can serve.
    """

    owed: int
    done: int
    failed: int
    withheld: int
    without_route: int


def originals(session: ReadSession, *, text_ids: Collection[str]) -> dict[str, Rendition]:
    """Return each text as it was written, in one query; an unknown id is left out."""
    rows = session.execute(
        select(Words.id, Words.body, Words.language).where(Words.id.in_(text_ids))
    )
    return {
        row.id: rendition(
            text_id=row.id, body=row.body, source_language=row.language, reader=row.language
        )
        for row in rows
    }


def renditions(
    session: ReadSession, *, text_ids: Collection[str], reader: str
) -> dict[str, Rendition]:
    """Return each text as a reader of the language `reader` gets it, in two queries.

    An erased text has an empty body; an unknown id is left out.
    """
    if not text_ids:
        return {}
    tags = tags_read_as(session, reader)
    rank = {tag: position for position, tag in enumerate(tags)}
    rows = session.execute(
        select(
            Words.id,
            Words.body,
            Words.language,
            ReadershipLanguage.language.label("owed_in"),
            Route.path.label("way"),
            Translation.state,
            Translation.body.label("translated"),
            Translation.language.label("translated_into"),
            Translation.route,
            Translation.engine,
            Translation.verdict,
        )
        .outerjoin(
            ReadershipLanguage,
            and_(
                ReadershipLanguage.readership_id == Words.readership_id,
                ReadershipLanguage.language.in_(tags),
            ),
        )
        .outerjoin(
            Translation, and_(Translation.text_id == Words.id, Translation.language.in_(tags))
        )
        .outerjoin(Route, and_(Route.source == Words.language, Route.target.in_(tags)))
        .where(Words.id.in_(text_ids))
    ).all()
    best: dict[str, Any] = {}
    has_route: set[str] = set()
    is_owed: set[str] = set()

    def preference(row: Any) -> tuple[bool, int]:
        return (row.state != State.DONE, rank.get(row.translated_into, len(tags)))

    for row in rows:
        # A text appears once for each of the tags alike (`pt`, `pt-BR`) that serve this reader.
        if row.way:
            has_route.add(row.id)
        if row.owed_in:
            is_owed.add(row.id)
        if row.id not in best or preference(row) < preference(best[row.id]):
            best[row.id] = row
    return {
        row.id: rendition(
            text_id=row.id,
            body=row.body,
            source_language=row.language,
            reader=reader,
            state=row.state,
            translated=row.translated,
            route=row.route,
            engine=row.engine,
            verdict=row.verdict,
            has_route=row.id in has_route,
            is_owed=row.id in is_owed,
        )
        for row in best.values()
    }


def all_renditions(session: ReadSession, *, text_id: str) -> list[Rendition]:
    """Return the original, then every finished translation that is not withheld, by language."""
    text = session.execute(
        select(Words.id, Words.body, Words.language).where(Words.id == text_id)
    ).first()
    if text is None:
        return []
    rows = session.execute(
        select(Translation)
        .where(
            Translation.text_id == text_id,
            Translation.state == State.DONE,
            Translation.verdict != Verdict.WITHHOLD,
        )
        .order_by(Translation.language)
    ).scalars()
    original = rendition(
        text_id=text.id, body=text.body, source_language=text.language, reader=text.language
    )
    return [original] + [
        rendition(
            text_id=text.id,
            body=text.body,
            source_language=text.language,
            reader=row.language,
            state=row.state,
            translated=row.body,
            route=row.route,
            engine=row.engine,
            verdict=row.verdict,
            has_route=True,
        )
        for row in rows
    ]


def reachable(session: ReadSession) -> list[RouteOffered]:
    """Return every route the engines offer now, for the tags in use."""
    rows = session.execute(
        select(Route.source, Route.target, Route.path, Route.engine).order_by(
            Route.source, Route.target
        )
    )
    return [RouteOffered(s, t, tuple(path.split()), engine) for s, t, path, engine in rows]


def readership_languages(session: ReadSession, readership_id: str) -> list[str]:
    """Return the languages a readership reads, in the order of their tags."""
    return list(
        session.scalars(
            select(ReadershipLanguage.language)
            .where(ReadershipLanguage.readership_id == readership_id)
            .order_by(ReadershipLanguage.language)
        )
    )


def translation_figures(session: ReadSession, *, readership_id: str) -> TranslationFigures:
    """Return how far the translation of a readership's texts is, to the unit."""
    return _figures(session, _pairs().where(Words.readership_id == readership_id))


def owed_in_all(session: ReadSession) -> int:
    """Return how many translations are still owed in the whole installation."""
    return _figures(session, _pairs()).owed


def tags_read_as(session: ReadSession, reader: str) -> list[str]:
    """Return the tags in readers' use that a reader of `reader` reads as is, the same one first.

    Whoever reads `pt-BR` reads what was translated for others into `pt`.
    """
    known = session.scalars(select(ReadershipLanguage.language).distinct())
    alike = sorted(tag for tag in known if tag != reader and readable_as_is(tag, reader))
    return [reader, *alike]


def _pairs() -> Select[str, str, str, str | None, bool, int]:
    """Select counts of text x reading language, by languages, state, verdict and route."""
    route = Route.path.is_not(None).label("has_route")
    columns = (
        Words.language,
        ReadershipLanguage.language,
        Translation.state,
        Translation.verdict,
        route,
    )
    return (
        select(*columns, func.count())
        .select_from(Words)
        .join(ReadershipLanguage, ReadershipLanguage.readership_id == Words.readership_id)
        .outerjoin(
            Translation,
            and_(
                Translation.text_id == Words.id,
                Translation.language == ReadershipLanguage.language,
            ),
        )
        .outerjoin(
            Route,
            and_(Route.source == Words.language, Route.target == ReadershipLanguage.language),
        )
        .where(Words.erased_at.is_(None), Words.body != "")
        .group_by(*columns)
    )


def _figures(
    session: ReadSession, pairs: Select[str, str, str, str | None, bool, int]
) -> TranslationFigures:
    counts = dict.fromkeys(("owed", "done", "failed", "withheld", "without_route"), 0)
    for source, target, state, verdict, has_route, count in session.execute(pairs):
        if readable_as_is(source, target):
            continue
        if state == State.DONE:
            counts["withheld" if verdict == Verdict.WITHHOLD else "done"] += count
        elif state == State.FAILED:
            counts["failed"] += count
        else:
            counts["owed" if has_route else "without_route"] += count
    return TranslationFigures(**counts)
