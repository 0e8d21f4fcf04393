"""What the system answers when it does not do what was asked, and why.

A rule returns a `Refusal` or None; an action raises it; a page shows it beside the form that
caused it. The message is a gettext msgid: it is translated when shown, never when made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Kind(Enum):
    """Why something was not done; only `web/errors.py` knows the HTTP status of each."""

    MISSING = "missing"  # not there, or not for you: the two look alike on purpose
    FORBIDDEN = "forbidden"  # you are known, and this is not yours to do
    UNTIMELY = "untimely"  # right person, wrong moment
    INVALID = "invalid"  # what was typed cannot be taken as it is


def mark(message: str) -> str:
    """Mark `message` for translation and return it unchanged (gettext's N_)."""
    return message


@dataclass(eq=False)  # not frozen: the interpreter writes tracebacks onto exceptions
class Refusal(Exception):  # noqa: N818 - the word of the domain; it is an answer, not an error
    """A polite no: `code` for programs, `message` (a msgid with %(name)s places) for people.

    `values` fill the places; instants are shown in the reader's language and the consultation's
    time zone (`timezone`, an IANA name). `field` names the form field that was at fault.
    """

    kind: Kind
    code: str
    message: str
    values: Mapping[str, str | int | datetime] = field(default_factory=dict)
    field: str | None = None
    timezone: str = "UTC"

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


def missing() -> Refusal:
    """Return the answer to whoever asks for what is not there or not open to them."""
    return Refusal(
        Kind.MISSING, "missing", mark("There is nothing here, or it is not open to you.")
    )
