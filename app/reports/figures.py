"""The figures of a consultation, defined once, and the tables that may be published."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.languages import count_words
from app.reports.facts import Facts, ParticipantFacts, VisiblePost
from app.reports.small_counts import Table, suppress, suppress_part


@dataclass(frozen=True)
class Figures:
    """The figures of a consultation, defined once (design, section 6); exact.

    registered: joined. arrived: opened a page after joining, None where nobody knows, as for an
    import. contributed: wrote at least one visible post. countries: those said by who registered,
    and by who contributed. words: in the originals. languages_read: told at joining.
    """

    registered: int
    arrived: int | None
    contributed: int
    countries_registered: int
    countries_contributed: int
    posts: int
    threads: int
    words: int
    languages_written: int
    languages_read: int
    opens_at: datetime
    closes_at: datetime
    days: int


def figures(facts: Facts) -> Figures:
    """Return the exact figures of these facts."""
    consultation, people = facts.consultation, facts.participants
    contributed = _contributed(facts)
    arrived = sum(person.arrived for person in people)
    return Figures(
        registered=len(people),
        arrived=None if consultation.imported and not arrived else arrived,
        contributed=len(contributed),
        countries_registered=len({p.country for p in people if p.country}),
        countries_contributed=len({p.country for p in contributed if p.country}),
        posts=len(facts.posts),
        threads=len(facts.threads),
        words=sum(count_words(post.passage.original) for post in facts.posts),
        languages_written=len({post.passage.rendition.source_language for post in facts.posts}),
        languages_read=len({tag for person in people for tag in person.languages}),
        opens_at=consultation.opens_at,
        closes_at=consultation.closes_at,
        days=days_between(consultation.opens_at, consultation.closes_at, consultation.timezone),
    )


def days_between(opens_at: datetime, closes_at: datetime, timezone: str) -> int:
    """Return how many days a consultation ran, a begun one counted whole.

    By the clock on the wall: from Friday 9:00 to Monday 9:00 is three days, also when clocks
    change in between.
    """
    zone = ZoneInfo(timezone)
    begun, ended = (
        instant.astimezone(zone).replace(tzinfo=None) for instant in (opens_at, closes_at)
    )
    return max(1, math.ceil((ended - begun) / timedelta(days=1)))


def _contributed(facts: Facts) -> list[ParticipantFacts]:
    authors = {post.participant for post in facts.posts}
    return [person for person in facts.participants if person.id in authors]


@dataclass(frozen=True)
class ThreadTable:
    """People who wrote, by thread, each counted once in every thread they wrote in; with posts.

    `posts` has the threads that `people` shows; the others' posts are added up like their people.
    """

    people: Table
    posts: dict[int, int]
    other_posts: int | None

    @property
    def by_number(self) -> list[tuple[int, int, int]]:
        """Return (thread number, people, posts) of the threads shown, in their order."""
        shown = ((int(row.key), row.count) for row in self.people.rows if row.key)
        return [(number, count, self.posts[number]) for number, count in sorted(shown)]


@dataclass(frozen=True)
class Tables:
    """The one-way tables of a report; a small count is never shown nor can be worked out.

    The keys are country codes, language tags, organisation types and thread numbers.
    """

    registered_by_country: Table
    contributed_by_country: Table
    registered_by_language: Table  # the usual language
    contributed_by_language: Table  # languages posts were written in; each author once in each
    registered_by_organisation_type: Table
    by_thread: ThreadTable


def tables(facts: Facts) -> Tables:
    """Return the tables of these facts, with the consultation's own threshold."""
    k = facts.consultation.small_count
    people = facts.participants
    by_country: Counter[str | None] = Counter(p.country for p in people)
    wrote_by_country: Counter[str | None] = Counter(p.country for p in _contributed(facts))
    usual: Counter[str | None] = Counter(p.languages[0] if p.languages else None for p in people)
    wrote_in: Counter[str | None] = Counter(
        language
        for _, language in {
            (post.participant, post.passage.rendition.source_language) for post in facts.posts
        }
    )
    kinds: Counter[str | None] = Counter(p.organisation_type for p in people)
    return Tables(
        registered_by_country=suppress(by_country, k),
        contributed_by_country=suppress_part(wrote_by_country, by_country, k),
        registered_by_language=suppress(usual, k),
        contributed_by_language=suppress(wrote_in, k),
        registered_by_organisation_type=suppress(kinds, k),
        by_thread=_thread_table(facts.posts, k),
    )


def _thread_table(posts: Iterable[VisiblePost], k: int) -> ThreadTable:
    written = Counter(post.thread for post in posts)
    wrote: Counter[str | None] = Counter(
        str(number) for number, _ in {(post.thread, post.participant) for post in posts}
    )
    people = suppress(wrote, k)
    shown = {int(row.key): written[int(row.key)] for row in people.rows if row.key}
    hidden = sum(written.values()) - sum(shown.values())
    return ThreadTable(people, shown, hidden if people.other is not None else None)
