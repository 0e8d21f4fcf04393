"""Desk pages of posts: hide one with a reason, show it again, let late ones in or keep them out."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.consultations import desk_urls as urls
from app.consultations.access import Admitted, Facilitating
from app.consultations.desk_frame import Frame, back_to, frame_of, offered
from app.database import ReadSession
from app.discussion.desk_queries import DeskPost, Standing, desk_page_of, desk_post, waiting_posts
from app.discussion.moderation import admit_held_post, hide_post, unhide_post
from app.refusals import Refusal, missing
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form, Typed
from app.web.reader import Reader, Reads
from app.web.rendering import STATUS, show

router = APIRouter()


@dataclass(frozen=True)
class HeldPage:
    """The late posts that wait for a facilitator."""

    frame: Frame
    problem: Refusal | None
    posts: tuple[DeskPost, ...]


def _held(
    request: Request,
    session: ReadSession,
    admitted: Admitted,
    reader: Reader,
    problem: Refusal | None = None,
) -> Response:
    page = HeldPage(
        frame=frame_of(request, session, admitted, reader),
        problem=problem,
        posts=waiting_posts(
            session, consultation_id=admitted.consultation.id, reader=reader.language
        ),
    )
    status = STATUS[problem.kind] if problem else 200
    return show(request, reader, "facilitate/held.html", page, status=status)


@router.get(urls.HELD)
def held(request: Request, admitted: Facilitating, reader: Reads, session: Reading) -> Response:
    """Show the late posts that wait for a facilitator."""
    return _held(request, session, admitted, reader)


@router.post(urls.ADMIT)
def admit_now(
    request: Request,
    post: str,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Let everybody see a late post."""
    try:
        with process.database.writing() as writing:
            admit_held_post(
                writing,
                consultation_id=admitted.consultation.id,
                post_id=post,
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        return _held(request, session, admitted, reader, refusal)
    return back_to(urls.HELD, admitted.consultation.slug, "admitted")


@dataclass(frozen=True)
class HidePage:
    """A post, and the form for the reason why it is hidden."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    post: DeskPost
    waits: bool
    offered: tuple[str, ...]


def _found(session: ReadSession, admitted: Admitted, post_id: str, reader: Reader) -> DeskPost:
    found = desk_post(
        session,
        consultation_id=admitted.consultation.id,
        post_id=post_id,
        reader=reader.language,
    )
    if found is None:
        raise missing()
    return found


def _hide_page(
    request: Request,
    session: ReadSession,
    admitted: Admitted,
    reader: Reader,
    found: DeskPost,
    typed: Typed,
    problem: Refusal | None = None,
) -> Response:
    page = HidePage(
        frame=frame_of(request, session, admitted, reader),
        typed=typed,
        problem=problem,
        post=found,
        waits=found.standing is Standing.WAITING,
        offered=offered(typed.line("language")),
    )
    status = STATUS[problem.kind] if problem else 200
    return show(request, reader, "facilitate/hide.html", page, status=status)


@router.get(urls.HIDE)
def hide_form(
    request: Request, post: str, admitted: Facilitating, reader: Reads, session: Reading
) -> Response:
    """Ask why a post is hidden."""
    found = _found(session, admitted, post, reader)
    typed = Typed({"language": (admitted.consultation.language,)})
    return _hide_page(request, session, admitted, reader, found, typed)


@router.post(urls.HIDE)
def hide_now(
    request: Request,
    form: Form,
    post: str,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Hide a post, or keep a late one out."""
    found = _found(session, admitted, post, reader)
    try:
        with process.database.writing() as writing:
            hide_post(
                writing,
                consultation_id=admitted.consultation.id,
                post_id=post,
                reason=form.text("text"),
                language=form.line("language"),
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        return _hide_page(request, session, admitted, reader, found, form, refusal)
    if found.standing is Standing.WAITING:
        return back_to(urls.HELD, admitted.consultation.slug, "kept_out")
    return _to_post(session, admitted, found, "hidden")


@router.post(urls.UNHIDE)
def unhide_now(
    post: str, admitted: Facilitating, reader: Reads, session: Reading, process: Process, now: Now
) -> Response:
    """Show a hidden post again."""
    found = _found(session, admitted, post, reader)
    with process.database.writing() as writing:
        unhide_post(
            writing,
            consultation_id=admitted.consultation.id,
            post_id=post,
            facilitator_id=admitted.facilitator_id,
            now=now,
        )
    return _to_post(session, admitted, found, "unhidden")


def _to_post(session: ReadSession, admitted: Admitted, post: DeskPost, what: str) -> Response:
    """Return the way to the page of the thread that shows a post."""
    place = urls.at(urls.THREAD, admitted.consultation.slug, number=post.thread_number)
    page = desk_page_of(session, post.id)
    return RedirectResponse(f"{urls.done(place, what)}&page={page}#post-{post.id}", status_code=303)
