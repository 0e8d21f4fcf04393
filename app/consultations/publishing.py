"""What facilitators say to everybody: announcements, and the report once it is published."""

from datetime import datetime

from sqlalchemy import select

from app.consultations import typed
from app.consultations.acts import locked, record
from app.consultations.models import Announcement
from app.consultations.rules import Phase, Schedule
from app.consultations.typed import accepted
from app.database import WriteSession, new_id
from app.refusals import Kind, Refusal, mark
from app.translation.actions import write_text
from app.translation.models import Words


def announce(
    session: WriteSession,
    *,
    consultation_id: str,
    text: str,
    language: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Say something to everybody on the call page. The same words again change nothing."""
    row = locked(session, consultation_id)
    required = mark("Write what you want to say to everybody.")
    body = accepted(typed.prose(text, field="text", required=required))
    tag = accepted(typed.language(language))
    said_before = session.scalar(
        select(Announcement.id)
        .join(Words, Words.id == Announcement.text_id)
        .where(Announcement.consultation_id == row.id, Words.body == body)
    )
    if said_before:
        return
    text_id = write_text(session, readership_id=row.readership_id, language=tag, body=body, now=now)
    said = Announcement(
        id=new_id(),
        consultation_id=row.id,
        text_id=text_id,
        announced_at=now,
        announced_by=facilitator_id,
    )
    session.add(said)
    session.flush()
    record(session, row.id, mark("announced something"), by=facilitator_id, now=now)


def publish(
    session: WriteSession, *, consultation_id: str, facilitator_id: str, now: datetime
) -> None:
    """Open the report to everybody. Raises Refusal before the consultation has closed."""
    row = locked(session, consultation_id)
    if row.published_at is not None:
        return
    if Schedule(row.opens_at, row.closes_at, row.timezone).phase(now) is not Phase.CLOSED:
        # Figures that still change would give away who came in between two looks (TRUST T-24).
        raise Refusal(
            Kind.UNTIMELY,
            "publish_too_early",
            mark("The report can be published once the consultation has closed, on %(at)s."),
            {"at": row.closes_at},
            timezone=row.timezone,
        )
    row.published_at = now
    session.flush()
    record(session, row.id, mark("published the report"), by=facilitator_id, now=now)


def unpublish(
    session: WriteSession, *, consultation_id: str, facilitator_id: str, now: datetime
) -> None:
    """Take the report back from everybody."""
    row = locked(session, consultation_id)
    if row.published_at is None:
        return
    row.published_at = None
    session.flush()
    record(session, row.id, mark("took the report back"), by=facilitator_id, now=now)
