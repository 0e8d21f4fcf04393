"""A post's permanent page: its original and its renditions, or why it is not shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.discussion.access import Found
from app.discussion.queries import page_of, revision_count
from app.refusals import missing
from app.translation.queries import all_renditions, renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process, Reading
from app.web.reader import Reads
from app.web.rendering import show

router = APIRouter()


@dataclass(frozen=True)
class PostScreen:
    """A post's permanent page: its original, and the reader's rendition."""

    id: str
    slug: str
    number: int
    name: str
    country: str | None
    written_at: datetime
    zone: ZoneInfo
    original: Rendition
    mine: Rendition | None
    others: tuple[Rendition, ...]
    edited: bool
    revisions: int
    withdrawn: bool
    hidden_reason: Rendition | None
    held: bool
    received: bool
    may_reply: bool
    on_page: int


@router.get("/p/{post_id}")
def post(
    request: Request,
    found: Found,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
    received: Annotated[bool, Query()] = False,
) -> Response:
    """Show a post: its original and its renditions, or why it is not shown."""
    this, view = found.post, found.admitted.consultation
    every = all_renditions(session, text_id=this.text_id)
    ids = {this.text_id} | ({this.hidden_reason_id} if this.hidden_reason_id else set())
    words = renditions(session, text_ids=ids, reader=reader.language)
    mine = words[this.text_id]
    if mine.pending and this.visible:
        process.noticeboard.note_wanted({(this.text_id, reader.language)})
    if not every:
        raise missing()
    screen = PostScreen(
        id=this.id,
        slug=view.slug,
        number=this.thread_number,
        name=this.author,
        country=this.country,
        written_at=this.written_at,
        zone=reader.zone(view.schedule.timezone),
        original=every[0],
        mine=None if mine.standing.value == "original" else mine,
        others=tuple(r for r in every[1:] if r.language != mine.language),
        edited=this.edited_at is not None,
        revisions=revision_count(session, this.id),
        withdrawn=this.withdrawn,
        hidden_reason=words[this.hidden_reason_id] if this.hidden_reason_id else None,
        held=this.held,
        received=received,
        may_reply=this.visible,
        on_page=page_of(session, this.id) if this.visible else 1,
    )
    return show(request, reader, "discussion/post.html", screen)
