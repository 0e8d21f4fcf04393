"""Desk page of the people. Who looks must have signed in lately, and the look is logged."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import AtDesk, Frame
from app.consultations.desk_team import sign_in_again, why_not_now
from app.consultations.people import let_back, record_look, remove_participant
from app.discussion.desk_queries import DeskPeople, desk_people

router = APIRouter()


@dataclass(frozen=True)
class PeoplePage:
    """Who takes part: names, countries, languages, how much they wrote."""

    frame: Frame
    people: DeskPeople


@router.get(urls.PEOPLE)
def people(desk: AtDesk, page: Annotated[int, Query()] = 1) -> Response:
    """Show who takes part. The look itself is written in the log (T-18)."""
    if stale := why_not_now(desk):
        return sign_in_again(desk, stale)
    with desk.process.database.writing() as writing:
        record_look(writing, **desk.act)
    found = desk_people(desk.session, consultation_id=desk.consultation.id, page=page)
    return desk.show("facilitate/people.html", PeoplePage(desk.frame(), found))


@router.post(urls.REMOVE)
def remove_now(participant: str, desk: AtDesk) -> Response:
    """End somebody's part in a consultation."""
    if stale := why_not_now(desk):
        return sign_in_again(desk, stale)
    with desk.process.database.writing() as writing:
        remove_participant(writing, participation_id=participant, **desk.act)
    return desk.back_to(urls.PEOPLE, "removed")


@router.post(urls.LET_BACK)
def let_back_now(participant: str, desk: AtDesk) -> Response:
    """Let somebody take part again."""
    if stale := why_not_now(desk):
        return sign_in_again(desk, stale)
    with desk.process.database.writing() as writing:
        let_back(writing, participation_id=participant, **desk.act)
    return desk.back_to(urls.PEOPLE, "let_back")
