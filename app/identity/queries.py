"""Reads: who a token is, whose a code is, open sessions, the log of acts."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from app.database import ReadSession
from app.identity.hashing import slow_hash, token_digest, verify_password
from app.identity.models import Act, ActsHead, Facilitator, Person, RecoveryCode, SignIn
from app.identity.passwords import tidy_name, why_not_name
from app.identity.rules import RETURN_CODE, SessionTimes, is_alive
from app.refusals import Kind, Refusal, mark


@dataclass(frozen=True)
class Who:
    """Whoever a live session belongs to: exactly one of person and facilitator is set."""

    session_id: str
    person_id: str | None
    facilitator_id: str | None
    facilitator_name: str | None
    for_api: bool
    begun_at: datetime


def who(session: ReadSession, *, token: str, now: datetime) -> Who | None:
    """Return who holds this token, or None for an unknown token, an ended session or somebody
    who was removed. One query."""
    row = session.execute(
        select(SignIn, Facilitator.name, Facilitator.removed_at)
        .outerjoin(Facilitator, Facilitator.id == SignIn.facilitator_id)
        .where(SignIn.token_digest == token_digest(token))
    ).one_or_none()
    if row is None:
        return None
    found, name, removed_at = row
    if removed_at is not None or not is_alive(_times(found), now):
        return None
    return Who(found.id, found.person_id, found.facilitator_id, name, found.for_api, found.begun_at)


def _times(found: SignIn) -> SessionTimes:
    return SessionTimes(
        found.facilitator_id is not None,
        found.for_api,
        found.begun_at,
        found.seen_at,
        found.ends_at,
    )


@dataclass(frozen=True)
class OpenSession:
    """One of somebody's live sessions, as they are shown it."""

    id: str
    for_api: bool
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime
    is_this_one: bool


def open_sessions(session: ReadSession, *, of: Who, now: datetime) -> list[OpenSession]:
    """Return the live sessions of whoever `of` is, the newest first."""
    found = session.scalars(
        select(SignIn)
        .where(SignIn.person_id == of.person_id, SignIn.facilitator_id == of.facilitator_id)
        .order_by(SignIn.begun_at.desc(), SignIn.id)
    )
    return [
        OpenSession(
            one.id, one.for_api, one.begun_at, one.seen_at, one.ends_at, one.id == of.session_id
        )
        for one in found
        if is_alive(_times(one), now)
    ]


def person_by_code(session: ReadSession, *, code: str, pepper: bytes) -> str | None:
    """Return the id of the person whose return code this is (20 digits, as read), or None.

    Hashes before it asks the database, and takes the same time for a code that is nobody's.
    """
    digest = slow_hash(code, pepper=pepper, purpose=RETURN_CODE)
    return session.scalar(select(Person.id).where(Person.return_code_hash == digest))


def has_return_code(session: ReadSession, *, person_id: str) -> bool:
    """Say whether a person has a return code; somebody imported has none."""
    found = select(Person.id).where(Person.id == person_id, Person.return_code_hash.is_not(None))
    return session.scalar(found) is not None


@dataclass(frozen=True)
class FacilitatorEntry:
    """A facilitator in the operator's list."""

    id: str
    name: str
    added_at: datetime
    removed_at: datetime | None
    recovery_codes_left: int


def facilitators(session: ReadSession) -> list[FacilitatorEntry]:
    """Return every facilitator, removed ones too, by name."""
    unused = session.scalars(
        select(RecoveryCode.facilitator_id).where(RecoveryCode.used_at.is_(None))
    )
    left: dict[str, int] = {}
    for facilitator_id in unused:
        left[facilitator_id] = left.get(facilitator_id, 0) + 1
    found = session.scalars(select(Facilitator).order_by(Facilitator.name))
    return [
        FacilitatorEntry(one.id, one.name, one.added_at, one.removed_at, left.get(one.id, 0))
        for one in found
    ]


def facilitator_by_name(session: ReadSession, *, name: str) -> str | None:
    """Return the id of the facilitator of that name who was not removed, or None."""
    return session.scalar(
        select(Facilitator.id).where(
            Facilitator.name == tidy_name(name), Facilitator.removed_at.is_(None)
        )
    )


def no_facilitator(name: str) -> Refusal:
    """Return the operator's answer where nobody of that name is a facilitator."""
    return Refusal(
        Kind.MISSING,
        "facilitator_unknown",
        mark("There is no facilitator called %(name)s."),
        {"name": tidy_name(name)},
        field="name",
    )


def facilitator_by_password(session: ReadSession, *, name: str, password: str) -> str | None:
    """Return the id of the facilitator with this name and password, or None.

    An unknown name, a removed facilitator and a wrong password cost the same one hash.
    """
    name = tidy_name(name)
    wanted = select(Facilitator.id, Facilitator.password_hash).where(
        Facilitator.name == name, Facilitator.removed_at.is_(None)
    )
    # PostgreSQL does not even take a question with a zero byte in it.
    found = None if why_not_name(name) else session.execute(wanted).one_or_none()
    facilitator_id, password_hash = found or (None, None)
    return facilitator_id if verify_password(password, password_hash) else None


@dataclass(frozen=True)
class ActLine:
    """One line of the log of acts, with the name of the facilitator who acted, if one did."""

    number: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    actor_name: str | None
    verb: str
    object_kind: str
    object_id: str
    consultation_id: str | None


def acts(
    session: ReadSession, *, consultation_id: str | None = None, limit: int = 200
) -> list[ActLine]:
    """Return the newest lines of the log, of one consultation or (None) of everything."""
    wanted = (
        select(Act, Facilitator.name)
        .outerjoin(Facilitator, Facilitator.id == Act.actor_id)
        .order_by(Act.number.desc())
        .limit(limit)
    )
    if consultation_id is not None:
        wanted = wanted.where(Act.consultation_id == consultation_id)
    return [
        ActLine(
            act.number,
            act.at,
            act.actor_kind,
            act.actor_id,
            name,
            act.verb,
            act.object_kind,
            act.object_id,
            act.consultation_id,
        )
        for act, name in session.execute(wanted)
    ]


FIRST_DIGEST = "0" * 64
"""What the first line of the log carries as the digest of the line before."""


def digest_of_act(act: Act, before: str) -> str:
    """Return the digest of a line of the log that follows a line with the digest `before`."""
    content: Sequence[str | int | None] = (
        before,
        act.number,
        act.at.astimezone(UTC).isoformat(timespec="microseconds"),
        act.actor_kind,
        act.actor_id,
        act.verb,
        act.object_kind,
        act.object_id,
        act.consultation_id,
    )
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def verify_acts(session: ReadSession) -> int | None:
    """Return the number of the first line of the log that was changed or is gone, or None.

    A line cut off the end shows too, by the head that remembers how many there were.
    """
    number, digest = 0, FIRST_DIGEST
    page = _acts_after(session, None)
    while True:
        for act in page:
            if act.number != number + 1 or act.digest != digest_of_act(act, digest):
                return number + 1
            number, digest = act.number, act.digest
        if page:
            page = _acts_after(session, number)
            continue
        # Asked last: on PostgreSQL a line may have come since, and then it is there by now.
        head = session.get(ActsHead, 1, populate_existing=True)
        known = (head.number, head.digest) if head else (0, FIRST_DIGEST)
        if known == (number, digest):
            return None
        if known[0] <= number:
            return number
        page = _acts_after(session, number)
        if not page:
            return number + 1


def _acts_after(session: ReadSession, number: int | None) -> Sequence[Act]:
    wanted = select(Act).order_by(Act.number).limit(500)  # in pages: a log may be long
    if number is not None:
        wanted = wanted.where(Act.number > number)
    return session.scalars(wanted).all()
