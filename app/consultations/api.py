"""Consultations, joining, and closing one before its time, for programs."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from sqlalchemy.exc import IntegrityError

from app.consultations import api_models as models
from app.consultations.access import Admitted, Facilitating, Visiting
from app.consultations.actions import Joined, Joining, join
from app.consultations.queries import (
    ParticipationView,
    consultation_by_id,
    consultations,
    last_closing_of,
    participation,
)
from app.consultations.schedules import extend_or_close
from app.database import ReadSession
from app.identity.access import Attempt, in_turn, invitation_key
from app.identity.actions import begin_session
from app.identity.api import OPTIONAL_TOKEN, Known, no_dead_token
from app.identity.hashing import fresh_return_code, slow_hash
from app.identity.rules import INVITATION, participant_ends_at, read_invitation
from app.refusals import Refusal, missing
from app.translation.detection import suggest_language
from app.translation.queries import renditions
from app.translation.rules import Rendition
from app.web.api import PREFIX, PROBLEMS, ApiReads, fields_named, operation_id, plain_path
from app.web.dependencies import Now, Process, Reading
from app.web.problems import described
from app.web.reader import Reader
from app.web.state import State

router = APIRouter(
    prefix=PREFIX,
    tags=["consultations"],
    dependencies=[Depends(plain_path), Depends(no_dead_token)],
    responses=PROBLEMS,
    generate_unique_id_function=operation_id,
)

_DETECTED_IN = 2000  # characters; more tell no more


def written_in(text: str, said: str | None, *, prior: Sequence[str]) -> str:
    """Return the language of a text: as its writer says, else as it looks to be."""
    return suggest_language(text[:_DETECTED_IN], prior=prior).language if said is None else said


def words_for(
    session: ReadSession, ids: Collection[str], reader: Reader, process: State
) -> dict[str, Rendition]:
    """Return texts as this reader gets them; what is not translated yet is wanted from now on."""
    words = renditions(session, text_ids=ids, reader=reader.language)
    process.noticeboard.note_wanted({(i, reader.language) for i, r in words.items() if r.pending})
    return words


@router.get("/consultations")
def list_consultations(
    reader: ApiReads, session: Reading, process: Process, now: Now
) -> models.Consultations:
    """List every consultation: coming, open and closed."""
    found = consultations(session)
    words = words_for(session, {c.title_id for c in found}, reader, process)
    return models.Consultations(consultations=[models.entry(c, words, now) for c in found])


# --- Joining ---------------------------------------------------------------------------------


async def _one_attempt(request: Request, body: models.Join, now: Now) -> AsyncIterator[Attempt]:
    # Guessing invitations is slowed down here as it is on the page (TRUST T-9).
    async with in_turn(request, invitation_key(body.invitation or ""), now) as attempt:
        yield attempt


@router.post(
    "/consultations/{slug}/participants",
    status_code=201,
    responses={
        200: {"model": models.Joined, "description": "You take part already, with this token"},
        **described(403, 409),
    },
    openapi_extra=OPTIONAL_TOKEN,
)
def take_part(
    body: models.Join,
    admitted: Visiting,
    process: Process,
    now: Now,
    attempt: Annotated[Attempt, Depends(_one_attempt, scope="function")],
    response: Response,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=16,
            max_length=200,
            description="A long random key. The same one within an hour is the same participant, "
            "with a new token and return code: keep it as secret as those",
        ),
    ] = None,
) -> models.Joined:
    """Take part in a consultation.

    Sent with the token of somebody who takes part elsewhere, it is the same person, with a token
    that lives longer and the return code they have. Who takes part here already stays as they are.
    """
    joining = Joining(
        name=body.name,
        country=body.country,
        languages=body.languages,
        organisation_type=body.organisation_type,
        quotation=body.quotation,
        consent=body.consent,
    )
    needs_code = admitted.consultation.by_invitation and admitted.participation is None
    hashed = _invitation_hash(body, process.pepper) if needs_code else None
    joined = _joined(process, admitted, joining, hashed, key, now)
    attempt.succeeded = True
    if admitted.participation is not None:
        response.status_code = 200
    return joined


def _invitation_hash(body: models.Join, pepper: bytes) -> bytes:
    code = read_invitation(body.invitation or "")
    if isinstance(code, Refusal):
        raise code
    return slow_hash(code, pepper=pepper, purpose=INVITATION)


def _joined(
    process: State,
    admitted: Admitted,
    joining: Joining,
    invitation_hash: bytes | None,
    key: str | None,
    now: datetime,
) -> models.Joined:
    """Join in a transaction of its own, begun only after the slow hashes."""
    person_id = admitted.who.person_id if admitted.who else None
    code = fresh_return_code(process.pepper)
    for last_try in (False, True):
        try:
            with process.database.writing() as session:
                joined = join(
                    session,
                    slug=admitted.consultation.slug,
                    joining=joining,
                    invitation_hash=invitation_hash,
                    person_id=person_id,
                    key=key,
                    code=code,
                    now=now,
                )
                token = None
                if admitted.participation is None:
                    closing = last_closing_of(session, joined.person_id) or now
                    token = begin_session(
                        session,
                        person_id=joined.person_id,
                        for_api=True,
                        ends_at=participant_ends_at(closing),
                        now=now,
                    )
                part = participation(
                    session,
                    consultation_id=admitted.consultation.id,
                    person_id=joined.person_id,
                )
                if part is None:
                    raise missing()
                return _answer(part, joined, token)
        except IntegrityError:
            # The same request arrived twice at once: the second time it is found.
            if last_try:
                raise
    raise AssertionError("unreachable")


def _answer(part: ParticipationView, joined: Joined, token: str | None) -> models.Joined:
    return models.Joined(
        participant=models.participant(part), token=token, return_code=joined.return_code
    )


# --- Closing before its time ------------------------------------------------------------------

_CLOSURE = "/consultations/{slug}/closure"
_FIELDS = {"text": "reason", "closes": "closes_at"}


@router.post(_CLOSURE, responses=described(401, 409))
def close_consultation(
    _: Known, body: models.Closing, admitted: Facilitating, process: Process, now: Now
) -> models.Times:
    """Close an open consultation at once, with a reason that everybody reads. For who runs it."""
    return _changed(process, admitted, body, now, now)


@router.delete(_CLOSURE, responses=described(401, 409))
def extend_consultation(
    _: Known, body: models.Extension, admitted: Facilitating, process: Process, now: Now
) -> models.Times:
    """Let a consultation be open until a later instant, closed or not. For who runs it.

    It takes back a report that was published when the consultation had closed.
    """
    return _changed(process, admitted, body, body.closes_at, now)


def _changed(
    process: State, admitted: Admitted, body: models.Closing, closes_at: datetime, now: datetime
) -> models.Times:
    view = admitted.consultation
    language = written_in(body.reason, body.language, prior=(view.language,))
    with fields_named(**_FIELDS), process.database.writing() as session:
        extend_or_close(
            session,
            consultation_id=view.id,
            closes_at=closes_at,
            reason=body.reason,
            language=language,
            facilitator_id=admitted.facilitator_id,
            now=now,
        )
        after = consultation_by_id(session, view.id)
    if after is None:
        raise missing()
    return models.times(after.schedule, now)
