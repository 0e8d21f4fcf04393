"""Tables of consultations, of taking part in them, and of invitations."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, new_id


class Consultation(Base):
    """A time-boxed conversation: who asks what, until when, and what happens with the words."""

    __tablename__ = "consultations"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    readership_id: Mapped[str] = mapped_column(ForeignKey("readerships.id"))
    language: Mapped[str] = mapped_column(String(12))
    title_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))
    brief_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))
    organiser: Mapped[str] = mapped_column(String(200))
    # The knowledge contract: what happens with the words, and by when the results are back.
    promise_id: Mapped[str | None] = mapped_column(ForeignKey("texts.id"))
    results_due_on: Mapped[date | None]
    consent_id: Mapped[str | None] = mapped_column(ForeignKey("texts.id"))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(60))
    by_invitation: Mapped[bool] = mapped_column(default=False)
    word_limit: Mapped[int] = mapped_column(default=600)
    small_count: Mapped[int] = mapped_column(default=5)  # counts below it are not published
    created_at: Mapped[datetime]
    imported: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]  # its report is open to everybody


class ScheduleChange(Base):
    """A change of a consultation's or a thread's times, with its reason; shown to everybody."""

    __tablename__ = "schedule_changes"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), index=True)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("facilitators.id"))
    opened_at_before: Mapped[datetime]
    closed_at_before: Mapped[datetime]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    reason_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))


class Announcement(Base):
    """A word from the facilitators to everybody, shown on the call page."""

    __tablename__ = "announcements"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), index=True)
    text_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))
    announced_at: Mapped[datetime]
    announced_by: Mapped[str] = mapped_column(ForeignKey("facilitators.id"))


class Participation(Base):
    """A person taking part in a consultation, under the name they want to be seen by."""

    __tablename__ = "participations"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    country: Mapped[str | None] = mapped_column(String(2))  # null: prefers not to say
    organisation_type: Mapped[str | None] = mapped_column(String(80))
    quotation: Mapped[str] = mapped_column(String(10))  # name, pseudonym, country, none
    consent_id: Mapped[str | None] = mapped_column(ForeignKey("texts.id"))
    joined_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]  # opened a page after joining; unknown for an import
    read_until: Mapped[datetime]  # "new since my last visit" begins here
    removed_at: Mapped[datetime | None]
    imported_id: Mapped[str | None] = mapped_column(String(200))
    # Digest of the key of the form that joined: a form sent twice joins one person, not two.
    join_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    imported_position: Mapped[int | None]  # its place in the imported file

    __table_args__ = (
        UniqueConstraint("consultation_id", "person_id"),
        UniqueConstraint("consultation_id", "imported_id"),
    )


class ParticipationLanguage(Base):
    """A language a participant reads; position 0 is the one they usually write."""

    __tablename__ = "participation_languages"

    participation_id: Mapped[str] = mapped_column(ForeignKey("participations.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(String(12))


class Facilitation(Base):
    """A facilitator who runs a consultation. Without any, all facilitators run it together."""

    __tablename__ = "facilitations"

    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("facilitators.id"), primary_key=True)
    since: Mapped[datetime]


class Invitation(Base):
    """A code that lets up to `cap` people join; only a slow hash of it is kept."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), index=True)
    label: Mapped[str] = mapped_column(String(100))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    cap: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(ForeignKey("facilitators.id"))
