"""A consultation goes into the database from a file and comes out of it again, equal."""

import copy
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from app.consultations.models import Consultation
from app.database import Base, Database, ReadSession
from app.discussion.interchange import import_consultation
from app.discussion.interchange_check import check, read
from app.discussion.interchange_export import export_consultation
from app.discussion.models import Post, Revision
from app.identity.actions import add_facilitator
from app.refusals import Kind, Refusal
from app.translation.models import ReadershipLanguage, Translation, Words
from tests.conftest import CountQueries

Document = dict[str, Any]


def person(number: int, *languages: str, **other: Any) -> Document:
    return {
        "id": f"p{number}",
        "name": f"Person {number}",
        "country": "KE",
        "languages": list(languages),
        "organisation_type": None,
        "quotation": "name",
        "joined_at": "2026-03-01T09:00:00+00:00",
        **other,
    }


def post(number: int, *, thread: int = 2, author: str = "p1", **other: Any) -> Document:
    return {
        "id": f"c{number}",
        "thread": thread,
        "author": author,
        "reply_to": None,
        "language": "pt",
        "text": f"Olá {number}\n\ne adeus ",
        "written_at": f"2026-03-02T10:{number:02}:00+00:00",
        **other,
    }


def document() -> Document:
    """Return a small file: threads, people and posts stand in no order that sorting could find."""
    return {
        "format": "baraza-consultation/1",
        "slug": "small-one",
        "language": "en",
        "title": "A small one",
        "brief": "Why we ask.\n\nAnd what happens then.",
        "organiser": "Neighbours",
        "opens_at": "2026-03-01T06:00:00+00:00",
        "closes_at": "2026-03-04T06:00:00.250000+00:00",
        "timezone": "Africa/Nairobi",
        "threads": [
            {"number": 2, "title": "Second", "question": "What then?"},
            {"number": 1, "title": "First", "question": "What now?"},
        ],
        "people": [
            person(3, "ar"),
            person(1, "pt", "en", country=None),
            person(2, "sw", organisation_type="donor", quotation="none"),
        ],
        "posts": [
            post(4, reply_to="c9"),  # stands before what it answers
            post(1),
            post(9, author="p3", language="ar", text="مرحبا", reply_to="c1"),
            post(5, thread=1, author="p2"),
        ],
    }


def with_everything() -> Document:
    """Return a file with every field that an export can add."""
    full = document()
    at = "2026-03-02T12:00:00+00:00"
    words = {"language": "en", "text": "Because."}
    translation = {
        "language": "pt",
        "text": "Porque.",
        "engine": "argos en_pt 1.0",
        "route": ["en", "pt"],
        "verdict": "show",
        "translated_at": at,
    }
    by_hand = {
        **translation,
        "language": "sw",
        "engine": "person",
        "route": None,
        "verdict": None,
        "translated_at": None,
    }
    translations = {"translations": [translation, by_hand]}
    full |= {
        "promise": "A report comes back.",
        "consent": "I agree.",
        "results_due_on": "2026-04-01",
        "by_invitation": True,
        "word_limit": 300,
        "small_count": 7,
        "published_at": at,
        "announcements": [{**words, "announced_at": at, **translations}],
        "schedule_changes": [
            {
                **words,
                "changed_at": at,
                "opened_at_before": "2026-03-01T06:00:00+00:00",
                "closed_at_before": "2026-03-03T06:00:00+00:00",
                "opens_at": "2026-03-01T06:00:00+00:00",
                "closes_at": "2026-03-04T06:00:00+00:00",
            }
        ],
        "translations": {"title": [translation], "consent": [translation]},
    }
    full["threads"][0] |= {
        "opens_at": "2026-03-01T07:00:00+00:00",
        "closes_at": "2026-03-03T07:00:00+00:00",
        "theme_on": "2026-03-02",
        "summaries": [{**words, "written_at": at}],
        "closures": [
            {"closed_at": "2026-03-01T08:00:00+00:00", "reopened_at": at},
            {**words, "closed_at": "2026-03-02T13:00:00+00:00"},
        ],
        "translations": {"question": [translation]},
    }
    full["people"][0] |= {"arrived_at": at, "removed_at": at, "consented": True}
    full["posts"][0] |= {"quotation": "none", "hidden": [{**words, "hidden_at": at}]}
    full["posts"][1] |= {
        "revisions": [
            {"language": "pt", "text": "Oi", "written_at": "2026-03-02T10:01:00+00:00"},
            {
                "language": "pt",
                "text": full["posts"][1]["text"],
                "written_at": "2026-03-02T10:09:00+00:00",
            },
        ],
        "translations": [translation],
        "held": at,
    }
    full["posts"][2] |= {"text": "", "withdrawn": at}
    full["posts"][3] |= {"text": "", "erased": at}
    return full


def take_in(database: Database, taken: Document, now: datetime, name: str | None = None) -> str:
    with database.writing() as session:
        facilitator_id = add_facilitator(session, name=name, now=now).id if name else None
        return import_consultation(session, document=taken, now=now, facilitator_id=facilitator_id)


def give_out(database: Database, slug: str, *, translations: bool = False) -> Document:
    with database.reading() as session:
        return export_consultation(session, slug=slug, translations=translations)


def rows(session: ReadSession) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def test_what_goes_in_comes_out(database: Database, now: datetime) -> None:
    assert take_in(database, document(), now) == "small-one"

    assert give_out(database, "small-one") == document()


def test_everything_an_export_adds_goes_in_and_comes_out(database: Database, now: datetime) -> None:
    take_in(database, with_everything(), now, "Amina")

    assert give_out(database, "small-one", translations=True) == with_everything()


def test_translations_stay_out_unless_asked_for(database: Database, now: datetime) -> None:
    take_in(database, with_everything(), now, "Amina")

    assert "translations" not in json.dumps(give_out(database, "small-one"))


@pytest.mark.shared
def test_the_consultation_of_the_real_size_comes_out_equal(
    database: Database, now: datetime, shared_data: Path
) -> None:
    content = (shared_data / "consultation.json").read_bytes()
    take_in(database, read(content), now)

    assert give_out(database, "partnerships") == json.loads(content)


def test_the_demonstration_can_be_imported(database: Database, now: datetime) -> None:
    content = (Path(__file__).parents[2] / "demo" / "consultation.json").read_bytes()

    assert check(read(content)) == []
    assert take_in(database, read(content), now) == "near-and-far"
    assert give_out(database, "near-and-far") == json.loads(content)


def test_instants_come_out_in_utc(sqlite_database: Database, now: datetime) -> None:
    taken = document() | {"opens_at": "2026-03-01T09:00+03:00", "closes_at": "2026-03-04T06:00:00Z"}
    take_in(sqlite_database, taken, now)

    given = give_out(sqlite_database, "small-one")
    assert given["opens_at"] == "2026-03-01T06:00:00+00:00"
    assert given["closes_at"] == "2026-03-04T06:00:00+00:00"


def test_readers_read_the_languages_of_the_people_and_of_the_consultation(
    sqlite_database: Database, now: datetime
) -> None:
    take_in(sqlite_database, document() | {"language": "fr"}, now)

    with sqlite_database.reading() as session:
        tags = session.scalars(select(ReadershipLanguage.language))
        assert sorted(tags) == ["ar", "en", "fr", "pt", "sw"]


def test_the_same_words_twice_in_a_file_are_two_posts(database: Database, now: datetime) -> None:
    taken = document()
    taken["posts"] = [post(1, text="Sim."), post(2, text="Sim."), post(3, text=" Sim.\n")]
    take_in(database, taken, now)

    assert give_out(database, "small-one") == taken
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Post)) == 3
        assert len(set(session.scalars(select(Revision.digest)))) == 3


def test_a_long_chain_of_replies_is_no_problem(sqlite_database: Database, now: datetime) -> None:
    taken = document()
    taken["posts"] = [
        post(1, id=f"c{n}", reply_to=f"c{n + 1}" if n < 3000 else None) for n in range(3001)
    ]
    take_in(sqlite_database, taken, now)

    assert give_out(sqlite_database, "small-one")["posts"] == taken["posts"]


def test_a_translation_made_here_is_in_the_export(sqlite_database: Database, now: datetime) -> None:
    take_in(sqlite_database, document(), now)
    with sqlite_database.writing() as session:
        text_id = session.scalars(select(Words.id).where(Words.body == "مرحبا")).one()
        for language, state, body in (("pt", "done", "Olá"), ("sw", "owed", None)):
            session.add(
                Translation(
                    text_id=text_id,
                    language=language,
                    state=state,
                    source="ar",
                    owed_at=now,
                    body=body,
                    engine="argos",
                    route="ar en pt",
                    verdict="warn",
                    reason="digits",
                    fulfilled_at=now,
                )
            )

    given = give_out(sqlite_database, "small-one", translations=True)
    assert given["posts"][2]["translations"] == [
        {
            "language": "pt",
            "text": "Olá",
            "engine": "argos",
            "route": ["ar", "en", "pt"],
            "verdict": "warn",
            "translated_at": now.isoformat(),
            "reason": "digits",
        }
    ]
    assert give_out(sqlite_database, "small-one") == document()


def test_words_that_were_taken_back_do_not_leave(sqlite_database: Database, now: datetime) -> None:
    taken = document()
    take_in(sqlite_database, taken, now)
    with sqlite_database.writing() as session:
        session.execute(update(Post).where(Post.imported_id == "c1").values(withdrawn_at=now))

    taken["posts"][1] |= {"text": "", "withdrawn": now.isoformat()}
    assert give_out(sqlite_database, "small-one") == taken


def test_what_is_written_here_stands_last_with_its_own_id(
    sqlite_database: Database, now: datetime
) -> None:
    take_in(sqlite_database, document(), now)
    with sqlite_database.writing() as session:
        first = session.scalars(select(Post).where(Post.imported_id == "c1")).one()
        words = session.get_one(Words, first.text_id)
        own = Words(readership_id=words.readership_id, language="en", body="Mine", written_at=now)
        session.add(own)
        session.flush()
        session.add(
            Post(
                id="k" * 16,
                thread_id=first.thread_id,
                participation_id=first.participation_id,
                reply_to_id=first.id,
                text_id=own.id,
                written_at=now,
            )
        )

    assert give_out(sqlite_database, "small-one")["posts"][4:] == [
        {
            "id": "k" * 16,
            "thread": 2,
            "author": "p1",
            "reply_to": "c1",
            "language": "en",
            "text": "Mine",
            "written_at": now.isoformat(),
        }
    ]


def test_an_export_asks_as_often_for_many_posts(
    sqlite_database: Database, now: datetime, count_queries: CountQueries
) -> None:
    taken = document()
    take_in(sqlite_database, taken, now)
    many = document() | {"slug": "many", "posts": [post(1, id=f"c{n}") for n in range(300)]}
    take_in(sqlite_database, many, now)

    for slug in ("small-one", "many"):
        with count_queries(sqlite_database, 12):
            give_out(sqlite_database, slug)


def test_nobody_can_export_what_is_not_there(sqlite_database: Database) -> None:
    with pytest.raises(Refusal, match="There is no consultation at nowhere") as caught:
        give_out(sqlite_database, "nowhere")
    assert caught.value.kind == Kind.MISSING


# --- what is refused -------------------------------------------------------------------------


def test_the_same_file_is_not_taken_twice(database: Database, now: datetime) -> None:
    take_in(database, document(), now)
    with database.reading() as session:
        before = rows(session)

    with pytest.raises(Refusal, match="There is already a consultation at small-one") as caught:
        take_in(database, document(), now)
    assert caught.value.field == "slug"
    with database.reading() as session:
        assert rows(session) == before


def test_acts_of_facilitators_need_a_facilitator(sqlite_database: Database, now: datetime) -> None:
    acts = with_everything()
    for path in ("announcements", "threads[0].summaries", "threads[0].closures", "posts[0].hidden"):
        with pytest.raises(Refusal) as caught:
            take_in(sqlite_database, acts, now)
        assert (caught.value.code, caught.value.field) == ("facilitator_needed", path)
        if path == "announcements":
            del acts["announcements"]
        elif path.startswith("threads"):
            del acts["threads"][0][path.removeprefix("threads[0].")]
    with sqlite_database.reading() as session:
        assert set(rows(session).values()) == {0}


def _set(*path: Any) -> Callable[[Document], None]:
    """Return what sets the value at a path: `_set("posts", 0, "thread", 14)`."""
    *way, last, value = path

    def change(broken: Any) -> None:
        for step in way:
            broken = broken[step]
        broken[last] = value

    return change


def _drop(*path: Any) -> Callable[[Document], None]:
    *way, last = path

    def change(broken: Any) -> None:
        for step in way:
            broken = broken[step]
        del broken[last]

    return change


BROKEN: list[tuple[str, str, Callable[[Document], None]]] = [
    ("format", "must be one of", _set("format", "baraza-consultation/2")),
    ("format", "is missing", _drop("format")),
    ("slug", "small letters", _set("slug", "Small One")),
    ("slug", "small letters", _set("slug", "../etc")),
    ("slug", "small letters", _set("slug", "a" * 81)),
    ("slug", "in quotation marks", _set("slug", 7)),
    ("language", "no language xx", _set("language", "xx")),
    ("language", "in quotation marks", _set("language", None)),
    ("title", "is empty", _set("title", " \n")),
    ("title", "is missing", _drop("title")),
    ("title", "U+000A", _set("title", "Two\nlines")),
    ("brief", "is empty", _set("brief", "\u200b")),
    ("brief", "U+0000", _set("brief", "a\0b")),
    ("brief", "U+D800", _set("brief", "a\ud800b")),
    ("organiser", "longer than 200", _set("organiser", "x" * 201)),
    ("opens_at", "its offset", _set("opens_at", "2026-03-01T06:00:00")),
    ("opens_at", "its offset", _set("opens_at", "2026-02-30T06:00:00+00:00")),
    ("opens_at", "its offset", _set("opens_at", "0001-01-01T00:00:00+14:00")),
    ("opens_at", "its offset", _set("opens_at", "2026-03-01T06:00:00.1234567+00:00")),
    ("opens_at", "its offset", _set("opens_at", "٢٠٢٦-03-01T06:00:00+00:00")),
    ("closes_at", "in quotation marks", _set("closes_at", 1772344800)),
    ("closes_at", "after opens_at", _set("closes_at", "2026-03-01T06:00:00+00:00")),
    ("closes_at", "after opens_at", _set("closes_at", "2026-03-01T08:59:59+03:00")),
    ("timezone", "no time zone Africa/Nowhere", _set("timezone", "Africa/Nowhere")),
    ("timezone", "no time zone ../../etc/passwd", _set("timezone", "../../etc/passwd")),
    ("threads", "must be a list", _set("threads", {})),
    ("threads[1]", "an object", _set("threads", 1, "First")),
    ("threads[1].number", "2 is here twice", _set("threads", 1, "number", 2)),
    ("threads[1].number", "1 or more", _set("threads", 1, "number", 0)),
    ("threads[1].number", "a whole number", _set("threads", 1, "number", True)),
    ("threads[1].number", "a whole number", _set("threads", 1, "number", 1.0)),
    ("threads[0].question", "is missing", _drop("threads", 0, "question")),
    ("threads[0].closes_at", "after opens_at", _set(
        "threads", 0, document()["threads"][0] | {
            "opens_at": "2026-03-02T00:00:00+00:00", "closes_at": "2026-03-01T00:00:00+00:00",
        },
    )),
    ("threads[0].closures[0]", "or neither", _set(
        "threads", 0, "closures", [{"closed_at": "2026-03-02T00:00:00+00:00", "text": "So."}],
    )),
    ("people[0].id", "in quotation marks", _set("people", 0, "id", 3)),
    ("people[2].id", "p3 is here twice", _set("people", 2, "id", "p3")),
    ("people[2].name", "is empty", _set("people", 2, "name", "")),
    ("people[2].name", "longer than 80", _set("people", 2, "name", "n" * 81)),
    ("people[2].name", "U+202E", _set("people", 2, "name", "Amina\u202e")),
    ("people[0].country", "no country XX", _set("people", 0, "country", "XX")),
    ("people[0].country", "no country ke", _set("people", 0, "country", "ke")),
    ("people[0].country", "is missing", _drop("people", 0, "country")),
    ("people[1].languages", "at least one", _set("people", 1, "languages", [])),
    ("people[1].languages", "must be a list", _set("people", 1, "languages", "pt")),
    ("people[1].languages[1]", "no language english", _set("people", 1, "languages", 1, "english")),
    ("people[1].languages[1]", "pt is here twice", _set("people", 1, "languages", 1, "pt")),
    ("people[1].languages[1]", "Write pt-BR instead", _set("people", 1, "languages", 1, "pt_br")),
    ("people[1].languages[0]", "in quotation marks", _set("people", 1, "languages", 0, ["pt"])),
    ("people[2].quotation", "must be one of", _set("people", 2, "quotation", "anonymous")),
    ("people[2].quotation", "must be one of", _set("people", 2, "quotation", ["none"])),
    ("people[2].organisation_type", "is empty", _set("people", 2, "organisation_type", "")),
    ("people[2].consented", "no consent text", _set("people", 2, "consented", True)),
    ("people[0].email", "no such field", _set("people", 0, "email", "someone")),
    ("posts", "is missing", _drop("posts")),
    ("posts[1].id", "c4 is here twice", _set("posts", 1, "id", "c4")),
    ("posts[1].thread", "no thread 14", _set("posts", 1, "thread", 14)),
    ("posts[1].thread", "a whole number", _set("posts", 1, "thread", "1")),
    ("posts[1].author", "no person p8", _set("posts", 1, "author", "p8")),
    ("posts[1].reply_to", "no post c77", _set("posts", 1, "reply_to", "c77")),
    ("posts[1].reply_to", "in another thread", _set("posts", 1, "reply_to", "c5")),
    ("posts[1].reply_to", "in a circle", _set("posts", 1, "reply_to", "c1")),
    ("posts[0].reply_to", "in a circle", _set("posts", 1, "reply_to", "c4")),
    ("posts[1].language", "Write pt instead", _set("posts", 1, "language", "pt-")),
    ("posts[1].text", "is empty", _set("posts", 1, "text", "  ")),
    ("posts[1].text", "in quotation marks", _set("posts", 1, "text", None)),
    ("posts[1].text", "must have no words", _set(
        "posts", 1, "withdrawn", "2026-03-02T00:00:00+00:00",
    )),
    ("posts[1].revisions", "all wordings", _set("posts", 1, "revisions", [])),
    ("posts[1].revisions[1]", "that of the post", _set("posts", 1, "revisions", [
        {"language": "pt", "text": text, "written_at": "2026-03-02T00:00:00+00:00"}
        for text in ("A", "B")
    ])),
    ("posts[1].written_at", "is missing", _drop("posts", 1, "written_at")),
    ("posts[1].score", "no such field", _set("posts", 1, "score", 5)),
    ("theme", "no such field", _set("theme", "peace")),
    ("results_due_on", "a date such as", _set("results_due_on", "20260401")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "reason", "breaks"), BROKEN)
def test_a_broken_file_is_refused_with_its_field(
    path: str,
    reason: str,
    breaks: Callable[[Document], None],
    sqlite_database: Database,
    now: datetime,
) -> None:
    broken = document()
    breaks(broken)

    faults = check(broken)
    assert faults[0].path == path
    assert reason in faults[0].reason
    with pytest.raises(Refusal) as caught:
        take_in(sqlite_database, broken, now)
    assert (caught.value.kind, caught.value.field) == (Kind.INVALID, path)
    with sqlite_database.reading() as session:
        assert set(rows(session).values()) == {0}


@pytest.mark.parametrize("broken", [None, [], "text", 3, True])
def test_what_is_no_object_is_refused(broken: object) -> None:
    assert [str(fault) for fault in check(broken)] == ["This must be an object in curly brackets."]


def test_every_fault_is_named_at_once() -> None:
    broken = document() | {"slug": "NO", "people": [person(1), person(2, "??")]}

    assert [fault.path for fault in check(broken)] == [
        "slug",
        "people[0].languages",
        "people[1].languages[0]",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{\n "format": 1,\n "slug" "x"\n}', "Line 3, column 9 is not JSON"),
        (b"", "Line 1, column 1 is not JSON"),
        (b'{"a": 1}\n{"b": 2}', "Line 2, column 1 is not JSON"),
        (b'{\n"a": "\xff"}', "Line 2 is not UTF-8 text."),
        (b'{"a": NaN}', "NaN is not a number in JSON"),
        (b"[" * 100_000, "cannot be read"),
        (b"9" * 5000, "cannot be read"),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(content: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(content)
    assert caught.value.code == "unreadable_file"
    assert reason in str(caught.value)


def test_a_field_that_stands_twice_is_refused() -> None:
    twice = json.dumps(document()).replace('"title": "First"', '"title": "A", "title": "First"')

    assert [str(fault) for fault in check(read(twice.encode()))] == [
        "threads[1].title: This field stands here twice."
    ]


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    assert read(b"\xef\xbb\xbf{}") == {}


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found = []
    for key in keys:
        found.append((*way, key))
        if isinstance(value[key], dict | list):
            found.extend(_places(value[key], (*way, key)))
    return found


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)


@settings(max_examples=400, deadline=None)
@given(place=st.sampled_from(_places(with_everything())), value=_ANYTHING)
def test_the_check_has_an_answer_to_anything(place: tuple[Any, ...], value: object) -> None:
    broken = copy.deepcopy(with_everything())
    _set(*place, value)(broken)

    assert all(fault.reason for fault in check(broken))


def test_a_full_file_is_faultless() -> None:
    assert check(with_everything()) == []


def test_an_import_is_marked_as_one(sqlite_database: Database, now: datetime) -> None:
    take_in(sqlite_database, document(), now)

    with sqlite_database.reading() as session:
        one = session.scalars(select(Consultation)).one()
        assert (one.imported, one.created_at) == (True, now)
