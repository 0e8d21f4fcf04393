"""How a facilitator signs in with a password and a second factor, and changes the password."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import pyotp
from sqlalchemy import CursorResult, select, update

from app.database import WriteSession
from app.identity.hashing import hash_password, recovery_hash, verify_password
from app.identity.models import Facilitator, RecoveryCode
from app.identity.passwords import why_not_password
from app.identity.queries import facilitator_by_password
from app.identity.rules import digits_in, read_invitation
from app.refusals import Kind, Refusal, mark, missing

TOTP_DIGITS = 6


def wrong_sign_in() -> Refusal:
    """Return the one answer to an unknown name, a wrong password and a wrong second factor."""
    return Refusal(
        Kind.INVALID,
        "sign_in_wrong",
        mark("Name, password or code is not right. A code counts only once: wait for the next."),
    )


@dataclass(frozen=True)
class SecondFactor:
    """What was typed as second factor: six digits, or the hash of a recovery code."""

    digits: str | None
    recovery_hash: bytes | None


def read_second_factor(typed: str, *, facilitator_id: str | None) -> SecondFactor:
    """Return what was typed in the form it is compared in.

    Hashes anything but six digits, even where the password was wrong (`facilitator_id` is None),
    so that how long it takes tells nothing. Needs no session: call it before a write begins.
    """
    digits = digits_in(typed) or ""
    if len(digits) == TOTP_DIGITS:
        return SecondFactor(digits, None)
    letters = read_invitation(typed)
    return SecondFactor(
        None,
        recovery_hash("" if isinstance(letters, Refusal) else letters, facilitator_id or "nobody"),
    )


def take_second_factor(
    session: WriteSession, *, facilitator_id: str | None, factor: SecondFactor, now: datetime
) -> str:
    """Use up a facilitator's six digits or recovery code, and return their id.

    Raises `wrong_sign_in()` for a wrong one, for one that has already counted, and where the
    password was wrong (`facilitator_id` is None).
    """
    # The lock keeps two sign-ins at once from using the same code.
    facilitator = session.scalar(
        select(Facilitator)
        .where(Facilitator.id == facilitator_id, Facilitator.removed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if facilitator is None:
        raise wrong_sign_in()
    if factor.digits is not None:
        accepted = _take_totp(facilitator, factor.digits, now)
    else:
        accepted = _take_recovery_code(session, facilitator, factor.recovery_hash, now)
    if not accepted:
        raise wrong_sign_in()
    session.flush()
    return facilitator.id


def sign_in_facilitator(
    session: WriteSession, *, name: str, password: str, second_factor: str, now: datetime
) -> str:
    """Return the id of the facilitator with this name, password and second factor.

    Raises `wrong_sign_in()` whatever was wrong. It hashes inside the transaction; a page, which a
    stranger may call, does the same three steps with the hashes before it.
    """
    facilitator_id = facilitator_by_password(session, name=name, password=password)
    factor = read_second_factor(second_factor, facilitator_id=facilitator_id)
    return take_second_factor(session, facilitator_id=facilitator_id, factor=factor, now=now)


def _take_totp(facilitator: Facilitator, digits: str, now: datetime) -> bool:
    totp = pyotp.TOTP(facilitator.totp_secret)
    newest = int(now.timestamp()) // totp.interval
    for step in (newest - 1, newest, newest + 1):
        fits = hmac.compare_digest(totp.generate_otp(step), digits)
        if fits and step > (facilitator.totp_last_step or 0):
            facilitator.totp_last_step = step
            return True
    return False


def _take_recovery_code(
    session: WriteSession, facilitator: Facilitator, code_hash: bytes | None, now: datetime
) -> bool:
    done = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.facilitator_id == facilitator.id,
            RecoveryCode.code_hash == code_hash,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return cast(CursorResult[Any], done).rowcount == 1


def change_password(
    session: WriteSession, *, facilitator_id: str, old_password: str, new_password: str
) -> None:
    """Change a facilitator's own password. Raises Refusal if the old one is not right or the new
    one cannot be taken."""
    facilitator = session.get(Facilitator, facilitator_id)
    if facilitator is None or facilitator.removed_at is not None:
        raise missing()
    if not verify_password(old_password, facilitator.password_hash):
        raise Refusal(
            Kind.INVALID,
            "old_password_wrong",
            mark("Your present password is not right. Nothing was changed."),
            field="old_password",
        )
    if reason := why_not_password(new_password, facilitator.name):
        raise reason
    facilitator.password_hash = hash_password(new_password)
    session.flush()
