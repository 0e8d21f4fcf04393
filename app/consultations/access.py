"""The only gate to a consultation: no page finds one by itself.

What is unknown and what is not open to somebody look alike.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from app.consultations.queries import (
    ConsultationView,
    ParticipationView,
    consultation,
    facilitates,
    participation,
)
from app.consultations.rules import Role, why_not_read
from app.database import ReadSession
from app.identity.access import Asking
from app.identity.queries import Who
from app.refusals import Kind, Refusal, mark, missing
from app.web.dependencies import Reading


@dataclass(frozen=True)
class Admitted:
    """A consultation, and what whoever is asking is in it."""

    consultation: ConsultationView
    who: Who | None
    participation: ParticipationView | None
    role: Role

    @property
    def taking_part(self) -> ParticipationView:
        """Return their part; only behind `TakingPart`."""
        if self.participation is None:
            raise missing()
        return self.participation

    @property
    def facilitator_id(self) -> str:
        """Return the facilitator's id; only behind `Facilitating`."""
        if self.who is None or self.who.facilitator_id is None:
            raise missing()
        return self.who.facilitator_id


def admit(session: ReadSession, slug: str, who: Who | None) -> Admitted:
    """Return the consultation and the role of `who` in it. Raises Refusal if there is none."""
    found = consultation(session, slug)
    if found is None:
        raise missing()
    own = None
    role = Role.VISITOR
    if who is not None and who.person_id is not None:
        own = participation(session, consultation_id=found.id, person_id=who.person_id)
        if own is not None and own.removed:
            own = None
        role = Role.PARTICIPANT if own else Role.VISITOR
    elif who is not None and who.facilitator_id is not None:
        runs = facilitates(session, consultation_id=found.id, facilitator_id=who.facilitator_id)
        role = Role.FACILITATOR if runs else Role.VISITOR
    return Admitted(found, who, own, role)


def visiting(slug: str, session: Reading, asking: Asking) -> Admitted:
    """Let anybody see the call page."""
    return admit(session, slug, asking)


def may_read(slug: str, session: Reading, asking: Asking) -> Admitted:
    """Let those read who may: everybody, or only who was invited."""
    admitted = admit(session, slug, asking)
    refusal = why_not_read(by_invitation=admitted.consultation.by_invitation, role=admitted.role)
    if refusal:
        raise refusal
    return admitted


def taking_part(slug: str, session: Reading, asking: Asking) -> Admitted:
    """Let only participants of this consultation through."""
    admitted = admit(session, slug, asking)
    if admitted.role is not Role.PARTICIPANT:
        raise Refusal(
            Kind.FORBIDDEN,
            "not_participant",
            mark("You are not signed in to this consultation. Join, or return with your code."),
        )
    return admitted


def facilitating(slug: str, session: Reading, asking: Asking) -> Admitted:
    """Let only those through who run this consultation.

    Whoever is not signed in hears that, whether there is such a consultation or not.
    """
    if asking is None:
        raise Refusal(
            Kind.FORBIDDEN,
            "signed_out",
            mark("You are not signed in as a facilitator any more. Sign in, then send it again."),
        )
    admitted = admit(session, slug, asking)
    if admitted.role is not Role.FACILITATOR:
        raise missing()
    return admitted


Visiting = Annotated[Admitted, Depends(visiting)]
MayRead = Annotated[Admitted, Depends(may_read)]
TakingPart = Annotated[Admitted, Depends(taking_part)]
Facilitating = Annotated[Admitted, Depends(facilitating)]
