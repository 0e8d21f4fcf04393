"""Readerships and texts: written once, erased whole; owed is what is missing."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.database import Database
from app.translation import actions, owed, queries
from app.translation.engine import EchoTranslator, RouteOffered
from app.translation.models import Translation, Words


def test_a_readership_reads_its_languages(database: Database) -> None:
    with database.writing() as session:
        readership = actions.open_readership(session, languages=["pt", "en", "pt"])
        actions.add_languages(session, readership_id=readership, languages=["ar", "en"])
    with database.reading() as session:
        assert queries.readership_languages(session, readership) == ["ar", "en", "pt"]


@pytest.mark.postgres
def test_two_people_may_bring_the_same_language_at_once(postgres_database: Database) -> None:
    with postgres_database.writing() as session:
        readership = actions.open_readership(session, languages=[])
    both_inside = threading.Barrier(2)

    def join() -> None:
        with postgres_database.writing() as session:
            both_inside.wait(timeout=10)
            actions.add_languages(session, readership_id=readership, languages=["so", "fr"])

    people = [threading.Thread(target=join) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with postgres_database.reading() as reading:
        assert queries.readership_languages(reading, readership) == ["fr", "so"]


def test_erasing_empties_the_text_and_deletes_its_translations(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        actions.refresh_routes(session, routes=EchoTranslator(["en", "pt", "ar"]).routes())
        readership = actions.open_readership(session, languages=["en", "pt", "ar"])
        kept, erased = (
            actions.write_text(session, readership_id=readership, language="en", body=body, now=now)
            for body in ("Kept.", "Erased.")
        )
        actions.reconcile(session, now=now, limit=10)
    with database.writing() as session:
        actions.erase_text(session, text_id=erased, now=now)
        assert actions.reconcile(session, now=now, limit=10) == 0
    with database.reading() as reading:
        text = reading.get_one(Words, erased)
        assert (text.body, text.erased_at) == ("", now)
        owed_for = set(reading.scalars(select(Translation.text_id)))
        assert owed_for == {kept}


def test_what_is_owed_is_texts_times_languages_times_routes_less_translations(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        actions.refresh_routes(session, routes=EchoTranslator(["en", "pt", "ar"]).routes())
        readership = actions.open_readership(session, languages=["en", "pt", "ar", "so"])
        others = actions.open_readership(session, languages=["pt"])
        for language in ("en", "pt", "so"):
            actions.write_text(
                session, readership_id=readership, language=language, body="Words.", now=now
            )
        actions.write_text(session, readership_id=others, language="en", body="Words.", now=now)
    with database.writing() as session:
        assert actions.reconcile(session, now=now, limit=100) == 5
        assert actions.reconcile(session, now=now, limit=100) == 0
    with database.reading() as session:
        owed = session.execute(
            select(Translation.source, Translation.language, func.count())
            .group_by(Translation.source, Translation.language)
            .order_by(Translation.source, Translation.language)
        ).all()
        assert [tuple(row) for row in owed] == [
            ("en", "ar", 1),
            ("en", "pt", 2),
            ("pt", "ar", 1),
            ("pt", "en", 1),
        ]


def test_the_newest_texts_are_owed_first(database: Database, now: datetime) -> None:
    with database.writing() as session:
        actions.refresh_routes(session, routes=EchoTranslator(["en", "pt"]).routes())
        readership = actions.open_readership(session, languages=["pt"])
        texts = [
            actions.write_text(
                session,
                readership_id=readership,
                language="en",
                body="Words.",
                now=now + timedelta(minutes=minute),
            )
            for minute in range(3)
        ]
        assert actions.reconcile(session, now=now, limit=2) == 2
        assert set(session.scalars(select(Translation.text_id))) == set(texts[1:])


def test_a_new_language_is_owed_for_every_text(database: Database, now: datetime) -> None:
    with database.writing() as session:
        actions.refresh_routes(session, routes=EchoTranslator(["en", "pt", "fr"]).routes())
        readership = actions.open_readership(session, languages=["pt"])
        for _ in range(3):
            actions.write_text(
                session, readership_id=readership, language="en", body="Words.", now=now
            )
        assert actions.reconcile(session, now=now, limit=100) == 3
        actions.add_languages(session, readership_id=readership, languages=["fr"])
        assert actions.reconcile(session, now=now, limit=100) == 3


def test_routes_are_those_offered_now_for_the_tags_in_use(
    database: Database, now: datetime
) -> None:
    pivoted = RouteOffered("ar", "pt", ("ar", "en", "pt"), "argos 1.0, 1.1")
    gone = RouteOffered("ar", "fr", ("ar", "fr"), "argos 1.0")
    better = RouteOffered("ar", "pt", ("ar", "pt"), "argos 2.0")
    with database.writing() as session:
        readership = actions.open_readership(session, languages=["pt-BR"])
        actions.write_text(session, readership_id=readership, language="ar", body="ماء", now=now)
        actions.refresh_routes(session, routes=[pivoted, gone])
        assert {(r.source, r.target, r.path) for r in queries.reachable(session)} == {
            ("ar", "fr", ("ar", "fr")),
            ("ar", "pt", ("ar", "en", "pt")),
            ("ar", "pt-BR", ("ar", "en", "pt")),
        }
        assert not owed.routes_are_stale(session, [pivoted, gone])
        assert owed.routes_are_stale(session, [better])
        actions.refresh_routes(session, routes=[better])
        assert {r.path for r in queries.reachable(session)} == {("ar", "pt")}
        actions.refresh_routes(session, routes=[])
        assert queries.reachable(session) == []
