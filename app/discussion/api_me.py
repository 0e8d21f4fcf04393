"""Who one is here and all one wrote, for programs."""

from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.consultations.api import words_for
from app.consultations.api_models import (
    Participant,
    Quotation,
    Rendition,
    participant,
    rendition,
)
from app.consultations.queries import (
    ConsultationView,
    ParticipationView,
    consultation_by_id,
    facilitated_by,
    participations_of,
)
from app.discussion.api_models import Original, PostState, Words, original, state_of_post
from app.discussion.queries import PostFacts, posts_of
from app.identity.api import Known
from app.translation.queries import originals
from app.web.api import ApiReads
from app.web.dependencies import Process, Reading
from app.web.problems import described

router = APIRouter(tags=["me"])


class Part(BaseModel):
    """Your part in a consultation."""

    consultation: str = Field(description="Slug")
    participant: Participant
    joined_on: date
    removed: bool = Field(description="A facilitator ended it")


def part_in(given: ParticipationView, view: ConsultationView) -> Part:
    """Return somebody's part in the consultation `view`."""
    zone = ZoneInfo(view.schedule.timezone)
    return Part(
        consultation=view.slug,
        participant=participant(given),
        joined_on=given.joined_at.astimezone(zone).date(),
        removed=given.removed,
    )


class OwnPost(BaseModel):
    """A post of yours, in your own words."""

    id: str
    consultation: str
    thread: int
    state: PostState
    hidden_because: Rendition | None
    written_on: date
    reply_to: str | None
    quotation: Quotation | None = Field(description="null: as chosen at joining")
    original: Original


def own_post(facts: PostFacts, view: ConsultationView, words: Words, written: Words) -> OwnPost:
    """Return a post of theirs in the consultation `view`; `written` holds its own words."""
    zone = ZoneInfo(view.schedule.timezone)
    reason = facts.hidden_reason_id
    return OwnPost(
        id=facts.id,
        consultation=view.slug,
        thread=facts.thread_number,
        state=state_of_post(facts),
        hidden_because=rendition(words[reason]) if reason else None,
        written_on=facts.written_at.astimezone(zone).date(),
        reply_to=facts.reply_to_id,
        quotation=facts.quotation,
        original=original(written[facts.text_id]),
    )


class Me(BaseModel):
    """Who you are here, and all that is held under your name."""

    role: Literal["participant", "facilitator"]
    name: str | None = Field(description="A facilitator's name")
    runs: list[str] = Field(description="Slugs of the consultations a facilitator runs")
    parts: list[Part]
    posts: list[OwnPost]


@router.get("/me", responses=described(401))
def me(who: Known, reader: ApiReads, session: Reading, process: Process) -> Me:
    """Tell somebody who they are here: their parts and all their posts, or what they run."""
    if who.person_id is None:
        runs = [view.slug for view in facilitated_by(session, str(who.facilitator_id))]
        return Me(role="facilitator", name=who.facilitator_name, runs=runs, parts=[], posts=[])
    parts = participations_of(session, who.person_id)
    every = [consultation_by_id(session, part.consultation_id) for part in parts]
    views = {view.id: view for view in every if view}
    posts = posts_of(session, who.person_id, after=0, limit=10_000)
    reasons = {p.hidden_reason_id for p in posts if p.hidden_reason_id}
    words = words_for(session, reasons, reader, process)
    written = originals(session, text_ids={p.text_id for p in posts})
    return Me(
        role="participant",
        name=None,
        runs=[],
        parts=[part_in(part, views[part.consultation_id]) for part in parts],
        posts=[own_post(p, views[p.consultation_id], words, written) for p in posts],
    )
