"""What facilitators do with the times of a consultation: extend, close early, open again."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.consultations import typed
from app.consultations.acts import locked, record
from app.consultations.models import ScheduleChange
from app.consultations.rules import Phase, Schedule, why_not_close, why_not_schedule
from app.consultations.typed import accepted
from app.database import WriteSession, new_id
from app.refusals import Kind, Refusal, mark
from app.translation.actions import write_text


@dataclass(frozen=True)
class Times:
    """A schedule as typed: local times in the consultation's time zone, with the choices for a
    night in which they come twice. `opens` is empty where the opening stays as it is."""

    opens: str
    closes: str
    opens_choice: str = ""
    closes_choice: str = ""


def instants_of(times: Times, schedule: Schedule) -> tuple[datetime, datetime]:
    """Return opening and closing as instants. Raises Refusal."""
    zone = schedule.timezone
    opens_at, closes_at = schedule.opens_at, schedule.closes_at
    if times.opens.strip():
        opens_at = accepted(
            typed.instant_or_same(
                times.opens, zone, times.opens_choice, before=opens_at, field="opens"
            )
        )
    closes_at = accepted(
        typed.instant_or_same(
            times.closes, zone, times.closes_choice, before=closes_at, field="closes"
        )
    )
    return opens_at, closes_at


def why_not_change(
    before: Schedule, opens_at: datetime, closes_at: datetime, now: datetime
) -> Refusal | None:
    """Say why a consultation cannot have these times instead of those it has."""
    if opens_at != before.opens_at and before.phase(now) is not Phase.UPCOMING:
        return Refusal(
            Kind.UNTIMELY,
            "already_opened",
            mark("This consultation opened on %(at)s. That cannot be changed any more."),
            {"at": before.opens_at},
            field="opens",
            timezone=before.timezone,
        )
    if closes_at < now:
        return Refusal(
            Kind.INVALID,
            "closes_in_the_past",
            mark("The closing time is already over. Choose a later one."),
            field="closes",
        )
    refusal = why_not_schedule(opens_at, closes_at)
    return replace(refusal, field="closes") if refusal else None


def extend_or_close(
    session: WriteSession,
    *,
    consultation_id: str,
    opens_at: datetime | None = None,
    closes_at: datetime,
    reason: str,
    language: str,
    facilitator_id: str,
    now: datetime,
) -> bool:
    """Give a consultation other times, with a reason that everybody reads; return whether they
    changed. Raises Refusal.

    `closes_at` is `now` to close at once; a later one also opens a closed consultation again,
    and then takes its published report back. `opens_at` counts only before it has opened.
    """
    row = locked(session, consultation_id)
    before = Schedule(row.opens_at, row.closes_at, row.timezone)
    opens_at = opens_at or before.opens_at
    if (opens_at, closes_at) == (before.opens_at, before.closes_at):
        return False
    refusal = why_not_close(before, now) if closes_at == now else None
    refusal = refusal or why_not_change(before, opens_at, closes_at, now)
    if refusal:
        raise refusal
    body = accepted(typed.reason(reason))
    tag = accepted(typed.language(language))
    text_id = write_text(session, readership_id=row.readership_id, language=tag, body=body, now=now)
    session.add(
        ScheduleChange(
            id=new_id(),
            consultation_id=row.id,
            changed_at=now,
            changed_by=facilitator_id,
            opened_at_before=before.opens_at,
            closed_at_before=before.closes_at,
            opens_at=opens_at,
            closes_at=closes_at,
            reason_id=text_id,
        )
    )
    row.opens_at, row.closes_at = opens_at, closes_at
    if before.phase(now) is Phase.CLOSED:
        row.published_at = None
    session.flush()
    verb = _verb(before, closes_at, now)
    record(session, row.id, verb, by=facilitator_id, now=now)
    return True


def _verb(before: Schedule, closes_at: datetime, now: datetime) -> str:
    if closes_at == now:
        return mark("closed a consultation early")
    if before.phase(now) is Phase.CLOSED:
        return mark("opened a consultation again")
    return mark("changed the times of a consultation")
