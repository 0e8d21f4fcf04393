"""Invitations: codes that let a number of people join, until a day, unless revoked."""

from datetime import datetime

from sqlalchemy import select

from app.consultations import typed
from app.consultations.acts import locked, record
from app.consultations.models import Invitation
from app.consultations.typed import accepted
from app.database import WriteSession, new_id
from app.identity.hashing import FreshCode
from app.refusals import Kind, Refusal, mark, missing

LARGEST_CAP = 5000


def invite(
    session: WriteSession,
    *,
    consultation_id: str,
    label: str,
    cap: int | str,
    expires_at: datetime,
    code: FreshCode,
    facilitator_id: str,
    now: datetime,
) -> str:
    """Make an invitation that lets up to `cap` people join before `expires_at`; return its id.

    `code` is made by `fresh_invitation` before the transaction, since its hash is slow; only the
    hash is kept, so it is shown this once. Raises Refusal.
    """
    row = locked(session, consultation_id)
    required = mark("Write who this invitation is for, so that you know it again.")
    name = accepted(typed.line(label, field="label", required=required))[:100]
    people = accepted(typed.number(cap, field="cap", lowest=1, highest=LARGEST_CAP))
    if expires_at <= now:
        raise Refusal(
            Kind.INVALID,
            "expires_in_the_past",
            mark("This time is already over. Choose a later one."),
            field="expires",
        )
    invitation = Invitation(
        id=new_id(),
        consultation_id=row.id,
        label=name,
        code_hash=code.hash,
        cap=people,
        used=0,
        expires_at=expires_at,
        made_at=now,
        made_by=facilitator_id,
    )
    session.add(invitation)
    session.flush()
    verb = mark("made an invitation")
    record(
        session, row.id, verb, by=facilitator_id, kind="invitation", thing=invitation.id, now=now
    )
    return invitation.id


def revoke_invitation(
    session: WriteSession,
    *,
    consultation_id: str,
    invitation_id: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Let an invitation admit nobody any more; who joined with it stays. Raises Refusal."""
    invitation = session.scalar(
        select(Invitation)
        .where(Invitation.id == invitation_id, Invitation.consultation_id == consultation_id)
        .with_for_update()
    )
    if invitation is None:
        raise missing()
    if invitation.revoked_at is not None:
        return
    invitation.revoked_at = now
    session.flush()
    record(
        session,
        consultation_id,
        mark("revoked an invitation"),
        by=facilitator_id,
        kind="invitation",
        thing=invitation_id,
        now=now,
    )
