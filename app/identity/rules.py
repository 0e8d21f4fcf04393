"""Codes people type, how long a session lives, how attempts slow down.

Pure: nothing here reads a clock, a database or a source of randomness.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.refusals import Kind, Refusal, mark

# --- Codes -----------------------------------------------------------------------------------

RETURN_CODE = "return code"
INVITATION = "invitation"
RECOVERY_CODE = "recovery code"
"""Purposes of a slow hash: the same characters give another hash for another purpose."""

CODE_DIGITS = 20  # 66 bits (TRUST T-7); the check digit comes on top
CODE_LENGTH = CODE_DIGITS + 1

INVITATION_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 letters and digits: no I, L, O or U, so that nothing is taken for another."""
INVITATION_LENGTH = 16  # 80 bits

_LOOKALIKES = str.maketrans("ILO", "110")

# H. M. Damm's quasigroup of order 10: it notices every single wrong digit and every swap of two
# neighbours, and needs no digit beyond 0-9 (an "X" would be lost in most scripts).
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def check_digit(digits: str) -> str:
    """Return the Damm check digit of a row of ASCII digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def show_code(digits: str) -> str:
    """Return 20 digits the way they are shown: groups of four, then the check digit."""
    return in_fours(digits + check_digit(digits))


def in_fours(characters: str) -> str:
    """Return `characters` in groups of four with spaces between."""
    return " ".join(characters[at : at + 4] for at in range(0, len(characters), 4))


def digits_in(typed: str) -> str | None:
    """Return the decimal digits of `typed` as ASCII, or None if it holds anything else.

    Any script's digits count; spaces, dashes, dots, marks of direction and the like are ignored.
    """
    digits: list[str] = []
    for character in typed:
        value = unicodedata.decimal(character, None)
        if value is not None:
            digits.append(str(value))
        elif not _is_separator(character):
            return None
    return "".join(digits)


def _is_separator(character: str) -> bool:
    # Z spaces, P dashes and dots, M keycap marks, Cf marks of direction and joiners, Cc tabs.
    category = unicodedata.category(character)
    return category[0] in "ZPM" or category in ("Cf", "Cc")


def read_code(typed: str) -> str | Refusal:
    """Return the 20 digits of a typed return code, or the reason why it cannot be one."""
    digits = digits_in(typed)
    if digits is None:
        return Refusal(
            Kind.INVALID,
            "code_not_digits",
            mark("A return code has only digits, spaces and dashes. Please type it again."),
            field="code",
        )
    if not digits:
        return Refusal(
            Kind.INVALID, "code_empty", mark("Please type your return code."), field="code"
        )
    if len(digits) != CODE_LENGTH:
        return Refusal(
            Kind.INVALID,
            "code_length",
            mark("You typed %(typed)s digits. A return code has %(wanted)s. Please look again."),
            {"typed": len(digits), "wanted": CODE_LENGTH},
            field="code",
        )
    if check_digit(digits[:-1]) != digits[-1]:
        return Refusal(
            Kind.INVALID,
            "code_check_digit",
            mark("One digit is wrong, or two are swapped. Please compare with what you noted."),
            field="code",
        )
    return digits[:-1]


def unknown_code() -> Refusal:
    """Return the answer to a well-formed return code that is nobody's."""
    return Refusal(
        Kind.INVALID,
        "code_unknown",
        mark("We do not know this code. It may have been renewed. Please look again."),
        field="code",
    )


def read_invitation(typed: str) -> str | Refusal:
    """Return the 16 letters and digits of a typed invitation code, or why it cannot be one.

    Case, spaces and dashes do not matter; O is read as 0, I and L as 1.
    """
    letters: list[str] = []
    for character in unicodedata.normalize("NFKC", typed).upper():
        value = unicodedata.decimal(character, None)
        if value is not None:
            letters.append(str(value))
        elif not _is_separator(character):
            letters.append(character)
    code = "".join(letters).translate(_LOOKALIKES)
    if not code:
        return Refusal(
            Kind.INVALID,
            "invitation_empty",
            mark("Please type the invitation code you were given."),
            field="invitation",
        )
    if any(letter not in INVITATION_ALPHABET for letter in code):
        return Refusal(
            Kind.INVALID,
            "invitation_letters",
            mark("This is not an invitation code. It has letters from A to Z and digits."),
            field="invitation",
        )
    if len(code) != INVITATION_LENGTH:
        return Refusal(
            Kind.INVALID,
            "invitation_length",
            mark("You typed %(typed)s letters and digits. An invitation code has %(wanted)s."),
            {"typed": len(code), "wanted": INVITATION_LENGTH},
            field="invitation",
        )
    return code


# --- Sessions --------------------------------------------------------------------------------

PARTICIPANT_IDLE = timedelta(hours=12)
PARTICIPANT_AFTER_THE_END = timedelta(days=1)
FACILITATOR_IDLE = timedelta(minutes=30)
FACILITATOR_ABSOLUTE = timedelta(hours=12)
FRESH_SECOND_FACTOR = timedelta(minutes=30)


@dataclass(frozen=True)
class SessionTimes:
    """What decides whether a session is alive. An API token has only an end, no idle limit."""

    of_facilitator: bool
    for_api: bool
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime


def participant_ends_at(consultation_closes_at: datetime) -> datetime:
    """Return when a participant's session ends at the latest."""
    return consultation_closes_at + PARTICIPANT_AFTER_THE_END


def facilitator_ends_at(now: datetime) -> datetime:
    """Return when a facilitator's session that begins now ends at the latest."""
    return now + FACILITATOR_ABSOLUTE


def why_session_ended(times: SessionTimes, now: datetime) -> Refusal | None:
    """Say why a session is over, or None while it lives. Its last instant is not part of it."""
    if now >= times.ends_at:
        return Refusal(
            Kind.UNTIMELY, "session_ended", mark("Your visit has ended. Please come in again.")
        )
    if times.for_api:
        return None
    idle = FACILITATOR_IDLE if times.of_facilitator else PARTICIPANT_IDLE
    if now >= times.seen_at + idle:
        return Refusal(
            Kind.UNTIMELY,
            "session_idle",
            mark("Your visit ended because nothing was done for a while. Please come in again."),
        )
    return None


def is_alive(times: SessionTimes, now: datetime) -> bool:
    """Say whether a session still counts."""
    return why_session_ended(times, now) is None


def why_not_fresh(begun_at: datetime, now: datetime) -> Refusal | None:
    """Say why a facilitator must sign in again before an export or a look at identities (T-11)."""
    if now < begun_at + FRESH_SECOND_FACTOR:
        return None
    return Refusal(
        Kind.FORBIDDEN,
        "not_fresh",
        mark("For this, please sign in again: your sign-in is more than half an hour old."),
    )


@dataclass(frozen=True)
class Home:
    """Where somebody who comes back goes first, and until when they may stay."""

    place: str
    stays_until: datetime

    def ends_at(self, now: datetime) -> datetime:
        """Return when a session that begins now ends: who comes long after the end, to read the
        results, gets a visit all the same."""
        return max(self.stays_until, now + PARTICIPANT_IDLE)


# --- Slowing down those who guess (T-9): a delay, never a lock-out ---------------------------

PREFIX_FREE = 3.0  # a person may mistype a few times
ALL_FREE = 100.0  # a whole consultation may mistype at once
LONGEST_DELAY = timedelta(seconds=4)
FAILURES_HALVE_IN = timedelta(minutes=5)


def faded(failures: float, age: timedelta) -> float:
    """Return what is left of a number of failures after a while; it halves every five minutes."""
    return failures * float(0.5 ** max(0.0, age / FAILURES_HALVE_IN))


def slow_down(prefix_failures: float, all_failures: float) -> timedelta:
    """Return how long the next attempt waits.

    `prefix_failures`: recent failures of codes that begin the same (or of the same name);
    `all_failures`: recent failures of everybody. Both faded. The wait never passes four seconds,
    so that nobody can keep others out by guessing.
    """
    own = max(0.0, prefix_failures - PREFIX_FREE) * 0.5
    everybody = max(0.0, all_failures - ALL_FREE) * 0.02
    return min(timedelta(seconds=own + everybody), LONGEST_DELAY)
