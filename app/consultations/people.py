"""Who takes part in a consultation and who runs it, as far as facilitators decide it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select

from app.consultations.acts import locked, record
from app.consultations.models import Facilitation, Participation
from app.database import WriteSession
from app.identity.models import Facilitator
from app.identity.queries import facilitator_by_name, no_facilitator
from app.refusals import Kind, Refusal, mark, missing


def remove_participant(
    session: WriteSession,
    *,
    consultation_id: str,
    participation_id: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """End somebody's part in a consultation; their posts stay as they are. Raises Refusal."""
    row = _participation(session, consultation_id, participation_id)
    if row.removed_at is not None:
        return
    row.removed_at = now
    session.flush()
    verb = mark("removed a participant")
    record(
        session, consultation_id, verb, by=facilitator_id, kind="participant", thing=row.id, now=now
    )


def let_back(
    session: WriteSession,
    *,
    consultation_id: str,
    participation_id: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Let somebody take part again who was removed. Raises Refusal."""
    row = _participation(session, consultation_id, participation_id)
    if row.removed_at is None:
        return
    row.removed_at = None
    session.flush()
    verb = mark("let a participant back in")
    record(
        session, consultation_id, verb, by=facilitator_id, kind="participant", thing=row.id, now=now
    )


def _participation(
    session: WriteSession, consultation_id: str, participation_id: str
) -> Participation:
    row = session.scalar(
        select(Participation)
        .where(
            Participation.id == participation_id, Participation.consultation_id == consultation_id
        )
        .with_for_update()
    )
    if row is None:
        raise missing()
    return row


def record_look(
    session: WriteSession, *, consultation_id: str, facilitator_id: str, now: datetime
) -> None:
    """Log that a facilitator looked at the list of people (TRUST T-18)."""
    verb = mark("looked at the list of people")
    record(session, consultation_id, verb, by=facilitator_id, now=now)


def add_facilitator_to(
    session: WriteSession, *, consultation_id: str, name: str, facilitator_id: str, now: datetime
) -> None:
    """Let the facilitator of that name run a consultation too. Raises Refusal.

    Where all facilitators ran it together until now, the two of them run it from here on.
    """
    row = locked(session, consultation_id)
    added = facilitator_by_name(session, name=name)
    if added is None:
        raise replace(no_facilitator(name), kind=Kind.INVALID)  # an answer to a form
    running = _running(session, row.id)
    if added in running:
        return
    newcomers = {added} if running else {added, facilitator_id}
    session.add_all(
        Facilitation(consultation_id=row.id, facilitator_id=one, since=now)
        for one in sorted(newcomers)
    )
    session.flush()
    verb = mark("let a facilitator run a consultation")
    record(session, row.id, verb, by=facilitator_id, kind="facilitator", thing=added, now=now)


def remove_facilitator_from(
    session: WriteSession, *, consultation_id: str, name: str, facilitator_id: str, now: datetime
) -> None:
    """Let the facilitator of that name run a consultation no longer. Raises Refusal.

    The last one stays: a consultation that nobody runs is run by all.
    """
    row = locked(session, consultation_id)
    removed = facilitator_by_name(session, name=name)
    running = _running(session, row.id)
    if removed is None or removed not in running:
        raise replace(no_facilitator(name), kind=Kind.INVALID)  # an answer to a form
    if running == {removed}:
        raise Refusal(
            Kind.FORBIDDEN,
            "last_facilitator",
            mark("Somebody must run this consultation. Add another facilitator first."),
            field="name",
        )
    session.execute(
        delete(Facilitation).where(
            Facilitation.consultation_id == row.id, Facilitation.facilitator_id == removed
        )
    )
    verb = mark("let a facilitator run a consultation no longer")
    record(session, row.id, verb, by=facilitator_id, kind="facilitator", thing=removed, now=now)


def _running(session: WriteSession, consultation_id: str) -> set[str]:
    # Somebody removed from the installation cannot sign in, so does not count.
    return set(
        session.scalars(
            select(Facilitation.facilitator_id)
            .join(Facilitator, Facilitator.id == Facilitation.facilitator_id)
            .where(
                Facilitation.consultation_id == consultation_id, Facilitator.removed_at.is_(None)
            )
        )
    )
