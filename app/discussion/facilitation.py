"""What facilitators do with threads: add, change, close, open again, sum up.

Every act is logged; none commits.
"""

from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.consultations import typed
from app.consultations.acts import locked, record, write_or_keep
from app.consultations.models import Consultation
from app.consultations.rules import Schedule
from app.consultations.typed import accepted
from app.database import WriteSession, new_id
from app.discussion.facilitation_rules import (
    why_not_close_thread,
    why_not_open_thread,
    why_not_times,
)
from app.discussion.models import Closure, Summary, Thread
from app.discussion.thread_queries import ThreadView, newest_summary, thread
from app.refusals import Kind, Refusal, mark, missing
from app.translation.models import Words

QUESTION_LIMIT = 300  # words
SUMMARY_LIMIT = 1000  # words


def add_thread(
    session: WriteSession,
    *,
    consultation_id: str,
    number: int | None = None,
    title: str,
    question: str,
    language: str,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    theme_on: date | None = None,
    facilitator_id: str,
    now: datetime,
) -> int:
    """Add a thread and return its number, by default the next one. Raises Refusal.

    A thread of the same title and question is there already: then its number is returned.
    Without times of its own it is open as long as the consultation.
    """
    row = locked(session, consultation_id)
    title, question, tag = _checked(title, question, language)
    before = _added_before(session, row.id, title, question)
    if before is not None:
        return before
    refusal = why_not_times(_schedule(row), opens_at, closes_at)
    if refusal:
        raise refusal
    if number is None:
        newest = select(func.max(Thread.number)).where(Thread.consultation_id == row.id)
        number = (session.scalar(newest) or 0) + 1
    added = Thread(
        id=new_id(),
        consultation_id=row.id,
        number=number,
        title_id=write_or_keep(session, row, tag, title, now),
        question_id=write_or_keep(session, row, tag, question, now),
        opens_at=opens_at,
        closes_at=closes_at,
        theme_on=theme_on,
    )
    try:
        with session.begin_nested():
            session.add(added)
            session.flush()
    except IntegrityError:
        raise Refusal(
            Kind.INVALID,
            "number_taken",
            mark("There is already a thread %(number)s. Choose another number."),
            {"number": number},
            field="number",
        ) from None
    _record(session, added, mark("added a thread"), facilitator_id, now)
    return number


def _checked(title: str, question: str, language: str) -> tuple[str, str, str]:
    return (
        accepted(
            typed.line(title, field="title", required=mark("Write a title: what this is about."))
        ),
        accepted(
            typed.prose(
                question,
                field="question",
                required=mark("Write the question that people answer here."),
                limit=QUESTION_LIMIT,
            )
        ),
        accepted(typed.language(language)),
    )


def _added_before(
    session: WriteSession, consultation_id: str, title: str, question: str
) -> int | None:
    titles = select(Words.id).where(Words.body == title)
    questions = select(Words.id).where(Words.body == question)
    return session.scalar(
        select(Thread.number)
        .where(
            Thread.consultation_id == consultation_id,
            Thread.title_id.in_(titles),
            Thread.question_id.in_(questions),
        )
        .order_by(Thread.number)
        .limit(1)
    )


def change_thread(
    session: WriteSession,
    *,
    consultation_id: str,
    number: int,
    title: str,
    question: str,
    language: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    theme_on: date | None,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Change a thread's words, its own times and the day whose theme it is. Raises Refusal."""
    row = _consultation(session, consultation_id)
    found = _locked_thread(session, row.id, number)
    title, question, tag = _checked(title, question, language)
    times = (opens_at, closes_at)
    refusal = None
    if times != (found.opens_at, found.closes_at):
        refusal = why_not_times(_schedule(row), opens_at, closes_at)
    if refusal:
        raise refusal
    before = (found.title_id, found.question_id, found.opens_at, found.closes_at, found.theme_on)
    found.title_id = write_or_keep(session, row, tag, title, now, before=found.title_id)
    found.question_id = write_or_keep(session, row, tag, question, now, before=found.question_id)
    found.opens_at, found.closes_at, found.theme_on = opens_at, closes_at, theme_on
    if before == (found.title_id, found.question_id, *times, theme_on):
        return
    session.flush()
    _record(session, found, mark("changed a thread"), facilitator_id, now)


def close_thread(
    session: WriteSession,
    *,
    consultation_id: str,
    number: int,
    reason: str,
    language: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Close an open thread now; the reason, if one is given, is shown. Raises Refusal.

    Closing one that is closed by hand changes nothing.
    """
    row = _consultation(session, consultation_id)
    found = _locked_thread(session, row.id, number)
    times = _view(session, row, number).times
    if times.closed_by_hand_at is not None:
        return
    refusal = why_not_close_thread(times, now)
    if refusal:
        raise refusal
    body = accepted(typed.prose(reason, field="text", limit=typed.REASON_LIMIT))
    tag = accepted(typed.language(language))
    session.add(
        Closure(
            id=new_id(),
            thread_id=found.id,
            closed_at=now,
            closed_by=facilitator_id,
            reason_id=write_or_keep(session, row, tag, body, now) if body else None,
        )
    )
    session.flush()
    _record(session, found, mark("closed a thread"), facilitator_id, now)


def reopen_thread(
    session: WriteSession, *, consultation_id: str, number: int, facilitator_id: str, now: datetime
) -> None:
    """Open a thread now, whatever kept it closed: a closure by hand, or times of its own.

    An own closing time that is over is dropped: the thread then closes with the consultation.
    Opening one that is open changes nothing. Raises Refusal.
    """
    row = _consultation(session, consultation_id)
    found = _locked_thread(session, row.id, number)
    times = _view(session, row, number).times
    if times.is_open(now):
        return
    refusal = why_not_open_thread(times.consultation, now)
    if refusal:
        raise refusal
    session.execute(
        update(Closure)
        .where(Closure.thread_id == found.id, Closure.reopened_at.is_(None))
        .values(reopened_at=now, reopened_by=facilitator_id)
    )
    if found.opens_at is not None and found.opens_at > now:
        found.opens_at = now
    if found.closes_at is not None and found.closes_at <= now:
        found.closes_at = None
    session.flush()
    _record(session, found, mark("opened a thread"), facilitator_id, now)


def summarise(
    session: WriteSession,
    *,
    consultation_id: str,
    number: int,
    text: str,
    language: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Write what a thread has said so far; the newest summary is shown. Raises Refusal.

    The same words as the newest change nothing.
    """
    row = _consultation(session, consultation_id)
    found = _locked_thread(session, row.id, number)
    required = mark("Write the summary.")
    body = accepted(typed.prose(text, field="text", required=required, limit=SUMMARY_LIMIT))
    tag = accepted(typed.language(language))
    before = newest_summary(session, found.id)
    text_id = write_or_keep(session, row, tag, body, now, before=before)
    if text_id == before:
        return
    session.add(
        Summary(
            id=new_id(),
            thread_id=found.id,
            text_id=text_id,
            written_at=now,
            written_by=facilitator_id,
        )
    )
    session.flush()
    _record(session, found, mark("summed up a thread"), facilitator_id, now)


def _consultation(session: WriteSession, consultation_id: str) -> Consultation:
    row = session.get(Consultation, consultation_id)
    if row is None:
        raise missing()
    return row


def _schedule(row: Consultation) -> Schedule:
    return Schedule(row.opens_at, row.closes_at, row.timezone)


def _locked_thread(session: WriteSession, consultation_id: str, number: int) -> Thread:
    # `contribute` shares this lock: a post is in before the thread closes, or finds it closed.
    row = session.scalar(
        select(Thread)
        .where(Thread.consultation_id == consultation_id, Thread.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise missing()
    return row


def _view(session: WriteSession, row: Consultation, number: int) -> ThreadView:
    view = thread(session, row.id, number, _schedule(row))
    if view is None:
        raise missing()
    return view


def _record(
    session: WriteSession, row: Thread, verb: str, facilitator_id: str, now: datetime
) -> None:
    record(
        session,
        row.consultation_id,
        verb,
        by=facilitator_id,
        kind="thread",
        thing=str(row.number),
        now=now,
    )
