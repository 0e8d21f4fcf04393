"""What the JSON API takes and gives of threads and posts."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, StrictBool

from app.consultations.api_models import (
    ConsultationEntry,
    Rendition,
    rendition,
)
from app.consultations.rules import Role
from app.discussion.queries import PostFacts, PostView
from app.discussion.thread_queries import ThreadCount, ThreadView
from app.translation import rules as translation_rules
from app.web.api import Body, Id, Line, Prose

Words = Mapping[str, translation_rules.Rendition]


# --- Threads and consultations ----------------------------------------------------------------


class ThreadEntry(BaseModel):
    """A thread in the list of a consultation's threads."""

    number: int
    title: Rendition
    question: Rendition
    is_open: bool = Field(description="Takes posts now")
    opens_at: datetime
    closes_at: datetime = Field(description="The first instant at which it takes no more posts")
    closed_because: Rendition | None = Field(description="Closed by hand, and why")
    theme_on: date | None = Field(description="The day whose theme this is")
    posts: int = Field(description="Posts that are shown, replies included")


def thread_entry(view: ThreadView, words: Words, count: ThreadCount, now: datetime) -> ThreadEntry:
    """Return a thread as it stands at `now`."""
    reason = view.closure_reason_id
    return ThreadEntry(
        number=view.number,
        title=rendition(words[view.title_id]),
        question=rendition(words[view.question_id]),
        is_open=view.times.is_open(now),
        opens_at=view.times.starts_at,
        closes_at=view.times.ends_at,
        closed_because=rendition(words[reason]) if reason else None,
        theme_on=view.theme_on,
        posts=count.posts,
    )


class Threads(BaseModel):
    """A consultation's threads by number."""

    threads: list[ThreadEntry]


class Thread(ThreadEntry):
    """A thread with what it has said so far."""

    summary: Rendition | None = Field(description="The facilitators' newest summary")


class Announcement(BaseModel):
    """A word from the facilitators to everybody."""

    text: Rendition
    announced_on: date


class Change(BaseModel):
    """A change of the times of a consultation, and its reason."""

    changed_on: date
    closed_at_before: datetime
    closes_at: datetime
    reason: Rendition


class Consultation(ConsultationEntry):
    """What a consultation asks, of whom, until when, and what it promises."""

    brief: Rendition
    promise: Rendition | None = Field(description="What happens with the words")
    consent: Rendition | None = Field(description="What one agrees to by joining")
    word_limit: int = Field(description="Words a post may have")
    role: Role = Field(description="What you are in it")
    may_read: bool = Field(description="False where reading takes an invitation; no threads then")
    threads: list[ThreadEntry]
    announcements: list[Announcement]
    changes: list[Change]


# --- Posts -------------------------------------------------------------------------------------


class PartOfDay(Enum):
    """When on a day, as coarse as people are told of each other."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


def part_of_day(local: datetime) -> PartOfDay:
    """Return the part of the day of a local time: from 6, 12, 18 and 21 o'clock."""
    if 6 <= local.hour < 12:
        return PartOfDay.MORNING
    if 12 <= local.hour < 18:
        return PartOfDay.AFTERNOON
    return PartOfDay.EVENING if 18 <= local.hour < 21 else PartOfDay.NIGHT


class Original(BaseModel):
    """Words as they were written."""

    text: str
    language: str


def original(words: translation_rules.Rendition) -> Original:
    """Return words as they were written; `words` are no translation."""
    return Original(text=words.body, language=words.language)


class Written(BaseModel):
    """A post, and when: coarse for all but those who run the consultation (TRUST T-4)."""

    id: str
    written_on: date = Field(description="In the consultation's time zone")
    part_of_day: PartOfDay = Field(description="In the consultation's time zone")
    written_at: datetime | None = Field(
        None, description="Only for those who run the consultation; left out for all others"
    )


def when(written_at: datetime, timezone: str, role: Role) -> dict[str, Any]:
    """Return the fields of `Written` as somebody of that role is told them."""
    local = written_at.astimezone(ZoneInfo(timezone))
    told: dict[str, Any] = {"written_on": local.date(), "part_of_day": part_of_day(local)}
    if role is Role.FACILITATOR:
        told["written_at"] = written_at
    return told


class Post(Written):
    """A post in a thread."""

    name: str = Field(description="As its author wants to be seen")
    country: str | None = Field(description="null: the author prefers not to say")
    edited: bool
    reply_to: str | None = Field(description="The post it answers")
    rendition: Rendition
    original: Original | None = Field(None, description="Only with `original=1`; else left out")


def post(
    view: PostView, timezone: str, role: Role, written: translation_rules.Rendition | None
) -> Post:
    """Return a post as somebody of that role reads it; `original` is unset where not `written`."""
    asked = {"original": original(written)} if written else {}
    return Post(
        id=view.id,
        name=view.name,
        country=view.country,
        edited=view.edited,
        reply_to=view.answers.id if view.answers else None,
        rendition=rendition(view.rendition),
        **when(view.written_at, timezone, role),
        **asked,
    )


class Posts(BaseModel):
    """Some posts of a thread, oldest first."""

    posts: list[Post]
    next: str | None = Field(description="Ask again with `after=` this; null: no more posts yet")


class PostState(Enum):
    """Whether a post is shown to everybody, and if not, why."""

    SHOWN = "shown"
    HELD = "held"  # arrived after closing, waits for the facilitators
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


def state_of_post(facts: PostFacts) -> PostState:
    """Return the state of a post."""
    if facts.withdrawn:
        return PostState.WITHDRAWN
    if facts.hidden_reason_id:
        return PostState.HIDDEN
    return PostState.HELD if facts.held else PostState.SHOWN


class PostInFull(Written):
    """A post with its original and everything it was translated into."""

    consultation: str = Field(description="Slug")
    thread: int = Field(description="Number")
    state: PostState
    hidden_because: Rendition | None
    name: str | None = Field(description="null where the post is not shown")
    country: str | None
    edited: bool
    reply_to: str | None
    original: Original | None = Field(description="null where the post is not shown")
    rendition: Rendition | None = Field(description="In the reading language")
    renditions: list[Rendition] = Field(description="Every finished translation")


class Rewriting(Body):
    """Other words for a post."""

    text: Prose = Field(description="Plain text; blank space at its ends is taken off")
    language: Line | None = Field(None, description="BCP 47; left out: it is detected")


class Writing(Rewriting):
    """Words for a thread."""

    reply_to: Id | None = Field(None, description="The post it answers, of the same thread")
    late: StrictBool = Field(False, description="Where the thread has closed: hold it for the desk")
    quotation: Literal["name", "pseudonym", "country", "none"] | None = Field(
        None, description="How this post may be quoted; left out: as chosen at joining"
    )


class ThreadClosing(Body):
    """Why a thread is closed; saying so is better, and not required."""

    reason: Prose = ""
    language: Line | None = Field(None, description="Of the reason; left out: it is detected")
