"""What readers get of texts, in a fixed number of queries, and the figures of translation."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.database import Database, WriteSession
from app.translation import actions, queries
from app.translation.engine import EchoTranslator
from app.translation.models import Translation, Words
from app.translation.queries import TranslationFigures
from app.translation.rules import Result, Standing
from tests.conftest import CountQueries

LEASE = timedelta(minutes=2)


def translate(
    session: WriteSession, now: datetime, *, verdict: str = "show", body: str | None = None
) -> None:
    """Claim one batch and fulfil it, with `body` or an echo."""
    batch = actions.claim(session, worker="w", now=now, lease=LEASE, limit=100)
    assert batch is not None
    results = [
        Result(
            item.id,
            f"[{batch.target}] {item.body}" if body is None else body,
            batch.engine,
            batch.path,
            verdict,
        )
        for item in batch.items
    ]
    actions.fulfil(session, worker="w", results=results, now=now)


def write(session: WriteSession, readership: str, now: datetime, language: str = "en") -> str:
    return actions.write_text(
        session, readership_id=readership, language=language, body="Words.", now=now
    )


@pytest.fixture
def readership(database: Database) -> str:
    """Return a readership that reads en, pt and so, where engines know en, pt and ar."""
    with database.writing() as session:
        actions.refresh_routes(session, routes=EchoTranslator(["en", "pt", "ar"]).routes())
        return actions.open_readership(session, languages=["en", "pt", "so"])


def test_each_reader_gets_what_there_is_for_them(
    database: Database, readership: str, now: datetime
) -> None:
    with database.writing() as session:
        text = write(session, readership, now)
        actions.reconcile(session, now=now, limit=10)

        def standing(reader: str) -> Standing:
            return queries.renditions(session, text_ids=[text], reader=reader)[text].standing

        assert standing("en") is Standing.ORIGINAL
        assert standing("en-GB") is Standing.ORIGINAL
        assert standing("pt") is Standing.PENDING
        assert standing("so") is Standing.NO_ROUTE
        assert standing("ar") is Standing.NOT_ASKED
        translate(session, now)
        found = queries.renditions(session, text_ids=[text], reader="pt")[text]
        assert (found.standing, found.body) == (Standing.TRANSLATED, "[pt] Words.")
        assert (found.route, found.engine, found.verdict) == (("en", "pt"), "echo", "show")


def test_who_reads_a_variant_gets_what_was_translated_for_others(
    database: Database, readership: str, now: datetime
) -> None:
    with database.writing() as session:
        text = write(session, readership, now)
        actions.reconcile(session, now=now, limit=10)
        pending = queries.renditions(session, text_ids=[text], reader="pt-BR")[text]
        assert pending.standing is Standing.PENDING
        translate(session, now)
        found = queries.renditions(session, text_ids=[text], reader="pt-BR")[text]
        assert (found.standing, found.body) == (Standing.TRANSLATED, "[pt] Words.")
        # Once Brazilians join, what there is stays until theirs is done.
        actions.add_languages(session, readership_id=readership, languages=["pt-BR"])
        actions.refresh_routes(session, routes=EchoTranslator(["en", "pt"]).routes())
        actions.reconcile(session, now=now, limit=10)
        assert queries.renditions(session, text_ids=[text], reader="pt-BR")[text] == found
        translate(session, now, body="[pt-BR] Words.")
        own = queries.renditions(session, text_ids=[text], reader="pt-BR")[text]
        assert own.body == "[pt-BR] Words."
        theirs = queries.renditions(session, text_ids=[text], reader="pt")[text]
        assert theirs.body == "[pt] Words."


def test_a_withheld_translation_shows_the_original(
    database: Database, readership: str, now: datetime
) -> None:
    with database.writing() as session:
        text = write(session, readership, now)
        actions.reconcile(session, now=now, limit=10)
        translate(session, now, verdict="withhold", body="")
        found = queries.renditions(session, text_ids=[text], reader="pt")[text]
        assert (found.standing, found.body) == (Standing.WITHHELD, "Words.")


def test_an_erased_text_is_empty_and_an_unknown_one_not_there(
    database: Database, readership: str, now: datetime
) -> None:
    with database.writing() as session:
        text = write(session, readership, now)
        actions.erase_text(session, text_id=text, now=now)
        found = queries.renditions(session, text_ids=[text, "nowhere"], reader="pt")
        assert {key: value.body for key, value in found.items()} == {text: ""}
        assert queries.all_renditions(session, text_id="nowhere") == []


@pytest.mark.parametrize("texts", [1, 10, 300])
def test_any_number_of_texts_takes_two_queries(
    database: Database,
    readership: str,
    now: datetime,
    count_queries: CountQueries,
    texts: int,
) -> None:
    with database.writing() as session:
        ids = [write(session, readership, now) for _ in range(texts)]
        actions.reconcile(session, now=now, limit=1000)
        translate(session, now)
    with database.reading() as session, count_queries(database, 2):
        found = queries.renditions(session, text_ids=ids, reader="pt")
    assert len(found) == texts
    with database.reading() as session, count_queries(database, 0):
        assert queries.renditions(session, text_ids=[], reader="pt") == {}


def test_the_permanent_page_has_the_original_and_every_translation(
    database: Database, readership: str, now: datetime
) -> None:
    with database.writing() as session:
        actions.add_languages(session, readership_id=readership, languages=["ar"])
        text = write(session, readership, now)
        actions.reconcile(session, now=now, limit=10)
        translate(session, now, verdict="warn")
        translate(session, now)
        found = queries.all_renditions(session, text_id=text)
        assert [(r.language, r.body, r.standing) for r in found] == [
            ("en", "Words.", Standing.ORIGINAL),
            ("ar", "[ar] Words.", Standing.TRANSLATED),
            ("pt", "[pt] Words.", Standing.TRANSLATED),
        ]


def test_the_figures_are_right_to_the_unit(
    database: Database, readership: str, now: datetime
) -> None:
    def figures() -> TranslationFigures:
        with database.reading() as session:
            return queries.translation_figures(session, readership_id=readership)

    with database.writing() as session:
        others = actions.open_readership(session, languages=["pt"])
        write(session, others, now)
        write(session, readership, now, "en")  # into pt; no route into so
        write(session, readership, now, "pt")  # into en; no route into so
        write(session, readership, now, "so")  # no route into en or pt
        gone = write(session, readership, now)
        actions.erase_text(session, text_id=gone, now=now)
    # What no worker has noticed yet is owed already.
    assert figures() == TranslationFigures(owed=2, done=0, failed=0, withheld=0, without_route=4)
    with database.writing() as session:
        actions.reconcile(session, now=now, limit=100)
    assert figures().owed == 2
    with database.writing() as session:
        write(session, readership, now, "ar")
        write(session, readership, now, "ar")
        actions.reconcile(session, now=now, limit=100)
        rows = session.scalars(
            select(Translation).join(Words).where(Words.readership_id == readership)
        ).all()
        states: list[tuple[str, str | None]] = [
            ("done", "show"),
            ("done", "warn"),
            ("done", "withhold"),
            ("failed", None),
            ("claimed", None),
            ("owed", None),
        ]
        for row, (state, verdict) in zip(rows, states, strict=True):
            row.state, row.verdict = state, verdict
    assert figures() == TranslationFigures(owed=2, done=2, failed=1, withheld=1, without_route=6)
    with database.writing() as session:
        assert queries.owed_in_all(session) == 3
        actions.refresh_routes(session, routes=[])
    assert figures().owed == 0
    assert figures().without_route == 8
