"""A post of one's own: change it, take it back, choose how it is quoted."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app import languages
from app.discussion import urls
from app.discussion.access import FoundPost, Own
from app.discussion.actions import choose_quotation, revise, withdraw
from app.discussion.queries import PostFacts
from app.discussion.rules import editable_until, why_not_edit
from app.discussion.thread_queries import thread
from app.refusals import Refusal, missing
from app.translation.queries import originals, renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form
from app.web.reader import Reader, Reads
from app.web.rendering import STATUS, show

router = APIRouter()


@dataclass(frozen=True)
class OwnPostScreen:
    """A post of mine: change it, take it back, choose how it is quoted."""

    id: str
    slug: str
    number: int
    words: Rendition
    text: str
    language: str
    offered: tuple[str, ...]
    quotation: str
    may_edit: bool
    why_not: Refusal | None
    minutes_left: int
    withdrawn: bool
    held: bool
    hidden_reason: Rendition | None
    problem: Refusal | None


def _own_screen(
    session: Reading,
    found: FoundPost,
    reader: Reader,
    now: datetime,
    *,
    text: str | None = None,
    language: str | None = None,
    problem: Refusal | None = None,
) -> OwnPostScreen:
    this, view = found.post, found.admitted.consultation
    place = thread(session, view.id, this.thread_number, view.schedule)
    if place is None:
        raise missing()
    words = originals(session, text_ids={this.text_id})[this.text_id]
    hidden = None
    if this.hidden_reason_id:
        said = renditions(session, text_ids={this.hidden_reason_id}, reader=reader.language)
        hidden = said[this.hidden_reason_id]
    why_not = why_not_edit(
        written_at=this.written_at,
        withdrawn=this.withdrawn,
        hidden=hidden is not None,
        times=place.times,
        now=now,
    )
    own = words.language
    return OwnPostScreen(
        id=this.id,
        slug=view.slug,
        number=this.thread_number,
        words=words,
        text=words.body if text is None else text,
        language=language or own,
        offered=languages.OFFERED if own in languages.OFFERED else (own, *languages.OFFERED),
        quotation=this.quotation or "",
        may_edit=why_not is None,
        why_not=why_not,
        minutes_left=max(0, int((editable_until(this.written_at) - now).total_seconds() // 60)),
        withdrawn=this.withdrawn,
        held=this.held,
        hidden_reason=hidden,
        problem=problem,
    )


@router.get("/me/posts/{post_id}")
def own(request: Request, found: Own, reader: Reads, session: Reading, now: Now) -> Response:
    """Show a post of mine and what I can do with it."""
    screen = _own_screen(session, found, reader, now)
    return show(request, reader, "discussion/own_post.html", screen)


@router.post("/me/posts/{post_id}/revision")
def change(
    request: Request,
    found: Own,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
    form: Form,
) -> Response:
    """Give my post other words."""
    post: PostFacts = found.post
    if found.admitted.participation is None:
        raise missing()  # a removed participant takes posts back, and changes none
    try:
        with process.database.writing() as writing:
            revise(
                writing,
                post_id=post.id,
                person_id=post.person_id,
                body=form.text("text"),
                language=form.line("language"),
                now=now,
            )
    except Refusal as problem:
        screen = _own_screen(
            session,
            found,
            reader,
            now,
            text=form.text("text"),
            language=languages.normalise(form.line("language")),
            problem=problem,
        )
        status = STATUS[problem.kind]
        return show(request, reader, "discussion/own_post.html", screen, status=status)
    return RedirectResponse(urls.post(post.id) + "?received=1", status_code=303)


@router.post("/me/posts/{post_id}/withdrawal")
def take_back(found: Own, process: Process, now: Now) -> Response:
    """Take my post back; somebody who was removed may still do that."""
    with process.database.writing() as session:
        withdraw(session, post_id=found.post.id, person_id=found.post.person_id, now=now)
    return RedirectResponse(urls.own_post(found.post.id), status_code=303)


@router.post("/me/posts/{post_id}/quotation")
def quote_as(found: Own, process: Process, form: Form) -> Response:
    """Choose how this post may be quoted."""
    with process.database.writing() as session:
        choose_quotation(
            session,
            post_id=found.post.id,
            person_id=found.post.person_id,
            quotation=form.line("quotation"),
        )
    return RedirectResponse(urls.own_post(found.post.id), status_code=303)
