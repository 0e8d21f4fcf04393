"""What a report is made of, in plain values: read by queries, given to rules."""

from dataclasses import dataclass
from datetime import date, datetime

from app.translation.rules import Rendition


@dataclass(frozen=True)
class Passage:
    """An immutable text as it is printed: what was written, and what this edition's reader gets."""

    original: str
    rendition: Rendition


@dataclass(frozen=True)
class ConsultationFacts:
    """What the report says about the consultation itself. `salt` is a random value of its own
    that no page shows; it decides the order of made-up names."""

    slug: str
    language: str
    title: Passage
    brief: Passage
    promise: Passage | None
    organiser: str
    opens_at: datetime
    closes_at: datetime
    timezone: str
    results_due_on: date | None
    by_invitation: bool
    small_count: int
    imported: bool
    salt: str


@dataclass(frozen=True)
class ParticipantFacts:
    """Somebody who joined; `languages` in their order, the usual one first."""

    id: str
    name: str
    country: str | None
    languages: tuple[str, ...]
    organisation_type: str | None
    quotation: str
    arrived: bool


@dataclass(frozen=True)
class ThreadFacts:
    """A thread's question and, if a facilitator wrote one, its newest summary."""

    number: int
    title: Passage
    question: Passage
    summary: Passage | None


@dataclass(frozen=True)
class VisiblePost:
    """A visible post: not hidden, not withdrawn, not held. `quotation` is None as at joining."""

    id: str
    thread: int
    participant: str
    reply_to: str | None
    passage: Passage
    quotation: str | None


@dataclass(frozen=True)
class Facts:
    """All a report is made of, in plain values; posts in the order they were written."""

    language: str
    consultation: ConsultationFacts
    participants: tuple[ParticipantFacts, ...]
    threads: tuple[ThreadFacts, ...]
    posts: tuple[VisiblePost, ...]
