"""When a facilitator may open or close a thread, and which times of its own it may have. Pure."""

from datetime import datetime

from app.consultations.rules import Phase, Schedule
from app.discussion.rules import ThreadTimes
from app.refusals import Kind, Refusal, mark


def why_not_close_thread(times: ThreadTimes, now: datetime) -> Refusal | None:
    """Say why a thread cannot be closed by hand: only an open one can."""
    if now < times.starts_at:
        return Refusal(
            Kind.UNTIMELY,
            "thread_not_open",
            mark("This thread is not open yet. Change its times instead."),
        )
    if now >= times.ends_at:
        return Refusal(
            Kind.UNTIMELY,
            "thread_is_closed",
            mark("This thread is closed already, since %(at)s."),
            {"at": times.ends_at},
            timezone=times.consultation.timezone,
        )
    return None


def why_not_open_thread(consultation: Schedule, now: datetime) -> Refusal | None:
    """Say why a thread cannot be opened by hand: its consultation is not open."""
    phase = consultation.phase(now)
    if phase is Phase.UPCOMING:
        return Refusal(
            Kind.UNTIMELY,
            "consultation_not_open",
            mark("The consultation opens on %(at)s. No thread can be open before."),
            {"at": consultation.opens_at},
            timezone=consultation.timezone,
        )
    if phase is Phase.CLOSED:
        return Refusal(
            Kind.UNTIMELY,
            "consultation_closed",
            mark("The consultation closed on %(at)s. Extend it first, then open the thread."),
            {"at": consultation.closes_at},
            timezone=consultation.timezone,
        )
    return None


def why_not_times(
    consultation: Schedule, opens_at: datetime | None, closes_at: datetime | None
) -> Refusal | None:
    """Say why a thread cannot have these times of its own: it would never be open."""
    begins = max(opens_at or consultation.opens_at, consultation.opens_at)
    ends = min(closes_at or consultation.closes_at, consultation.closes_at)
    if begins < ends:
        return None
    if opens_at and closes_at and closes_at <= opens_at:
        return Refusal(
            Kind.INVALID,
            "closes_before_opening",
            mark("The closing time must be after the opening time."),
            field="closes",
        )
    return Refusal(
        Kind.INVALID,
        "outside_consultation",
        mark("The consultation is open from %(opens)s to %(closes)s. This thread never would be."),
        {"opens": consultation.opens_at, "closes": consultation.closes_at},
        field="opens" if opens_at and opens_at >= consultation.closes_at else "closes",
        timezone=consultation.timezone,
    )
