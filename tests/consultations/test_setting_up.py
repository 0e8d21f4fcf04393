"""What facilitators do with a consultation: both databases, edges of time, the log of every act."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from app.consultations.drafts import Draft, Wording
from app.consultations.models import (
    Announcement,
    Consultation,
)
from app.consultations.publishing import announce
from app.consultations.queries import consultation, facilitates
from app.consultations.setting_up import (
    change_settings,
    change_words,
    create_consultation,
    offer_language,
    wording_mark,
)
from app.consultations.typed import as_typed, instant_or_same
from app.database import Database
from app.identity.queries import acts, verify_acts
from app.refusals import Refusal
from app.translation.models import Words
from app.translation.queries import readership_languages
from tests.factories import a_facilitator

DRAFT = Draft(
    language="en",
    title="Water for all",
    brief="What does your village need?",
    organiser="The Water Council",
    promise="We write a report.",
    consent="I agree.",
    results_due_on="2026-05-01",
    opens="2026-04-01T09:00",
    closes="2026-04-04T18:00",
    timezone="Africa/Nairobi",
)


def facilitator(database: Database, now: datetime, name: str = "Grace") -> str:
    with database.writing() as session:
        return a_facilitator(session, now=now, name=name).id


def create(database: Database, now: datetime, draft: Draft = DRAFT, by: str | None = None) -> str:
    by = by or facilitator(database, now)
    with database.writing() as session:
        return create_consultation(session, facilitator_id=by, draft=draft, now=now)


def verbs(database: Database) -> list[str]:
    with database.reading() as session:
        assert verify_acts(session) is None
        return [act.verb for act in reversed(acts(session))]


def body(database: Database, text_id: str | None) -> str:
    with database.reading() as session:
        return session.get_one(Words, text_id).body


def test_a_draft_becomes_a_consultation(database: Database, now: datetime) -> None:
    by = facilitator(database, now)
    slug = create(database, now, replace(DRAFT, offered=("pt_br", "so")), by)
    with database.reading() as session:
        view = consultation(session, slug)
        assert view is not None
        assert slug == "water-for-all"
        assert view.schedule.opens_at == datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
        assert view.schedule.closes_at == datetime(2026, 4, 4, 15, 0, tzinfo=UTC)
        assert view.results_due_on == date(2026, 5, 1)
        assert (view.word_limit, view.small_count, view.by_invitation) == (600, 5, False)
        assert readership_languages(session, view.readership_id) == ["en", "pt-BR", "so"]
        assert facilitates(session, consultation_id=view.id, facilitator_id=by)
        [act] = acts(session)
        expected = ("Grace", "created a consultation", "consultation", view.id)
        assert (act.actor_name, act.verb, act.object_kind, act.object_id) == expected
    assert body(database, view.title_id) == "Water for all"
    assert body(database, view.consent_id) == "I agree."


def test_somebody_else_does_not_run_it(database: Database, now: datetime) -> None:
    create(database, now)
    other = facilitator(database, now, "Moussa")
    with database.reading() as session:
        view = consultation(session, "water-for-all")
        assert view is not None
        assert not facilitates(session, consultation_id=view.id, facilitator_id=other)


def test_a_draft_sent_twice_is_one_consultation(database: Database, now: datetime) -> None:
    by = facilitator(database, now)
    assert create(database, now, DRAFT, by) == create(database, now, DRAFT, by)
    assert verbs(database) == ["created a consultation"]


def test_another_consultation_of_the_same_title_gets_another_address(
    database: Database, now: datetime
) -> None:
    by = facilitator(database, now)
    create(database, now, DRAFT, by)
    other = replace(DRAFT, brief="And what does your town need?")
    assert create(database, now, other, by) == "water-for-all-2"
    with pytest.raises(Refusal) as refused:
        create(database, now, replace(other, brief="What else?", slug="water-for-all"), by)
    assert (refused.value.code, refused.value.field) == ("slug_taken", "slug")


def test_a_title_without_latin_letters_gets_an_address_too(
    database: Database, now: datetime
) -> None:
    slug = create(database, now, replace(DRAFT, title="ماء للجميع", language="ar"))
    assert len(slug) == 8
    assert slug.isascii()


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"title": " \u202e "}, "title_missing", "title"),
        ({"title": "x" * 201}, "line_too_long", "title"),
        ({"brief": " \n "}, "brief_missing", "brief"),
        ({"brief": "wo\x00rds"}, "control_characters", "brief"),
        ({"brief": "word " * 1001}, "too_long", "brief"),
        ({"consent": ""}, "consent_missing", "consent"),
        ({"organiser": ""}, "organiser_missing", "organiser"),
        ({"language": "klingon!"}, "language_unknown", "language"),
        ({"offered": ("xx",)}, "language_unknown", "offered"),
        ({"timezone": "Nairobi"}, "timezone_unknown", "timezone"),
        ({"opens": ""}, "time_missing", "opens"),
        ({"opens": "tomorrow"}, "time_unreadable", "opens"),
        ({"opens": "0001-01-01T00:00"}, "time_unreadable", "opens"),
        ({"closes": "2026-04-01T09:00"}, "closes_before_opening", "closes"),
        ({"opens": "2026-01-01T09:00", "closes": "2026-01-02T09:00"}, "closes_in_the_past", None),
        ({"results_due_on": "2026-04-03"}, "results_before_closing", "results_due_on"),
        ({"results_due_on": "soon"}, "date_unreadable", "results_due_on"),
        ({"word_limit": "many"}, "number_out_of_bounds", "word_limit"),
        ({"word_limit": "19"}, "number_out_of_bounds", "word_limit"),
        ({"small_count": "2"}, "number_out_of_bounds", "small_count"),
        ({"slug": "Water/For"}, "slug_unreadable", "slug"),
    ],
)
def test_what_cannot_be_taken(
    sqlite_database: Database, now: datetime, changed: dict[str, str], code: str, field: str | None
) -> None:
    with pytest.raises(Refusal) as refused:
        create(sqlite_database, now, replace(DRAFT, **changed))  # type: ignore[arg-type]  # rows of the table
    assert refused.value.code == code
    assert field is None or refused.value.field == field
    with sqlite_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Consultation)) == 0


@pytest.mark.parametrize(
    ("zone", "opens", "choice", "expected"),
    [
        ("Asia/Kathmandu", "2026-04-01T09:00", "", "2026-04-01T03:15"),
        ("Pacific/Kiritimati", "2026-04-01T09:00", "", "2026-03-31T19:00"),
        ("Asia/Kathmandu", "٢٠٢٦-٠٤-٠١ ٠٩:٠٠", "", "2026-04-01T03:15"),
        ("Africa/Cairo", "2026-04-23T23:59", "", "2026-04-23T21:59"),
        ("Africa/Cairo", "2026-04-24T00:00", "", "time_skipped"),
        ("Africa/Cairo", "2026-04-24T00:59", "first", "time_skipped"),
        ("Africa/Cairo", "2026-04-24T01:00", "", "2026-04-23T22:00"),
        ("Africa/Cairo", "2026-10-29T22:59", "", "2026-10-29T19:59"),
        ("Africa/Cairo", "2026-10-29T23:30", "", "time_doubled"),
        ("Africa/Cairo", "2026-10-29T23:30", "third", "time_doubled"),
        ("Africa/Cairo", "2026-10-29T23:30", "first", "2026-10-29T20:30"),
        ("Africa/Cairo", "2026-10-29T23:30", "second", "2026-10-29T21:30"),
        ("Asia/Beirut", "2026-03-29T00:30", "", "time_skipped"),
        ("Asia/Beirut", "2026-10-24T23:30", "", "time_doubled"),
        ("Asia/Beirut", "2026-10-24T23:30", "second", "2026-10-24T21:30"),
    ],
)
def test_local_times_become_instants_or_are_refused(
    sqlite_database: Database, now: datetime, zone: str, opens: str, choice: str, expected: str
) -> None:
    draft = replace(
        DRAFT,
        timezone=zone,
        opens=opens,
        opens_choice=choice,
        closes="2026-12-01T09:00",
        results_due_on="",
    )
    if not expected.startswith("2026"):
        with pytest.raises(Refusal) as refused:
            create(sqlite_database, now, draft)
        assert (refused.value.code, refused.value.field) == (expected, "opens")
        return
    slug = create(sqlite_database, now, draft)
    with sqlite_database.reading() as session:
        view = consultation(session, slug)
        assert view is not None
        assert view.schedule.opens_at.strftime("%Y-%m-%dT%H:%M") == expected


@pytest.mark.parametrize(
    ("at", "zone", "typed", "choice"),
    [
        (datetime(2026, 10, 29, 20, 30, tzinfo=UTC), "Africa/Cairo", "2026-10-29T23:30", "first"),
        (datetime(2026, 10, 29, 21, 30, tzinfo=UTC), "Africa/Cairo", "2026-10-29T23:30", "second"),
        (datetime(2026, 10, 29, 19, 59, tzinfo=UTC), "Africa/Cairo", "2026-10-29T22:59", ""),
        (datetime(2026, 4, 23, 22, 0, tzinfo=UTC), "Africa/Cairo", "2026-04-24T01:00", ""),
        (datetime(2026, 1, 1, 0, 0, 59, tzinfo=UTC), "Asia/Kathmandu", "2026-01-01T05:45", ""),
    ],
)
def test_a_form_that_comes_back_unchanged_means_the_same_instant(
    at: datetime, zone: str, typed: str, choice: str
) -> None:
    assert as_typed(at, zone) == (typed, choice)
    assert instant_or_same(typed, zone, choice, before=at, field="opens") == at


def test_only_changed_words_become_new_texts(database: Database, now: datetime) -> None:
    by = facilitator(database, now)
    slug = create(database, now, DRAFT, by)
    with database.reading() as session:
        before = consultation(session, slug)
    assert before is not None
    wording = Wording(
        language="en",
        title="Water for everybody",
        brief=DRAFT.brief,
        organiser="The Water Board",
        promise="",
        consent=DRAFT.consent,
        results_due_on="2026-06-01",
    )
    for _ in range(2):  # the second time nothing changes
        with database.writing() as session:
            change_words(
                session,
                consultation_id=before.id,
                wording=wording,
                facilitator_id=by,
                now=now,
            )
    with database.reading() as session:
        after = consultation(session, slug)
    assert after is not None
    assert body(database, after.title_id) == "Water for everybody"
    assert body(database, before.title_id) == "Water for all"  # immutable
    assert (after.brief_id, after.consent_id) == (before.brief_id, before.consent_id)
    assert after.promise_id is None
    assert (after.organiser, after.results_due_on) == ("The Water Board", date(2026, 6, 1))
    assert verbs(database)[1:] == ["changed the words of a consultation"]


def test_two_facilitators_do_not_undo_each_others_words(database: Database, now: datetime) -> None:
    by = facilitator(database, now)
    slug = create(database, now, DRAFT, by)
    with database.reading() as session:
        view = consultation(session, slug)
        assert view is not None
        seen = wording_mark(view)
    wording = Wording(
        language="en",
        title=DRAFT.title,
        brief="First?",
        organiser=DRAFT.organiser,
        consent=DRAFT.consent,
    )

    def change(brief: str) -> None:
        with database.writing() as session:
            change_words(
                session,
                consultation_id=view.id,
                wording=replace(wording, brief=brief),
                seen=seen,
                facilitator_id=by,
                now=now,
            )

    change("First?")
    change("First?")  # re-sent: as it is already
    with pytest.raises(Refusal) as refused:
        change("Second?")
    assert refused.value.code == "changed_meanwhile"


def test_settings_languages_and_announcements(database: Database, now: datetime) -> None:
    by = facilitator(database, now)
    slug = create(database, now, DRAFT, by)
    with database.reading() as session:
        view = consultation(session, slug)
    assert view is not None
    who: dict[str, Any] = {"consultation_id": view.id, "facilitator_id": by, "now": now}
    with database.writing() as session:
        change_settings(session, by_invitation=True, word_limit="٣٠٠", small_count=3, **who)
        offer_language(session, language="pt", **who)
        announce(session, text=" We are live. ", language="en", **who)
        announce(session, text="We are live.", language="en", **who)  # re-sent
    with pytest.raises(Refusal) as refused, database.writing() as session:
        change_settings(session, by_invitation=False, word_limit=600, small_count=1, **who)
    assert refused.value.field == "small_count"
    with database.reading() as session:
        after = consultation(session, slug)
        assert after is not None
        assert (after.by_invitation, after.word_limit, after.small_count) == (True, 300, 3)
        assert readership_languages(session, view.readership_id) == ["en", "pt"]
        [said] = session.scalars(select(Announcement)).all()
    assert body(database, said.text_id) == "We are live."
    assert verbs(database)[1:] == [
        "changed the settings of a consultation",
        "offered a language",
        "announced something",
    ]
