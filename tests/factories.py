"""Rows for tests, straight into the tables: no rule is asked, nothing happens beside.

Each takes the session and what matters to the test; all else has a plain default. The row comes
back flushed, so that its `id` can be used.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from app.consultations.models import (
    Consultation,
    Facilitation,
    Participation,
    ParticipationLanguage,
)
from app.database import Base, WriteSession, new_id
from app.discussion.models import Post, Revision, Thread
from app.discussion.rules import digest_of
from app.identity.models import Facilitator, Person
from app.translation.models import Readership, ReadershipLanguage, Words

Row = TypeVar("Row", bound=Base)


def a_readership(session: WriteSession, *, languages: Sequence[str] = ("en",)) -> Readership:
    """Add a readership that reads `languages`."""
    readership = _added(session, Readership())
    for tag in languages:
        _added(session, ReadershipLanguage(readership_id=readership.id, language=tag))
    return readership


def a_text(
    session: WriteSession,
    *,
    readership_id: str,
    now: datetime,
    body: str = "Words.",
    language: str = "en",
) -> Words:
    """Add a text for a readership."""
    return _added(
        session,
        Words(readership_id=readership_id, language=language, body=body, written_at=now),
    )


def a_consultation(
    session: WriteSession,
    *,
    now: datetime,
    slug: str | None = None,
    title: str = "Water for all",
    brief: str = "What does your village need?",
    language: str = "en",
    languages: Sequence[str] = ("en",),
    organiser: str = "The Water Council",
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    timezone: str = "Africa/Nairobi",
    by_invitation: bool = False,
    word_limit: int = 600,
    small_count: int = 5,
    published_at: datetime | None = None,
) -> Consultation:
    """Add a consultation of three days that opened a day ago and whose readers read `languages`."""
    readership = a_readership(session, languages=languages)

    def text(body: str) -> str:
        return a_text(
            session, readership_id=readership.id, now=now, body=body, language=language
        ).id

    return _added(
        session,
        Consultation(
            slug=slug or f"water-{new_id()}",
            readership_id=readership.id,
            language=language,
            title_id=text(title),
            brief_id=text(brief),
            organiser=organiser,
            opens_at=opens_at or now - timedelta(days=1),
            closes_at=closes_at or now + timedelta(days=2),
            timezone=timezone,
            by_invitation=by_invitation,
            word_limit=word_limit,
            small_count=small_count,
            published_at=published_at,
            created_at=now - timedelta(days=7),
        ),
    )


def a_thread(
    session: WriteSession,
    *,
    consultation: Consultation,
    now: datetime,
    number: int = 1,
    title: str = "Wells",
    question: str = "Where is a well missing?",
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Thread:
    """Add a thread to a consultation, in its language; open as long as the consultation is."""

    def text(body: str) -> str:
        return a_text(
            session,
            readership_id=consultation.readership_id,
            now=now,
            body=body,
            language=consultation.language,
        ).id

    return _added(
        session,
        Thread(
            consultation_id=consultation.id,
            number=number,
            title_id=text(title),
            question_id=text(question),
            opens_at=opens_at,
            closes_at=closes_at,
        ),
    )


def a_person(session: WriteSession) -> Person:
    """Add a person without a return code."""
    return _added(session, Person())


def a_participation(
    session: WriteSession,
    *,
    consultation: Consultation,
    now: datetime,
    person: Person | None = None,
    name: str = "Amina",
    country: str | None = "KE",
    languages: Sequence[str] = ("en",),
    organisation_type: str | None = None,
    quotation: str = "pseudonym",
    arrived_at: datetime | None = None,
) -> Participation:
    """Add somebody who joined at `now`; `languages` are theirs, the readership stays as it is."""
    participation = _added(
        session,
        Participation(
            consultation_id=consultation.id,
            person_id=(person or a_person(session)).id,
            name=name,
            country=country,
            organisation_type=organisation_type,
            quotation=quotation,
            joined_at=now,
            arrived_at=arrived_at,
            read_until=now,
        ),
    )
    for position, tag in enumerate(languages):
        _added(
            session,
            ParticipationLanguage(
                participation_id=participation.id, position=position, language=tag
            ),
        )
    return participation


def a_post(
    session: WriteSession,
    *,
    thread: Thread,
    author: Participation,
    now: datetime,
    body: str = "Our well has been dry since March.",
    language: str = "en",
    reply_to: Post | None = None,
    quotation: str | None = None,
) -> Post:
    """Add a post written at `now`, with its first revision."""
    consultation = session.get_one(Consultation, thread.consultation_id)
    words = a_text(
        session,
        readership_id=consultation.readership_id,
        now=now,
        body=body,
        language=language,
    )
    post = _added(
        session,
        Post(
            thread_id=thread.id,
            participation_id=author.id,
            reply_to_id=reply_to.id if reply_to else None,
            text_id=words.id,
            quotation=quotation,
            written_at=now,
        ),
    )
    _added(
        session,
        Revision(
            post_id=post.id,
            participation_id=author.id,
            thread_id=thread.id,
            text_id=words.id,
            digest=digest_of(post.reply_to_id, body),
            written_at=now,
        ),
    )
    return post


def a_facilitator(
    session: WriteSession,
    *,
    now: datetime,
    name: str | None = None,
    consultation: Consultation | None = None,
) -> Facilitator:
    """Add a facilitator whom no password signs in, of a consultation if one is named."""
    facilitator = _added(
        session,
        Facilitator(
            name=name or f"Facilitator {new_id()}",
            password_hash="none",
            totp_secret="none",
            added_at=now,
        ),
    )
    if consultation:
        _added(
            session,
            Facilitation(consultation_id=consultation.id, facilitator_id=facilitator.id, since=now),
        )
    return facilitator


def _added(session: WriteSession, row: Row) -> Row:
    session.add(row)
    session.flush()  # the tables have no relationships that would tell the order of inserts
    return row
