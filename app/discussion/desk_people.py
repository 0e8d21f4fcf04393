"""Desk page of the people. Who looks must have signed in lately, and the look is logged."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.access import Facilitating
from app.consultations.desk_frame import Frame, back_to, frame_of
from app.consultations.desk_team import sign_in_again, why_not_now
from app.consultations.people import let_back, record_look, remove_participant
from app.discussion.desk_queries import DeskPeople, desk_people
from app.web.dependencies import Now, Process, Reading
from app.web.reader import Reads
from app.web.rendering import show

router = APIRouter()


@dataclass(frozen=True)
class PeoplePage:
    """Who takes part: names, countries, languages, how much they wrote."""

    frame: Frame
    people: DeskPeople


@router.get(urls.PEOPLE)
def people(
    request: Request,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
    page: Annotated[int, Query()] = 1,
) -> Response:
    """Show who takes part. The look itself is written in the log (T-18)."""
    refusal = why_not_now(admitted, now)
    if refusal:
        return sign_in_again(request, session, admitted, reader, refusal)
    view = admitted.consultation
    with process.database.writing() as writing:
        record_look(
            writing, consultation_id=view.id, facilitator_id=admitted.facilitator_id, now=now
        )
    screen = PeoplePage(
        frame=frame_of(request, session, admitted, reader),
        people=desk_people(session, consultation_id=view.id, page=page),
    )
    return show(request, reader, "facilitate/people.html", screen)


@router.post(urls.REMOVE)
def remove_now(
    request: Request,
    participant: str,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """End somebody's part in a consultation."""
    refusal = why_not_now(admitted, now)
    if refusal:
        return sign_in_again(request, session, admitted, reader, refusal)
    with process.database.writing() as writing:
        remove_participant(
            writing,
            consultation_id=admitted.consultation.id,
            participation_id=participant,
            facilitator_id=admitted.facilitator_id,
            now=now,
        )
    return back_to(urls.PEOPLE, admitted.consultation.slug, "removed")


@router.post(urls.LET_BACK)
def let_back_now(
    request: Request,
    participant: str,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Let somebody take part again."""
    refusal = why_not_now(admitted, now)
    if refusal:
        return sign_in_again(request, session, admitted, reader, refusal)
    with process.database.writing() as writing:
        let_back(
            writing,
            consultation_id=admitted.consultation.id,
            participation_id=participant,
            facilitator_id=admitted.facilitator_id,
            now=now,
        )
    return back_to(urls.PEOPLE, admitted.consultation.slug, "let_back")
