from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.reports.figures import Figures, days_between, figures, tables
from app.reports.small_counts import Count, Table
from tests.reports.making import a_post, a_thread, some_facts, somebody, translated, written

PEOPLE = (
    somebody("1", country="KE", languages=("sw", "en")),
    somebody("2", country="KE", languages=("en",)),
    somebody("3", country="UG", languages=("fr",), arrived=False),
    somebody("4", country=None, languages=("ar", "en")),
)
POSTS = (
    a_post("a", "1", translated("Maji ni uhai kwetu", "Water is life to us", route=("sw", "en"))),
    a_post("b", "4", written("Our well is dry."), thread=2),
    a_post("c", "1", written("Thank you!"), thread=2, reply_to="b"),
)
THREADS = (a_thread(1), a_thread(2), a_thread(3))


def test_every_figure_means_what_it_says() -> None:
    found = figures(some_facts(participants=PEOPLE, posts=POSTS, threads=THREADS))
    assert found == Figures(
        registered=4,
        arrived=3,
        contributed=2,
        countries_registered=2,
        countries_contributed=1,
        posts=3,
        threads=3,
        words=4 + 4 + 2,
        languages_written=2,
        languages_read=4,
        opens_at=datetime(2026, 3, 9, 6, 0, tzinfo=UTC),
        closes_at=datetime(2026, 3, 12, 6, 0, tzinfo=UTC),
        days=3,
    )


def test_nobody_knows_who_arrived_in_an_imported_consultation() -> None:
    unknown = tuple(replace(person, arrived=False) for person in PEOPLE)
    assert figures(some_facts(participants=unknown, imported=True)).arrived is None
    assert figures(some_facts(participants=unknown)).arrived == 0
    assert figures(some_facts(participants=PEOPLE, imported=True)).arrived == 3


@pytest.mark.parametrize(
    ("opens", "closes", "timezone", "days"),
    [
        ("2026-03-09T09:00+03:00", "2026-03-12T09:00+03:00", "Africa/Nairobi", 3),
        ("2026-03-09T09:00+03:00", "2026-03-12T10:00+03:00", "Africa/Nairobi", 4),
        ("2026-03-09T09:00+03:00", "2026-03-09T11:00+03:00", "Africa/Nairobi", 1),
        # A day of 23 hours is a day, and so is one of 25.
        ("2026-03-28T09:00+01:00", "2026-03-30T09:00+02:00", "Europe/Berlin", 2),
        ("2026-10-24T09:00+02:00", "2026-10-26T09:00+01:00", "Europe/Berlin", 2),
    ],
)
def test_days_are_counted_by_the_clock_on_the_wall(
    opens: str, closes: str, timezone: str, days: int
) -> None:
    begun, ended = (datetime.fromisoformat(instant) for instant in (opens, closes))
    assert days_between(begun, ended, timezone) == days


def test_the_tables_count_people_and_hide_small_groups() -> None:
    people = tuple(
        somebody(f"{country}{i}", country=country, languages=(language,), organisation_type=kind)
        for country, language, kind, count in (
            ("KE", "sw", "media", 20),
            ("UG", "en", "donor", 6),
            ("TZ", "sw", None, 4),
            (None, "fr", "media", 3),
        )
        for i in range(count)
    )
    posts = tuple(
        a_post(f"{thread}-{i}", f"KE{i}", written("Maji.", "sw"), thread=thread)
        for thread, count in ((1, 12), (2, 7), (3, 2), (4, 3))
        for i in range(count)
    )
    more = (a_post("x", "KE0", written("Again.", "sw"), thread=1), a_post("y", "UG0", thread=3))
    found = tables(some_facts(participants=people, posts=posts + more))
    assert found.registered_by_country == Table((Count("KE", 20), Count("UG", 6)), 7, 33, 5)
    # Contributed: 12 of 20 in KE and 1 of 6 in UG; a single hidden count takes KE with it.
    assert found.contributed_by_country == Table((), None, 13, 5, withheld=True)
    assert found.registered_by_language == Table((Count("sw", 24),), 9, 33, 5)
    assert found.contributed_by_language == Table((), None, 13, 5, withheld=True)
    # Four did not say: with the six donors they are ten, which could be many things.
    assert found.registered_by_organisation_type == Table((Count("media", 23),), 10, 33, 5)
    by_thread = found.by_thread
    assert by_thread.by_number == [(1, 12, 13)]
    assert by_thread.people == Table((Count("1", 12),), 13, 25, 5)
    assert by_thread.other_posts == 13
