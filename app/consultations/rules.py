"""When a consultation is open, who may join it, and what a name may be."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from app.refusals import Kind, Refusal, mark

NAME_LIMIT = 60  # characters
READING_LANGUAGES_LIMIT = 6
LANGUAGES_KNOWN = mark("We do not know the language %(tag)s.")

QUOTATIONS = ("name", "pseudonym", "country", "none")
"""How somebody's words may be quoted: with name and country, under a made-up name, with the
country only, or not at all."""

ORGANISATION_TYPES = (
    mark("community organisation"),
    mark("national NGO"),
    mark("international NGO"),
    mark("government"),
    mark("donor"),
    mark("university"),
    mark("media"),
    mark("individual"),
)


class Phase(Enum):
    """Where a consultation stands in its time."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"


class Role(Enum):
    """What somebody is in one consultation."""

    VISITOR = "visitor"
    PARTICIPANT = "participant"
    FACILITATOR = "facilitator"


@dataclass(frozen=True)
class Schedule:
    """The half-open interval [opens_at, closes_at), in the time zone of an IANA name."""

    opens_at: datetime
    closes_at: datetime
    timezone: str

    def phase(self, now: datetime) -> Phase:
        """Return where `now` lies; the instant of closing is closed."""
        if now < self.opens_at:
            return Phase.UPCOMING
        return Phase.OPEN if now < self.closes_at else Phase.CLOSED


def why_not_join(schedule: Schedule, now: datetime, *, removed: bool = False) -> Refusal | None:
    """Say why somebody cannot join now. People may join before it opens, not once it closed."""
    if removed:
        return Refusal(
            Kind.FORBIDDEN, "removed", mark("A facilitator ended your part in this consultation.")
        )
    if schedule.phase(now) is Phase.CLOSED:
        return Refusal(
            Kind.UNTIMELY,
            "consultation_closed",
            mark("This consultation closed on %(at)s. You can still read it."),
            {"at": schedule.closes_at},
            timezone=schedule.timezone,
        )
    return None


def why_not_read(*, by_invitation: bool, role: Role) -> Refusal | None:
    """Say why somebody may not read the threads: only by invitation, and they are not in."""
    if by_invitation and role is Role.VISITOR:
        return Refusal(
            Kind.MISSING, "missing", mark("There is nothing here, or it is not open to you.")
        )
    return None


def clean_name(typed: str) -> str:
    """Return a name on one line, without controls that could turn the text around it.

    Joiners that Persian and Indic scripts need are kept (TRUST B-10a).
    """
    kept = (
        c
        for c in typed
        if unicodedata.category(c) not in ("Cc", "Cs", "Co")
        and (unicodedata.category(c) != "Cf" or c in "\u200c\u200d")
    )
    return " ".join("".join(kept).split())


def why_not_name(name: str) -> Refusal | None:
    """Say why a cleaned name cannot be used."""
    if not name:
        return Refusal(
            Kind.INVALID,
            "name_missing",
            mark("Write a name to be seen by. A made-up name is fine."),
            field="name",
        )
    if len(name) > NAME_LIMIT:
        return Refusal(
            Kind.INVALID,
            "name_too_long",
            mark("This name is too long. It may have %(limit)s characters."),
            {"limit": NAME_LIMIT},
            field="name",
        )
    return None


def why_not_languages(tags: list[str], known: list[str | None]) -> Refusal | None:
    """Say why reading languages cannot be taken: none, too many, or one that is not known.

    `tags` are as typed, `known` the same in the usual form, None where there is no such language.
    """
    if not tags:
        return Refusal(
            Kind.INVALID,
            "language_missing",
            mark("Choose at least one language you read."),
            field="languages",
        )
    for typed, tag in zip(tags, known, strict=True):
        if tag is None:
            return Refusal(
                Kind.INVALID,
                "language_unknown",
                LANGUAGES_KNOWN,
                {"tag": typed[:20]},
                field="languages",
            )
    if len(tags) > READING_LANGUAGES_LIMIT:
        return Refusal(
            Kind.INVALID,
            "languages_too_many",
            mark("Choose at most %(limit)s languages."),
            {"limit": READING_LANGUAGES_LIMIT},
            field="languages",
        )
    return None


def country_unknown(typed: str) -> Refusal:
    """Return the refusal of a country code that does not exist."""
    return Refusal(
        Kind.INVALID,
        "country_unknown",
        mark("We do not know the country %(code)s."),
        {"code": typed[:20]},
        field="country",
    )


def consent_missing() -> Refusal:
    """Return the refusal of joining without consent."""
    return Refusal(
        Kind.INVALID,
        "consent_missing",
        mark("To take part, please tick that you agree."),
        field="consent",
    )


@dataclass(frozen=True)
class InvitationState:
    """What decides whether an invitation can be used."""

    cap: int
    used: int
    expires_at: datetime
    revoked_at: datetime | None


def why_not_invited(invitation: InvitationState | None, now: datetime) -> Refusal | None:
    """Say why an invitation lets nobody in; the same words whatever the cause (TRUST T-9)."""
    if (
        invitation is None
        or invitation.revoked_at is not None
        or now >= invitation.expires_at
        or invitation.used >= invitation.cap
    ):
        return Refusal(
            Kind.INVALID,
            "invitation_wrong",
            mark("This invitation code does not work. Ask whoever gave it to you."),
            field="invitation",
        )
    return None


def local_instant(local: datetime, timezone: str, choice: str = "") -> datetime | Refusal:
    """Return the instant of a naive local time in a time zone, aware.

    When clocks change, an hour is skipped or comes twice. A skipped time is refused; a doubled one
    is refused with a choice, answered by `choice`: `first` or `second`.
    """
    zone = ZoneInfo(timezone)
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    exists = first.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) == local
    if not exists:
        gap = (second.utcoffset() or timedelta()) - (first.utcoffset() or timedelta())
        before = (local - abs(gap)).strftime("%H:%M")
        after = (local + abs(gap)).strftime("%H:%M")
        return Refusal(
            Kind.INVALID,
            "time_skipped",
            mark(
                "On that night the clocks jump over %(time)s. "
                "Choose an earlier time (%(before)s) or a later one (%(after)s)."
            ),
            {"time": local.strftime("%H:%M"), "before": before, "after": after},
        )
    if choice in ("first", "second"):
        return first if choice == "first" else second
    return Refusal(
        Kind.INVALID,
        "time_doubled",
        mark("On that night %(time)s comes twice. Choose the first or the second."),
        {"time": local.strftime("%H:%M")},
    )


def why_not_schedule(opens_at: datetime, closes_at: datetime) -> Refusal | None:
    """Say why two instants are no schedule."""
    if closes_at <= opens_at:
        return Refusal(
            Kind.INVALID,
            "closes_before_opening",
            mark("The closing time must be after the opening time."),
            field="closes_at",
        )
    return None


def why_not_close(schedule: Schedule, now: datetime) -> Refusal | None:
    """Say why a consultation cannot be closed early: only an open one can."""
    if schedule.phase(now) is not Phase.OPEN:
        return Refusal(Kind.UNTIMELY, "not_open", mark("This consultation is not open now."))
    return None


def reason_missing() -> Refusal:
    """Return the refusal of an act that needs a reason people will read."""
    return Refusal(
        Kind.INVALID,
        "reason_missing",
        mark("Write the reason. People will read it."),
        field="reason",
    )
