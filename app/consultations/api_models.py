"""What the JSON API takes and gives of consultations and who takes part."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, StrictBool

from app.consultations.queries import ConsultationView, ParticipationView
from app.consultations.rules import ORGANISATION_TYPES, QUOTATIONS, Phase, Schedule
from app.translation import rules as translation_rules
from app.translation.rules import Standing, Verdict
from app.web.api import Body, Line, Prose

LATEST = datetime(3000, 1, 1, tzinfo=UTC)  # later instants have no local time everywhere

Quotation = Annotated[
    str,
    Field(
        description="How words may be quoted: with name and country, under a made-up name, with "
        "the country only, or not at all",
        json_schema_extra={"enum": list(QUOTATIONS)},
    ),
]


class Rendition(BaseModel):
    """A text as one reader gets it: the original, or a translation that says so."""

    text: str = Field(description="Plain text; empty only if it was erased")
    language: str = Field(description="Language of `text` (BCP 47)")
    source_language: str = Field(description="Language of the original")
    by: Literal["machine", "person"] | None = Field(description="Who translated; null: original")
    route: list[str] = Field(description="Languages passed, ends included; empty for an original")
    verdict: Verdict | None = Field(description="What the checks say of a machine translation")
    pending: bool = Field(description="A translation is still to come; this is the original")
    standing: Standing = Field(description="Why this is what you get")


def rendition(given: translation_rules.Rendition) -> Rendition:
    """Return a rendition as the API gives it."""
    return Rendition(
        text=given.body,
        language=given.language,
        source_language=given.source_language,
        by="person" if given.by == "person" else "machine" if given.by else None,
        route=list(given.route),
        verdict=Verdict(given.verdict) if given.verdict else None,
        pending=given.pending,
        standing=given.standing,
    )


class Times(BaseModel):
    """The half-open interval in which a consultation is open, and where it stands in it."""

    phase: Phase
    opens_at: datetime
    closes_at: datetime = Field(description="The first instant at which it is closed")
    timezone: str = Field(description="IANA name of the time zone its days are counted in")


def times(schedule: Schedule, now: datetime) -> Times:
    """Return a schedule as it stands at `now`."""
    return Times(
        phase=schedule.phase(now),
        opens_at=schedule.opens_at,
        closes_at=schedule.closes_at,
        timezone=schedule.timezone,
    )


class ConsultationEntry(BaseModel):
    """A consultation in the list of all."""

    slug: str
    title: Rendition
    organiser: str
    schedule: Times
    by_invitation: bool = Field(description="Joining takes an invitation; reading, having joined")
    results_due_on: date | None
    report_published: bool


def entry(
    view: ConsultationView, words: Mapping[str, translation_rules.Rendition], now: datetime
) -> ConsultationEntry:
    """Return a consultation as it stands in the list; `words` hold its title."""
    return ConsultationEntry(
        slug=view.slug,
        title=rendition(words[view.title_id]),
        organiser=view.organiser,
        schedule=times(view.schedule, now),
        by_invitation=view.by_invitation,
        results_due_on=view.results_due_on,
        report_published=view.published_at is not None,
    )


class Consultations(BaseModel):
    """Every consultation, the one that opens last first."""

    consultations: list[ConsultationEntry]


class Join(Body):
    """What somebody says of themselves when they join."""

    name: Line = Field(description="To be seen by; a made-up name is fine")
    country: Line | None = Field(description="ISO 3166-1 alpha-2; null: prefers not to say")
    languages: Annotated[list[Line], Field(max_length=50)] = Field(
        description="Languages read (BCP 47), first the one usually written"
    )
    organisation_type: Line | None = Field(
        None, json_schema_extra={"enum": [*ORGANISATION_TYPES, None]}
    )
    quotation: Quotation = "pseudonym"
    invitation: Line | None = Field(None, description="Where joining is by invitation: its code")
    consent: StrictBool = Field(description="Agrees to the consultation's `consent`; must be true")


class Participant(BaseModel):
    """Somebody's own part in a consultation."""

    id: str
    name: str
    country: str | None
    languages: list[str]
    organisation_type: str | None
    quotation: Quotation


def participant(part: ParticipationView) -> Participant:
    """Return a participant as they are told of themselves."""
    return Participant(
        id=part.id,
        name=part.name,
        country=part.country,
        languages=list(part.languages),
        organisation_type=part.organisation_type,
        quotation=part.quotation,
    )


class Joined(BaseModel):
    """A participant with what they come back with; neither secret can be had again."""

    participant: Participant
    token: str | None = Field(
        description="Bearer token, until a day after closing; null: you took part already"
    )
    return_code: str | None = Field(description="To come back on any device; null: keep yours")


class Closing(Body):
    """Why something is closed before its time."""

    reason: Prose = Field(description="Shown to everybody, in their language")
    language: Line | None = Field(None, description="Of the reason; left out: it is detected")


class Extension(Closing):
    """Until when a consultation is open instead, and why."""

    closes_at: Annotated[AwareDatetime, Field(lt=LATEST)]
