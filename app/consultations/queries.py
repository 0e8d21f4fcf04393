"""Reads of consultations, of who takes part, and of what facilitators set up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select

from app.consultations.models import (
    Announcement,
    Consultation,
    Facilitation,
    Invitation,
    Participation,
    ParticipationLanguage,
    ScheduleChange,
)
from app.consultations.rules import Schedule
from app.database import ReadSession
from app.identity.models import Facilitator


@dataclass(frozen=True)
class ConsultationView:
    """A consultation as rules and pages need it; words are ids of texts."""

    id: str
    slug: str
    readership_id: str
    language: str
    title_id: str
    brief_id: str
    organiser: str
    promise_id: str | None
    results_due_on: date | None
    consent_id: str | None
    schedule: Schedule
    by_invitation: bool
    word_limit: int
    small_count: int
    imported: bool
    published_at: datetime | None


@dataclass(frozen=True)
class ParticipationView:
    """Somebody's part in one consultation."""

    id: str
    person_id: str
    consultation_id: str
    name: str
    country: str | None
    organisation_type: str | None
    languages: tuple[str, ...]
    quotation: str
    joined_at: datetime
    read_until: datetime
    removed: bool


def view(row: Consultation) -> ConsultationView:
    """Return the values of a consultation's row."""
    return ConsultationView(
        id=row.id,
        slug=row.slug,
        readership_id=row.readership_id,
        language=row.language,
        title_id=row.title_id,
        brief_id=row.brief_id,
        organiser=row.organiser,
        promise_id=row.promise_id,
        results_due_on=row.results_due_on,
        consent_id=row.consent_id,
        schedule=Schedule(row.opens_at, row.closes_at, row.timezone),
        by_invitation=row.by_invitation,
        word_limit=row.word_limit,
        small_count=row.small_count,
        imported=row.imported,
        published_at=row.published_at,
    )


def consultation(session: ReadSession, slug: str) -> ConsultationView | None:
    """Return the consultation of that slug."""
    row = session.scalar(select(Consultation).where(Consultation.slug == slug))
    return view(row) if row else None


def consultation_by_id(session: ReadSession, consultation_id: str) -> ConsultationView | None:
    """Return the consultation of that id."""
    row = session.get(Consultation, consultation_id)
    return view(row) if row else None


def consultations_by_id(session: ReadSession, ids: Collection[str]) -> dict[str, ConsultationView]:
    """Return the consultations of these ids."""
    rows = session.scalars(select(Consultation).where(Consultation.id.in_(ids)))
    return {row.id: view(row) for row in rows}


def consultations(session: ReadSession) -> list[ConsultationView]:
    """Return every consultation, the one that opens last first."""
    rows = session.scalars(
        select(Consultation).order_by(Consultation.opens_at.desc(), Consultation.id)
    )
    return [view(row) for row in rows]


def _participation_view(row: Participation, languages: list[str]) -> ParticipationView:
    return ParticipationView(
        id=row.id,
        person_id=row.person_id,
        consultation_id=row.consultation_id,
        name=row.name,
        country=row.country,
        organisation_type=row.organisation_type,
        languages=tuple(languages),
        quotation=row.quotation,
        joined_at=row.joined_at,
        read_until=row.read_until,
        removed=row.removed_at is not None,
    )


def participations_of(session: ReadSession, person_id: str) -> list[ParticipationView]:
    """Return every part a person takes or took, the newest first."""
    rows = session.scalars(
        select(Participation)
        .where(Participation.person_id == person_id)
        .order_by(Participation.joined_at.desc())
    ).all()
    languages: dict[str, list[str]] = {row.id: [] for row in rows}
    for language in session.scalars(
        select(ParticipationLanguage)
        .where(ParticipationLanguage.participation_id.in_(languages))
        .order_by(ParticipationLanguage.position)
    ):
        languages[language.participation_id].append(language.language)
    return [_participation_view(row, languages[row.id]) for row in rows]


def participation(
    session: ReadSession, *, consultation_id: str, person_id: str
) -> ParticipationView | None:
    """Return a person's part in a consultation, removed ones included."""
    rows = session.execute(
        select(Participation, ParticipationLanguage.language)
        .outerjoin(
            ParticipationLanguage, ParticipationLanguage.participation_id == Participation.id
        )
        .where(
            Participation.consultation_id == consultation_id, Participation.person_id == person_id
        )
        .order_by(ParticipationLanguage.position)
    ).all()
    if not rows:
        return None
    return _participation_view(rows[0][0], [row[1] for row in rows if row[1]])


def last_closing_of(session: ReadSession, person_id: str) -> datetime | None:
    """Return when the last consultation a person takes part in closes."""
    return session.scalar(
        select(func.max(Consultation.closes_at))
        .join(Participation, Participation.consultation_id == Consultation.id)
        .where(Participation.person_id == person_id)
    )


def _run_by() -> Select[str, str]:
    """Return (consultation, facilitator) of those who still are facilitators here."""
    return (
        select(Facilitation.consultation_id, Facilitation.facilitator_id)
        .join(Facilitator, Facilitator.id == Facilitation.facilitator_id)
        .where(Facilitator.removed_at.is_(None))
    )


def facilitates(session: ReadSession, *, consultation_id: str, facilitator_id: str) -> bool:
    """Say whether a facilitator runs a consultation; one run by nobody is run by all of them."""
    rows = session.execute(_run_by().where(Facilitation.consultation_id == consultation_id))
    ids = {facilitator for _, facilitator in rows}
    return not ids or facilitator_id in ids


def facilitated_by(session: ReadSession, facilitator_id: str) -> list[ConsultationView]:
    """Return the consultations a facilitator runs, the one that opens last first."""
    rows = session.execute(_run_by()).all()
    run = {consultation_id for consultation_id, by in rows if by == facilitator_id}
    of_somebody = {consultation_id for consultation_id, _ in rows}
    return [c for c in consultations(session) if c.id in run or c.id not in of_somebody]


def facilitators_of(session: ReadSession, consultation_id: str) -> list[str]:
    """Return the names of those who run a consultation; empty if all run it together."""
    return list(
        session.scalars(
            select(Facilitator.name)
            .join(Facilitation, Facilitation.facilitator_id == Facilitator.id)
            .where(Facilitation.consultation_id == consultation_id)
            .order_by(Facilitator.name)
        )
    )


@dataclass(frozen=True)
class ScheduleChangeView:
    """A change of times that people are told of; the reason is the id of a text."""

    changed_at: datetime
    closed_at_before: datetime
    closes_at: datetime
    reason_id: str


def schedule_changes(session: ReadSession, consultation_id: str) -> list[ScheduleChangeView]:
    """Return a consultation's changes of times, the newest first."""
    rows = session.scalars(
        select(ScheduleChange)
        .where(ScheduleChange.consultation_id == consultation_id)
        .order_by(ScheduleChange.changed_at.desc())
    )
    return [
        ScheduleChangeView(row.changed_at, row.closed_at_before, row.closes_at, row.reason_id)
        for row in rows
    ]


@dataclass(frozen=True)
class AnnouncementView:
    """A word from the facilitators to everybody."""

    text_id: str
    announced_at: datetime


def announcements(session: ReadSession, consultation_id: str) -> list[AnnouncementView]:
    """Return a consultation's announcements, the newest first."""
    rows = session.scalars(
        select(Announcement)
        .where(Announcement.consultation_id == consultation_id)
        .order_by(Announcement.announced_at.desc())
    )
    return [AnnouncementView(row.text_id, row.announced_at) for row in rows]


@dataclass(frozen=True)
class InvitationView:
    """An invitation as a facilitator sees it; its code is shown once and never again."""

    id: str
    label: str
    cap: int
    used: int
    expires_at: datetime
    revoked_at: datetime | None


def invitations(session: ReadSession, consultation_id: str) -> list[InvitationView]:
    """Return a consultation's invitations, the newest first."""
    rows = session.scalars(
        select(Invitation)
        .where(Invitation.consultation_id == consultation_id)
        .order_by(Invitation.made_at.desc())
    )
    return [InvitationView(r.id, r.label, r.cap, r.used, r.expires_at, r.revoked_at) for r in rows]
