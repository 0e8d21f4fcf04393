"""Secrets: how they are made, and what is kept of them instead of themselves.

Codes and passwords go through Argon2id at OWASP's floor of 19 MiB and two passes: some tens of
milliseconds. So whatever a stranger can ask for is hashed before a write begins, not inside it.
"""

import hashlib
import hmac
import secrets
import threading
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

from app.identity.rules import (
    CODE_DIGITS,
    INVITATION,
    INVITATION_ALPHABET,
    INVITATION_LENGTH,
    RECOVERY_CODE,
    RETURN_CODE,
    in_fours,
    show_code,
)

_MEMORY_KIB = 19 * 1024
_PASSES = 2
_LANES = 1

hashes_at_once = threading.BoundedSemaphore(2)
"""Held while hashing, so that a flood of attempts takes neither all memory nor all cores."""

_passwords = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)


def slow_hash(secret: str, *, pepper: bytes, purpose: str) -> bytes:
    """Return the 32-byte Argon2id hash of a random code, always the same for the same three.

    The salt comes from the pepper and the purpose, so that a code is found by its hash; and
    without the pepper, which is not in the database, no code can be tried against a copy of it.
    """
    salt = hmac.digest(pepper, purpose.encode(), "sha256")
    with hashes_at_once:
        return hash_secret_raw(
            secret.encode(), salt, _PASSES, _MEMORY_KIB, _LANES, hash_len=32, type=Type.ID
        )


def hash_password(password: str) -> str:
    """Return what to keep of a password: Argon2id with its cost and a random salt."""
    with hashes_at_once:
        return _passwords.hash(_one_form(password))


def verify_password(password: str, password_hash: str | None) -> bool:
    """Say whether a password is the one kept as `password_hash`.

    With None (nobody has that name) it takes as long and says no.
    """
    with hashes_at_once:
        try:
            known = _passwords.verify(password_hash or _NOBODYS_HASH, _one_form(password))
        except (VerificationError, InvalidHashError):
            return False
    return known and password_hash is not None


def _one_form(password: str) -> str:
    # One keyboard sends an accent as a letter of its own, another does not.
    return unicodedata.normalize("NFC", password)


_NOBODYS_HASH = _passwords.hash(secrets.token_urlsafe(32))


def new_token() -> str:
    """Return a new session token of 256 random bits, fit for a cookie or a header."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """Return what to keep of a token. At 256 bits there is nothing to guess: SHA-256 will do."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True)
class FreshCode:
    """A code that was just made: the words to show once, and the hash to keep."""

    shown: str
    hash: bytes


def fresh_return_code(pepper: bytes) -> FreshCode:
    """Return a new return code of 20 random digits."""
    digits = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    return FreshCode(show_code(digits), slow_hash(digits, pepper=pepper, purpose=RETURN_CODE))


def fresh_invitation(pepper: bytes) -> FreshCode:
    """Return a new invitation code of 80 random bits."""
    letters = _random_letters(INVITATION_LENGTH)
    return FreshCode(in_fours(letters), slow_hash(letters, pepper=pepper, purpose=INVITATION))


def fresh_recovery_code(facilitator_id: str) -> FreshCode:
    """Return a new recovery code of 80 random bits, for one facilitator."""
    letters = _random_letters(INVITATION_LENGTH)
    return FreshCode(in_fours(letters), recovery_hash(letters, facilitator_id))


def recovery_hash(letters: str, facilitator_id: str) -> bytes:
    """Return the hash by which a facilitator's recovery code is kept.

    Salted with the facilitator's id: no pepper needed at 80 bits, and one hash tries all codes.
    """
    return slow_hash(letters, pepper=facilitator_id.encode(), purpose=RECOVERY_CODE)


def new_password() -> str:
    """Return a random first password of 100 bits, in groups that can be read aloud."""
    return in_fours(_random_letters(20).lower()).replace(" ", "-")


def _random_letters(length: int) -> str:
    return "".join(secrets.choice(INVITATION_ALPHABET) for _ in range(length))
