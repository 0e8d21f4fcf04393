"""Verbs: enrol a person, begin and end sessions, add and remove facilitators, log an act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import pyotp
from sqlalchemy import CursorResult, Result, bindparam, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.database import WriteSession, new_id
from app.identity.hashing import (
    FreshCode,
    fresh_recovery_code,
    hash_password,
    new_password,
    new_token,
    token_digest,
)
from app.identity.models import Act, ActsHead, Facilitator, Person, RecoveryCode, SignIn
from app.identity.passwords import tidy_name, why_not_name
from app.identity.queries import FIRST_DIGEST, digest_of_act, no_facilitator
from app.identity.rules import FACILITATOR_ABSOLUTE, PARTICIPANT_IDLE
from app.refusals import Kind, Refusal, mark, missing

RECOVERY_CODES = 10


def enrol(session: WriteSession, *, code: FreshCode, now: datetime) -> str:
    """Add a person who comes back with `code`; return their id.

    The code is made before the transaction begins: its slow hash must not hold up writers.
    """
    person = Person(id=new_id(), return_code_hash=code.hash, return_code_made_at=now)
    session.add(person)
    session.flush()
    return person.id


def renew_return_code(
    session: WriteSession, *, person_id: str, code: FreshCode, now: datetime
) -> None:
    """Give a person the new return code `code`; the old one counts no more.

    Raises Refusal where there is no such person.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise missing()
    person.return_code_hash = code.hash
    person.return_code_made_at = now
    session.flush()


# --- Sessions --------------------------------------------------------------------------------


def begin_session(
    session: WriteSession,
    *,
    person_id: str | None = None,
    facilitator_id: str | None = None,
    for_api: bool = False,
    ends_at: datetime,
    now: datetime,
) -> str:
    """Begin a session of one person or one facilitator; return its token, kept nowhere.

    Sessions that are over are forgotten on the way: who was here when is nobody's business.
    """
    if (person_id is None) == (facilitator_id is None):
        raise ValueError("a session is either a person's or a facilitator's")
    longest_idle = max(PARTICIPANT_IDLE, FACILITATOR_ABSOLUTE)
    session.execute(
        delete(SignIn).where(
            or_(
                SignIn.ends_at <= now,
                SignIn.for_api.is_(False) & (SignIn.seen_at <= now - longest_idle),
            )
        )
    )
    token = new_token()
    session.add(
        SignIn(
            id=new_id(),
            token_digest=token_digest(token),
            person_id=person_id,
            facilitator_id=facilitator_id,
            for_api=for_api,
            begun_at=now,
            seen_at=now,
            ends_at=ends_at,
        )
    )
    session.flush()
    return token


def end_session(session: WriteSession, *, token: str) -> None:
    """End the session of this token; an unknown token is nothing to complain about."""
    session.execute(delete(SignIn).where(SignIn.token_digest == token_digest(token)))


def end_other_sessions(session: WriteSession, *, session_id: str) -> int:
    """End every other session, API tokens too, of whoever has this one; return how many."""
    this = session.get(SignIn, session_id)
    if this is None:
        return 0
    done = session.execute(
        delete(SignIn).where(
            SignIn.person_id == this.person_id,
            SignIn.facilitator_id == this.facilitator_id,
            SignIn.id != this.id,
        )
    )
    return _rows(done)


def end_sessions_of(
    session: WriteSession, *, person_id: str | None = None, facilitator_id: str | None = None
) -> int:
    """End every session of a person or of a facilitator; return how many."""
    if (person_id is None) == (facilitator_id is None):
        raise ValueError("either a person or a facilitator")
    done = session.execute(
        delete(SignIn).where(SignIn.person_id == person_id, SignIn.facilitator_id == facilitator_id)
    )
    return _rows(done)


def note_visits(session: WriteSession, *, visits: Mapping[str, datetime]) -> None:
    """Note when sessions (by id) were last seen; never earlier than already noted.

    Meant for many at once, so that reading a page costs no write.
    """
    if not visits:
        return
    session.connection().execute(
        update(SignIn)
        .where(SignIn.id == bindparam("of_session"), SignIn.seen_at < bindparam("seen"))
        .values(seen_at=bindparam("seen")),
        [{"of_session": one, "seen": at} for one, at in sorted(visits.items())],
    )


# --- Facilitators ----------------------------------------------------------------------------


@dataclass(frozen=True)
class NewFacilitator:
    """Sign-in data of a new facilitator, to be shown once."""

    id: str
    name: str
    password: str
    totp_secret: str
    totp_uri: str
    recovery_codes: tuple[str, ...]


def add_facilitator(session: WriteSession, *, name: str, now: datetime) -> NewFacilitator:
    """Add a facilitator and return their sign-in data; the password and the codes are not kept.

    Somebody removed before comes back under the same name with new data. Raises Refusal for a
    name that cannot be or is taken.
    """
    name = tidy_name(name)
    if reason := why_not_name(name):
        raise reason
    facilitator = session.scalar(
        select(Facilitator).where(Facilitator.name == name).with_for_update()
    )
    if facilitator is not None and facilitator.removed_at is None:
        raise Refusal(
            Kind.INVALID,
            "name_taken",
            mark("There is already a facilitator called %(name)s."),
            {"name": name},
            field="name",
        )
    password, secret = new_password(), pyotp.random_base32()
    if facilitator is None:
        facilitator = Facilitator(id=new_id(), name=name)
        session.add(facilitator)
    facilitator.password_hash = hash_password(password)
    facilitator.totp_secret = secret
    facilitator.totp_last_step = None
    facilitator.added_at = now
    facilitator.removed_at = None
    session.flush()
    return NewFacilitator(
        id=facilitator.id,
        name=name,
        password=password,
        totp_secret=secret,
        totp_uri=pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Baraza"),
        recovery_codes=_new_recovery_codes(session, facilitator.id),
    )


def _new_recovery_codes(session: WriteSession, facilitator_id: str) -> tuple[str, ...]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.facilitator_id == facilitator_id))
    fresh = [fresh_recovery_code(facilitator_id) for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(id=new_id(), facilitator_id=facilitator_id, code_hash=code.hash)
        for code in fresh
    )
    session.flush()
    return tuple(code.shown for code in fresh)


def remove_facilitator(session: WriteSession, *, name: str, now: datetime) -> str:
    """Remove a facilitator and end their sessions at once; return their id.

    Their name stays in the log of acts. Raises Refusal where nobody has that name.
    """
    facilitator = session.scalar(
        select(Facilitator).where(
            Facilitator.name == tidy_name(name), Facilitator.removed_at.is_(None)
        )
    )
    if facilitator is None:
        raise no_facilitator(name)
    facilitator.removed_at = now
    session.execute(delete(RecoveryCode).where(RecoveryCode.facilitator_id == facilitator.id))
    end_sessions_of(session, facilitator_id=facilitator.id)
    session.flush()
    return facilitator.id


# --- The log of acts -------------------------------------------------------------------------


def record_act(
    session: WriteSession,
    *,
    actor_kind: str,
    actor_id: str | None,
    verb: str,
    object_kind: str,
    object_id: str,
    consultation_id: str | None,
    now: datetime,
) -> int:
    """Add a line to the log of acts and return its number.

    Whoever adds a line holds the log until their transaction ends, so call it last. Never put
    words of people or an address in it.
    """
    head = _lock_head(session)
    act = Act(
        number=head.number + 1,
        at=now,
        actor_kind=actor_kind,
        actor_id=actor_id,
        verb=verb,
        object_kind=object_kind,
        object_id=object_id,
        consultation_id=consultation_id,
    )
    act.digest = digest_of_act(act, head.digest)
    session.add(act)
    head.number, head.digest = act.number, act.digest
    session.flush()
    return act.number


def _lock_head(session: WriteSession) -> ActsHead:
    # populate_existing: what another transaction wrote meanwhile counts, not what we read before.
    locked = (
        select(ActsHead)
        .where(ActsHead.id == 1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = session.scalar(locked)
    if head is None:
        try:
            with session.begin_nested():
                session.add(ActsHead(id=1, number=0, digest=FIRST_DIGEST))
        except IntegrityError:
            pass  # somebody else was first
        head = session.scalars(locked).one()
    return head


def _rows(result: Result[Any]) -> int:
    return cast(CursorResult[Any], result).rowcount
