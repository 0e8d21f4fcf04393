"""Tables of people, facilitators, sessions and the log of acts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, new_id


class Person(Base):
    """Somebody who takes part; everything they say of themselves is in their participations.

    Somebody imported from a file has no return code.
    """

    __tablename__ = "persons"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    return_code_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    return_code_made_at: Mapped[datetime | None]


class Facilitator(Base):
    """Somebody who runs consultations; signs in with a password and a second factor."""

    __tablename__ = "facilitators"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_secret: Mapped[str] = mapped_column(String(64))
    totp_last_step: Mapped[int | None]  # the newest accepted 30-second step, so none counts twice
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of a facilitator's one-use codes that stand in for the second factor."""

    __tablename__ = "recovery_codes"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    facilitator_id: Mapped[str] = mapped_column(ForeignKey("facilitators.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    used_at: Mapped[datetime | None]


class SignIn(Base):
    """A session: a browser or an API client that is somebody, until `ends_at` or idle too long.

    Only a digest of the token is kept. Exactly one of person and facilitator is set.
    """

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("persons.id"), index=True)
    facilitator_id: Mapped[str | None] = mapped_column(ForeignKey("facilitators.id"), index=True)
    for_api: Mapped[bool] = mapped_column(default=False)
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Act(Base):
    """One line of the log of acts: who, what, when, on which thing. No words, no address.

    Each line carries the digest of the line before, so that a changed line shows (TRUST T-18).
    """

    __tablename__ = "acts"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(20))  # facilitator, participant, operator
    actor_id: Mapped[str | None] = mapped_column(String(16))
    verb: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(30))
    object_id: Mapped[str] = mapped_column(String(80))
    consultation_id: Mapped[str | None] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_acts_consultation_id_number", "consultation_id", "number"),)


class ActsHead(Base):
    """The one row that is locked to add a line to the log, and its newest number and digest."""

    __tablename__ = "acts_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
