"""What needs a facilitator now, most urgent first, and what happens next. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.consultations import desk_urls as urls
from app.consultations.rules import Phase, Schedule
from app.discussion.rules import ThreadTimes
from app.refusals import mark

SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Situation:
    """All that decides what a consultation needs of those who run it."""

    schedule: Schedule
    today: date  # in the consultation's time zone
    threads: Sequence[tuple[int, ThreadTimes]]
    waiting: int
    failed: int
    has_promise: bool
    results_due_on: date | None
    published: bool
    by_invitation: bool
    usable_invitations: int


@dataclass(frozen=True)
class Need:
    """One thing to do, or (without a button) one that happens by itself.

    `message` has the places count, number (of a thread), left (a span of time) and day.
    """

    message: str
    button: str = ""
    place: str = ""
    count: int = 0
    number: int = 0
    left: timedelta | None = None
    day: date | None = None


def needs(situation: Situation, now: datetime) -> list[Need]:
    """Return what somebody must do now, the most urgent first."""
    phase = situation.schedule.phase(now)
    return [
        *_in_the_way(situation, phase),
        *_soon(situation, now),
        *_owed(situation, phase),
    ]


def _in_the_way(situation: Situation, phase: Phase) -> list[Need]:
    found = []
    if situation.waiting:
        found.append(
            Need(
                mark("Posts that came after closing and wait for you: %(count)s."),
                mark("Look at them"),
                urls.HELD,
                count=situation.waiting,
            )
        )
    if phase is Phase.CLOSED:
        return found
    if not situation.threads:
        found.append(
            Need(
                mark("There is no question yet, so nobody can write."),
                mark("Add a question"),
                urls.ADD_THREAD,
            )
        )
    if situation.by_invitation and not situation.usable_invitations:
        found.append(
            Need(
                mark("People need an invitation code, and no code works now."),
                mark("Make an invitation"),
                urls.INVITATIONS,
            )
        )
    return found


def _soon(situation: Situation, now: datetime) -> list[Need]:
    schedule = situation.schedule
    found = []
    if schedule.phase(now) is Phase.OPEN and schedule.closes_at - now <= SOON:
        found.append(
            Need(
                mark("The consultation closes in %(left)s."),
                mark("Change the times"),
                urls.SCHEDULE,
                left=schedule.closes_at - now,
            )
        )
    if schedule.phase(now) is Phase.UPCOMING and schedule.opens_at - now <= SOON:
        found.append(
            Need(
                mark("The consultation opens in %(left)s."),
                mark("Change the times"),
                urls.SCHEDULE,
                left=schedule.opens_at - now,
            )
        )
    for number, times in situation.threads:
        event = _next_of(number, times, now)
        if event and event.left and event.left <= SOON:
            found.append(event)
    return found


def _next_of(number: int, times: ThreadTimes, now: datetime) -> Need | None:
    """Return the next opening or closing of a thread that is not its consultation's own."""
    own = times.consultation
    if now < times.starts_at < times.ends_at and times.starts_at > own.opens_at:
        return Need(
            mark("Question %(number)s opens in %(left)s."),
            mark("Look at it"),
            urls.THREAD,
            number=number,
            left=times.starts_at - now,
        )
    if times.starts_at <= now < times.ends_at < own.closes_at:
        return Need(
            mark("Question %(number)s closes in %(left)s."),
            mark("Look at it"),
            urls.THREAD,
            number=number,
            left=times.ends_at - now,
        )
    return None


def _owed(situation: Situation, phase: Phase) -> list[Need]:
    found = []
    if situation.failed:
        found.append(
            Need(
                mark("Translations that failed: %(count)s. Readers get the original instead."),
                mark("See how translation goes"),
                urls.DESK + "#translation",
                count=situation.failed,
            )
        )
    due = situation.results_due_on
    if phase is Phase.CLOSED and not situation.published:
        overdue = due is not None and due < situation.today
        found.append(
            Need(
                mark("The results were promised for %(day)s.")
                if overdue
                else mark("The consultation is over, and its report is not published yet."),
                mark("Look at the report"),
                urls.REPORT,
                day=due,
            )
        )
    if not situation.has_promise and not situation.published:
        found.append(
            Need(
                mark("You have not said what happens with people's words."),
                mark("Say it"),
                urls.WORDS + "#promise",
            )
        )
    if due is None and not situation.published:
        found.append(
            Need(
                mark("You have not said when the results will be back."),
                mark("Promise a day"),
                urls.WORDS + "#results_due_on",
            )
        )
    return found


def what_is_next(situation: Situation, now: datetime) -> Need | None:
    """Return what opens or closes next, by itself."""
    schedule = situation.schedule
    events = [_next_of(number, times, now) for number, times in situation.threads]
    found = [event for event in events if event]
    if schedule.phase(now) is Phase.UPCOMING:
        found.append(
            Need(mark("The consultation opens in %(left)s."), left=schedule.opens_at - now)
        )
    elif schedule.phase(now) is Phase.OPEN:
        found.append(
            Need(mark("The consultation closes in %(left)s."), left=schedule.closes_at - now)
        )
    return min(found, key=lambda event: event.left or timedelta.max, default=None)
