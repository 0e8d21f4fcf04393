"""Posts, for programs: reading, contributing, revising, taking back."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.consultations.access import Admitted, TakingPart
from app.consultations.api import words_for, written_in
from app.consultations.api_models import rendition
from app.consultations.rules import Role
from app.database import ReadSession
from app.discussion import api_models as models
from app.discussion.access import Found, Opened, Own
from app.discussion.actions import contribute, revise, withdraw
from app.discussion.queries import PostFacts, post_facts, posts_after
from app.identity.api import OPTIONAL_TOKEN, Known
from app.refusals import Kind, Refusal, mark, missing
from app.translation.queries import all_renditions, originals
from app.web.api import PREFIX, ApiReads, Id
from app.web.dependencies import Now, Process, Reading
from app.web.problems import described
from app.web.reader import Reader
from app.web.state import State

router = APIRouter(tags=["posts"])

POSTS_AT_ONCE = 100

_IN_THREAD = "/consultations/{slug}/threads/{number}/posts"
_POST = "/posts/{post_id}"


@router.get(_IN_THREAD, response_model_exclude_unset=True, openapi_extra=OPTIONAL_TOKEN)
def list_posts(
    opened: Opened,
    reader: ApiReads,
    session: Reading,
    process: Process,
    after: Annotated[Id | None, Query(description="The last post you have")] = None,
    limit: Annotated[int, Query(ge=1, le=POSTS_AT_ONCE)] = 20,
    original: Annotated[bool, Query(description="1: the originals beside the renditions")] = False,
) -> models.Posts:
    """Read a thread's posts, oldest first, in the reading language.

    A post that was held or hidden comes at the place of the time it was written, when it is shown.
    """
    found = posts_after(
        session,
        thread_id=opened.thread.id,
        after=after,
        reader=reader.language,
        limit=limit + 1,
    )
    if found is None:
        raise Refusal(
            Kind.INVALID,
            "after_unknown",
            mark("There is no such post in this thread. Begin again without `after`."),
            field="after",
        )
    shown = found[:limit]
    wanted = {(p.rendition.text_id, reader.language) for p in shown if p.rendition.pending}
    process.noticeboard.note_wanted(wanted)
    texts = {p.rendition.text_id for p in shown}
    written = originals(session, text_ids=texts) if original else {}
    view, role = opened.admitted.consultation, opened.admitted.role
    timezone = view.schedule.timezone
    return models.Posts(
        posts=[models.post(p, timezone, role, written.get(p.rendition.text_id)) for p in shown],
        next=shown[-1].id if len(found) > limit else None,
    )


@router.get(_POST, response_model_exclude_unset=True, openapi_extra=OPTIONAL_TOKEN)
def get_post(
    found: Found, reader: ApiReads, session: Reading, process: Process
) -> models.PostInFull:
    """Read a post's original and every translation of it.

    Of one that was hidden or taken back only that is told; its author still reads the words.
    """
    return _in_full(session, found.post, found.admitted, reader, process)


def _in_full(
    session: ReadSession, post: PostFacts, admitted: Admitted, reader: Reader, process: State
) -> models.PostInFull:
    state = models.state_of_post(post)
    is_own = admitted.who is not None and admitted.who.person_id == post.person_id
    is_shown = is_own or state in (models.PostState.SHOWN, models.PostState.HELD)
    if state is models.PostState.HIDDEN and admitted.role is Role.FACILITATOR:
        is_shown = True
    ids = {post.text_id} if is_shown else set()
    ids |= {post.hidden_reason_id} if post.hidden_reason_id else set()
    words = words_for(session, ids, reader, process)
    every = all_renditions(session, text_id=post.text_id) if is_shown else []
    view = admitted.consultation
    reason = post.hidden_reason_id
    return models.PostInFull(
        id=post.id,
        consultation=view.slug,
        thread=post.thread_number,
        state=state,
        hidden_because=rendition(words[reason]) if reason else None,
        name=post.author if is_shown else None,
        country=post.country if is_shown else None,
        edited=post.edited_at is not None,
        reply_to=post.reply_to_id,
        original=models.original(every[0]) if every else None,
        rendition=rendition(words[post.text_id]) if is_shown else None,
        renditions=[rendition(one) for one in every[1:]],
        **models.when(post.written_at, view.schedule.timezone, admitted.role),
    )


# --- Writing -----------------------------------------------------------------------------------


def _afresh(process: State, post_id: str, admitted: Admitted, reader: Reader) -> models.PostInFull:
    """Return a post as it stands after what was just committed."""
    with process.database.reading() as session:
        post = post_facts(session, post_id)
        if post is None:
            raise missing()
        return _in_full(session, post, admitted, reader, process)


@router.post(
    _IN_THREAD,
    status_code=201,
    response_model_exclude_unset=True,
    responses={
        200: {"model": models.PostInFull, "description": "The same words were here already"},
        **described(401, 403, 409),
    },
)
def write_post(
    _: Known,
    number: int,
    body: models.Writing,
    admitted: TakingPart,
    reader: ApiReads,
    process: Process,
    now: Now,
    response: Response,
) -> models.PostInFull:
    """Post words in a thread, or in reply to a post of it.

    The same words in the same place by the same person are the same post: sending them again is
    safe, whatever the `Idempotency-Key`, and answers 200 with that post.
    """
    part = admitted.taking_part
    language = written_in(body.text, body.language, prior=part.languages)
    with process.database.writing() as session:
        done = contribute(
            session,
            consultation_id=part.consultation_id,
            number=number,
            participation_id=part.id,
            body=body.text,
            language=language,
            reply_to=body.reply_to,
            late=body.late,
            quotation=body.quotation,
            now=now,
        )
    if not done.fresh:
        response.status_code = 200
    response.headers["Location"] = f"{PREFIX}/posts/{done.post_id}"
    return _afresh(process, done.post_id, admitted, reader)


@router.put(_POST, response_model_exclude_unset=True, responses=described(401, 403, 409))
def change_post(
    _: Known,
    body: models.Rewriting,
    found: Own,
    reader: ApiReads,
    session: Reading,
    process: Process,
    now: Now,
) -> models.PostInFull:
    """Give a post of yours other words, within half an hour and as long as its thread is open."""
    part = found.admitted.taking_part
    before = originals(session, text_ids={found.post.text_id})[found.post.text_id].language
    language = written_in(body.text, body.language, prior=(before, *part.languages))
    with process.database.writing() as writing:
        revise(
            writing,
            post_id=found.post.id,
            person_id=found.post.person_id,
            body=body.text,
            language=language,
            now=now,
        )
    return _afresh(process, found.post.id, found.admitted, reader)


@router.delete(_POST, status_code=204, responses=described(401))
def withdraw_post(_: Known, found: Own, process: Process, now: Now) -> None:
    """Take a post of yours back. Doing it twice changes nothing."""
    with process.database.writing() as session:
        withdraw(session, post_id=found.post.id, person_id=found.post.person_id, now=now)
