"""Joining and what participants change about themselves."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app import countries, languages
from app.consultations.models import (
    Consultation,
    Invitation,
    Participation,
    ParticipationLanguage,
)
from app.consultations.queries import ConsultationView, consultation, participation
from app.consultations.rules import (
    ORGANISATION_TYPES,
    QUOTATIONS,
    InvitationState,
    clean_name,
    consent_missing,
    country_unknown,
    why_not_invited,
    why_not_join,
    why_not_languages,
    why_not_name,
)
from app.database import WriteSession
from app.identity.actions import enrol, renew_return_code
from app.identity.hashing import FreshCode
from app.identity.models import SignIn
from app.refusals import Kind, Refusal, mark, missing
from app.translation.actions import add_languages

JOIN_AGAIN = timedelta(hours=1)  # how long a form that was sent may arrive once more


@dataclass(frozen=True)
class Joining:
    """What somebody says of themselves when they join, as typed."""

    name: str
    country: str | None
    languages: list[str]
    organisation_type: str | None
    quotation: str
    consent: bool


@dataclass(frozen=True)
class Joined:
    """A new participant: the return code is shown once and cannot be had again."""

    participation_id: str
    person_id: str
    return_code: str | None


def checked(joining: Joining) -> Joining:
    """Return what was typed in the form it is kept, or raise the first Refusal."""
    name = clean_name(joining.name)
    known = [languages.normalise(tag) for tag in joining.languages]
    refusal = why_not_name(name) or why_not_languages(joining.languages, known)
    if refusal:
        raise refusal
    country = None
    if joining.country:
        country = countries.normalise(joining.country)
        if country is None:
            raise country_unknown(joining.country)
    if joining.quotation not in QUOTATIONS:
        raise Refusal(
            Kind.INVALID,
            "quotation_unknown",
            mark("Choose how your words may be quoted."),
            field="quotation",
        )
    organisation = joining.organisation_type or None
    if organisation is not None and organisation not in ORGANISATION_TYPES:
        raise Refusal(
            Kind.INVALID,
            "organisation_unknown",
            mark("Choose a kind of organisation from the list, or none."),
            field="organisation_type",
        )
    if not joining.consent:
        raise consent_missing()
    tags = list(dict.fromkeys(tag for tag in known if tag))
    return Joining(name, country, tags, organisation, joining.quotation, consent=True)


def join(
    session: WriteSession,
    *,
    slug: str,
    joining: Joining,
    invitation_hash: bytes | None,
    person_id: str | None,
    key: str | None,
    code: FreshCode,
    now: datetime,
) -> Joined:
    """Make somebody a participant and add their reading languages to the readership.

    `person_id` is given by who already takes part elsewhere; otherwise a person with a return code
    is made. Who is already in is returned as they are. `key` is the random key of the form: the
    same form sent again is the same person, with a new return code, since the first may never
    have reached them. `code` is the return code that somebody new gets. Raises Refusal.
    """
    view = consultation(session, slug)
    if view is None:
        raise missing()
    key_digest = hashlib.sha256(f"{view.id}\0{key}".encode()).hexdigest() if key else None
    if key_digest and person_id is None:
        again = session.scalar(select(Participation).where(Participation.join_key == key_digest))
        if again is not None and now < again.joined_at + JOIN_AGAIN:
            renew_return_code(session, person_id=again.person_id, code=code, now=now)
            return Joined(again.id, again.person_id, code.shown)
    if person_id:
        before = participation(session, consultation_id=view.id, person_id=person_id)
        if before is not None and not before.removed:
            return Joined(before.id, person_id, None)
    else:
        before = None
    refusal = why_not_join(view.schedule, now, removed=before is not None and before.removed)
    if refusal:
        raise refusal
    said = checked(joining)
    if view.by_invitation:
        _use_invitation(session, view, invitation_hash, now)
    is_new = person_id is None
    if person_id is None:
        person_id = enrol(session, code=code, now=now)
    row = Participation(
        consultation_id=view.id,
        person_id=person_id,
        name=said.name,
        country=said.country,
        organisation_type=said.organisation_type,
        quotation=said.quotation,
        consent_id=view.consent_id,
        joined_at=now,
        read_until=now,
        join_key=key_digest,
    )
    session.add(row)
    session.flush()  # the languages need the participation's id, and a double click shows here
    _set_languages(session, view, row.id, said.languages)
    return Joined(row.id, person_id, code.shown if is_new else None)


def _use_invitation(
    session: WriteSession, view: ConsultationView, code_hash: bytes | None, now: datetime
) -> None:
    row = (
        session.scalar(
            select(Invitation)
            .where(Invitation.consultation_id == view.id, Invitation.code_hash == code_hash)
            .with_for_update()
        )
        if code_hash
        else None
    )
    state = InvitationState(row.cap, row.used, row.expires_at, row.revoked_at) if row else None
    refusal = why_not_invited(state, now)
    if refusal:
        raise refusal
    if row:
        row.used += 1


def _set_languages(
    session: WriteSession, view: ConsultationView, participation_id: str, tags: list[str]
) -> None:
    session.execute(
        delete(ParticipationLanguage).where(
            ParticipationLanguage.participation_id == participation_id
        )
    )
    session.add_all(
        ParticipationLanguage(participation_id=participation_id, position=i, language=tag)
        for i, tag in enumerate(tags)
    )
    add_languages(session, readership_id=view.readership_id, languages=tags)


def change_choices(
    session: WriteSession,
    *,
    consultation_id: str,
    person_id: str,
    reading_languages: list[str],
    quotation: str,
) -> None:
    """Change what languages somebody reads and how they may be quoted. Raises Refusal."""
    row = session.get_one(Consultation, consultation_id)
    view = consultation(session, row.slug)
    own = participation(session, consultation_id=consultation_id, person_id=person_id)
    if view is None or own is None or own.removed:
        raise missing()
    known = [languages.normalise(tag) for tag in reading_languages]
    refusal = why_not_languages(reading_languages, known)
    if refusal:
        raise refusal
    if quotation not in QUOTATIONS:
        raise missing()
    session.execute(
        update(Participation).where(Participation.id == own.id).values(quotation=quotation)
    )
    _set_languages(session, view, own.id, list(dict.fromkeys(tag for tag in known if tag)))


def mark_read(session: WriteSession, *, participation_id: str, now: datetime) -> None:
    """Let "new since my last visit" begin now."""
    session.execute(
        update(Participation)
        .where(Participation.id == participation_id, Participation.read_until < now)
        .values(read_until=now)
    )


def note_arrivals(session: WriteSession, *, visits: Mapping[str, datetime]) -> None:
    """Write down who opened a page after joining; `visits` are instants by session id."""
    for session_id, at in visits.items():
        person = select(SignIn.person_id).where(SignIn.id == session_id).scalar_subquery()
        session.execute(
            update(Participation)
            .where(
                Participation.person_id == person,
                Participation.arrived_at.is_(None),
                Participation.joined_at < at,
            )
            .values(arrived_at=at)
        )
