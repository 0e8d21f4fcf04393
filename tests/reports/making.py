"""Facts for tests of reports: plain values, no database."""

from datetime import UTC, datetime

from app.reports.facts import (
    ConsultationFacts,
    Facts,
    ParticipantFacts,
    Passage,
    ThreadFacts,
    VisiblePost,
)
from app.translation.rules import Rendition, Standing


def written(body: str, language: str = "en", id: str = "") -> Passage:
    """Return a text as a reader of its own language gets it."""
    return Passage(
        body, Rendition(id or f"t-{body[:9]}", body, language, language, Standing.ORIGINAL)
    )


def translated(
    original: str,
    body: str,
    *,
    route: tuple[str, ...] = ("pt", "en"),
    engine: str = "argos 1.9",
    verdict: str = "show",
) -> Passage:
    """Return a text as a reader of the last language of `route` gets it."""
    by = "person" if engine == "person" else "machine"
    return Passage(
        original,
        Rendition(
            f"t-{original[:9]}",
            body,
            route[-1],
            route[0],
            Standing.TRANSLATED,
            by,
            route,
            engine,
            verdict,
        ),
    )


def untranslated(body: str, language: str, standing: Standing) -> Passage:
    """Return a text that could not be had in the reader's language."""
    return Passage(body, Rendition(f"t-{body[:9]}", body, language, language, standing))


def somebody(
    id: str,
    *,
    name: str = "Amina",
    country: str | None = "KE",
    languages: tuple[str, ...] = ("en",),
    organisation_type: str | None = None,
    quotation: str = "name",
    arrived: bool = True,
) -> ParticipantFacts:
    """Return somebody who joined."""
    return ParticipantFacts(id, name, country, languages, organisation_type, quotation, arrived)


def a_post(
    id: str,
    author: str,
    passage: Passage | None = None,
    *,
    thread: int = 1,
    reply_to: str | None = None,
    quotation: str | None = None,
) -> VisiblePost:
    """Return a visible post."""
    return VisiblePost(id, thread, author, reply_to, passage or written("Words."), quotation)


def a_thread(number: int = 1, summary: Passage | None = None) -> ThreadFacts:
    """Return a thread."""
    return ThreadFacts(number, written(f"Thread {number}"), written("Where?"), summary)


def some_facts(
    *,
    participants: tuple[ParticipantFacts, ...] = (),
    posts: tuple[VisiblePost, ...] = (),
    threads: tuple[ThreadFacts, ...] = (a_thread(),),
    language: str = "en",
    title: Passage | None = None,
    opens_at: datetime = datetime(2026, 3, 9, 6, 0, tzinfo=UTC),
    closes_at: datetime = datetime(2026, 3, 12, 6, 0, tzinfo=UTC),
    timezone: str = "Africa/Nairobi",
    imported: bool = False,
    small_count: int = 5,
    salt: str = "salt",
) -> Facts:
    """Return the facts of a consultation of three days."""
    consultation = ConsultationFacts(
        slug="water",
        language="en",
        title=title or written("Water for all"),
        brief=written("What does your village need?"),
        promise=None,
        organiser="The Water Council",
        opens_at=opens_at,
        closes_at=closes_at,
        timezone=timezone,
        results_due_on=None,
        by_invitation=False,
        small_count=small_count,
        imported=imported,
        salt=salt,
    )
    return Facts(language, consultation, participants, threads, posts)
