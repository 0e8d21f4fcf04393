"""What the acts of facilitators on a consultation have in common: a lock, words, a log line."""

from datetime import datetime

from app.consultations.models import Consultation
from app.database import WriteSession
from app.identity.actions import record_act
from app.refusals import missing
from app.translation.actions import write_text
from app.translation.models import Words


def locked(session: WriteSession, consultation_id: str) -> Consultation:
    """Return the row of a consultation, held until the transaction ends; raise Refusal if it is
    not there. Two facilitators who act at once then do so one after the other."""
    row = session.get(Consultation, consultation_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise missing()
    return row


def write_or_keep(
    session: WriteSession,
    row: Consultation,
    language: str,
    body: str,
    now: datetime,
    *,
    before: str | None = None,
) -> str:
    """Return the text `before` if it says the same in the same language, else a new one."""
    words = session.get(Words, before) if before else None
    if words and (words.body, words.language) == (body, language):
        return words.id
    return write_text(
        session, readership_id=row.readership_id, language=language, body=body, now=now
    )


def record(
    session: WriteSession,
    consultation_id: str,
    verb: str,
    *,
    by: str,
    kind: str = "consultation",
    thing: str | None = None,
    now: datetime,
) -> None:
    """Log what the facilitator `by` did with the `kind` of thing of id `thing`, by default with
    the consultation itself. The last thing an action does; never any words of people."""
    record_act(
        session,
        actor_kind="facilitator",
        actor_id=by,
        verb=verb,
        object_kind=kind,
        object_id=thing or consultation_id,
        consultation_id=consultation_id,
        now=now,
    )
