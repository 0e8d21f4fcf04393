"""The report of what is in the database, on both databases."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.consultations.models import Consultation, Participation
from app.database import Database, WriteSession
from app.discussion.desk_figures import live_figures
from app.discussion.interchange import import_consultation
from app.discussion.models import Hiding, Post, Summary, Thread
from app.languages import count_words
from app.reports.figures import figures
from app.reports.formats import FORMATS
from app.reports.queries import consultation_figures, facts
from app.reports.rules import assemble
from app.translation.models import Translation
from app.translation.rules import Standing
from tests.conftest import CountQueries
from tests.factories import (
    a_consultation,
    a_facilitator,
    a_participation,
    a_post,
    a_text,
    a_thread,
)


def a_small_consultation(session: WriteSession, now: datetime, *, posts: int = 1) -> str:
    """Add a consultation with a thread, and three people of whom one wrote so many posts."""
    consultation = a_consultation(session, now=now, languages=("en", "pt"))
    thread = a_thread(session, consultation=consultation, now=now)
    author = a_participation(
        session, consultation=consultation, now=now, languages=("pt", "en"), arrived_at=now
    )
    for country in ("UG", None):
        a_participation(session, consultation=consultation, now=now, country=country)
    for number in range(posts):
        a_post(session, thread=thread, author=author, now=now, body=f"Água {number}", language="pt")
    return consultation.id


def the_posts(session: WriteSession) -> list[Post]:
    return list(session.scalars(select(Post).order_by(Post.written_at, Post.id)))


def test_facts_hold_what_was_written_and_its_translation(database: Database, now: datetime) -> None:
    with database.writing() as session:
        id = a_small_consultation(session, now)
        (post,) = the_posts(session)
        session.add(
            Translation(
                text_id=post.text_id,
                language="en",
                source="pt",
                state="done",
                owed_at=now,
                body="Water 0",
                engine="argos",
                route="pt en",
                verdict="show",
            )
        )
    with database.reading() as session:
        found = facts(session, consultation_id=id, language="en")
    (read,) = found.posts
    assert read.passage.original == "Água 0"
    assert read.passage.rendition.body == "Water 0"
    assert read.passage.rendition.route == ("pt", "en")
    assert [p.country for p in found.participants].count(None) == 1
    assert sorted(p.languages for p in found.participants) == [("en",), ("en",), ("pt", "en")]


def test_a_hidden_a_held_and_a_withdrawn_post_are_neither_counted_nor_printed(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        id = a_small_consultation(session, now, posts=5)
        hidden, held, withdrawn, shown_again, shown = the_posts(session)
        facilitator = a_facilitator(session, now=now)
        held.held_at = withdrawn.withdrawn_at = now
        for post, undone_at in ((hidden, None), (shown_again, now)):
            session.add(
                Hiding(
                    post_id=post.id,
                    hidden_at=now,
                    hidden_by=facilitator.id,
                    reason_id=post.text_id,
                    undone_at=undone_at,
                )
            )
        expected = {shown.id, shown_again.id}
    with database.reading() as session:
        found = facts(session, consultation_id=id, language="en")
        assert {post.id for post in found.posts} == expected
        assert consultation_figures(session, consultation_id=id).posts == 2


def test_who_wrote_only_hidden_posts_has_not_contributed(database: Database, now: datetime) -> None:
    with database.writing() as session:
        id = a_small_consultation(session, now)
        the_posts(session)[0].withdrawn_at = now
    with database.reading() as session:
        found = consultation_figures(session, consultation_id=id)
    assert (found.registered, found.contributed, found.countries_contributed) == (3, 0, 0)


def test_the_desk_and_the_report_have_the_same_figures(database: Database, now: datetime) -> None:
    with database.writing() as session:
        id = a_small_consultation(session, now, posts=3)
        the_posts(session)[0].withdrawn_at = now
        session.scalars(select(Participation)).first().removed_at = now  # type: ignore[union-attr]  # there are three
    with database.reading() as session:
        live = asdict(live_figures(session, consultation_id=id, imported=False))
        report = asdict(consultation_figures(session, consultation_id=id))
    shared = live.keys() & report.keys()
    assert {"registered", "arrived", "contributed", "posts", "countries_contributed"} <= shared
    assert {key: live[key] for key in shared} == {key: report[key] for key in shared}


def test_the_newest_summary_of_a_thread_is_printed(database: Database, now: datetime) -> None:
    with database.writing() as session:
        id = a_small_consultation(session, now)
        thread = session.scalars(select(Thread)).one()
        consultation = session.get_one(Consultation, id)
        facilitator = a_facilitator(session, now=now)
        for hours, body in ((2, "Newest."), (1, "Older.")):
            text = a_text(session, readership_id=consultation.readership_id, now=now, body=body)
            session.add(
                Summary(
                    thread_id=thread.id,
                    text_id=text.id,
                    written_at=now + timedelta(hours=hours),
                    written_by=facilitator.id,
                )
            )
    with database.reading() as session:
        (read,) = facts(session, consultation_id=id, language="en").threads
    assert read.summary is not None
    assert read.summary.original == "Newest."


@pytest.mark.parametrize("posts", [1, 60])
def test_a_report_takes_the_same_queries_whatever_its_size(
    database: Database, now: datetime, count_queries: CountQueries, posts: int
) -> None:
    with database.writing() as session:
        id = a_small_consultation(session, now, posts=posts)
    with database.reading() as session, count_queries(database, 9):
        assert len(facts(session, consultation_id=id, language="pt").posts) == posts


def test_a_report_does_not_change_when_it_is_made_again(database: Database, now: datetime) -> None:
    with database.writing() as session:
        id = a_small_consultation(session, now, posts=9)
    for write in FORMATS.values():
        made = set()
        for _ in range(2):
            with database.reading() as session:
                document = assemble(facts(session, consultation_id=id, language="en"))
            made.add("".join(write(document)))
        assert len(made) == 1


def test_another_consultations_posts_are_not_in_the_report(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        id = a_small_consultation(session, now, posts=2)
        a_small_consultation(session, now, posts=3)
    with database.reading() as session:
        found = consultation_figures(session, consultation_id=id)
    assert (found.registered, found.posts, found.threads) == (3, 2, 1)


# --- the real size ------------------------------------------------------------------------------


@pytest.fixture
def real(shared_data: Path) -> dict[str, Any]:
    """Return the consultation of the real size as parsed JSON."""
    found: dict[str, Any] = json.loads((shared_data / "consultation.json").read_text("utf-8"))
    return found


@pytest.mark.shared
def test_the_figures_of_the_real_size_are_right_to_the_unit(
    database: Database, now: datetime, real: dict[str, Any]
) -> None:
    with database.writing() as session:
        import_consultation(session, document=real, now=now)
    with database.reading() as session:
        id = session.scalars(select(Consultation.id)).one()
        read = facts(session, consultation_id=id, language="en")
    people = {person["id"]: person for person in real["people"]}
    authors = {post["author"] for post in real["posts"]}
    found = figures(read)
    assert (found.registered, found.arrived) == (len(people), None) == (177, None)
    assert found.contributed == len(authors) == 112
    assert found.countries_registered == len({p["country"] for p in people.values()} - {None}) == 69
    assert (
        found.countries_contributed == len({people[a]["country"] for a in authors} - {None}) == 58
    )
    assert (found.posts, found.threads) == (len(real["posts"]), len(real["threads"])) == (335, 9)
    assert found.words == sum(count_words(post["text"]) for post in real["posts"])
    assert found.languages_written == len({post["language"] for post in real["posts"]}) == 12
    assert found.languages_read == len({t for p in people.values() for t in p["languages"]}) == 12
    assert found.days == 3


@pytest.mark.shared
def test_the_report_of_the_real_size_prints_every_post_as_its_author_chose(
    sqlite_database: Database, now: datetime, real: dict[str, Any]
) -> None:
    with sqlite_database.writing() as session:
        import_consultation(session, document=real, now=now)
    with sqlite_database.reading() as session:
        id = session.scalars(select(Consultation.id)).one()
        document = assemble(facts(session, consultation_id=id, language="en"))
    report = json.loads("".join(FORMATS["json"](document)))
    people = {person["id"]: person for person in real["people"]}
    by_choice = Counter(people[post["author"]]["quotation"] for post in real["posts"])
    printed = [post for thread in report["threads"] for post in thread["posts"]]
    assert Counter(post["author"]["quotation"] for post in printed) == by_choice
    assert {p["passage"]["text"] for p in printed if p["passage"]} == {
        p["text"] for p in real["posts"] if people[p["author"]]["quotation"] != "none"
    }
    assert sum(post["reply_to"] is not None for post in printed) == sum(
        post["reply_to"] is not None for post in real["posts"]
    )
    named = Counter(p["author"]["name"] for p in printed if p["author"]["quotation"] == "name")
    assert named == Counter(
        people[p["author"]]["name"]
        for p in real["posts"]
        if people[p["author"]]["quotation"] == "name"
    )
    shown = {row["key"]: row["count"] for row in report["tables"]["registered_by_country"]["rows"]}
    joined = Counter(person["country"] for person in people.values())
    assert shown == {country: n for country, n in joined.items() if country and n >= 5}
    assert Standing.NO_ROUTE in document.translation.not_translated
