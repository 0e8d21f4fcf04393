"""Desk pages of posts: hide one with a reason, show it again, let late ones in or keep them out."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import AtDesk, Desk, Frame, offered
from app.discussion.desk_queries import DeskPost, Standing, desk_page_of, desk_post, waiting_posts
from app.discussion.moderation import admit_held_post, hide_post, unhide_post
from app.refusals import Refusal, missing
from app.web.forms import Form, Typed

router = APIRouter()


@dataclass(frozen=True)
class HeldPage:
    """The late posts that wait for a facilitator."""

    frame: Frame
    problem: Refusal | None
    posts: tuple[DeskPost, ...]


def _show_held(desk: Desk, problem: Refusal | None = None) -> Response:
    waiting = waiting_posts(
        desk.session, consultation_id=desk.consultation.id, reader=desk.reader.language
    )
    return desk.show("facilitate/held.html", HeldPage(desk.frame(), problem, waiting), problem)


@router.get(urls.HELD)
def held(desk: AtDesk) -> Response:
    """Show the late posts that wait for a facilitator."""
    return _show_held(desk)


@router.post(urls.ADMIT)
def admit_now(post: str, desk: AtDesk) -> Response:
    """Let everybody see a late post."""
    try:
        with desk.process.database.writing() as writing:
            admit_held_post(writing, post_id=post, **desk.act)
    except Refusal as refusal:
        return _show_held(desk, refusal)
    return desk.back_to(urls.HELD, "admitted")


@dataclass(frozen=True)
class HidePage:
    """A post, and the form for the reason why it is hidden."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    post: DeskPost
    waits: bool
    offered: tuple[str, ...]


def _found(desk: Desk, post_id: str) -> DeskPost:
    found = desk_post(
        desk.session,
        consultation_id=desk.consultation.id,
        post_id=post_id,
        reader=desk.reader.language,
    )
    if found is None:
        raise missing()
    return found


def _show_hide(
    desk: Desk, found: DeskPost, typed: Typed, problem: Refusal | None = None
) -> Response:
    page = HidePage(
        frame=desk.frame(),
        typed=typed,
        problem=problem,
        post=found,
        waits=found.standing is Standing.WAITING,
        offered=offered(typed.line("language")),
    )
    return desk.show("facilitate/hide.html", page, problem)


@router.get(urls.HIDE)
def hide_form(post: str, desk: AtDesk) -> Response:
    """Ask why a post is hidden."""
    typed = Typed({"language": (desk.consultation.language,)})
    return _show_hide(desk, _found(desk, post), typed)


@router.post(urls.HIDE)
def hide_now(form: Form, post: str, desk: AtDesk) -> Response:
    """Hide a post, or keep a late one out."""
    found = _found(desk, post)
    try:
        with desk.process.database.writing() as writing:
            hide_post(
                writing,
                post_id=post,
                reason=form.text("text"),
                language=form.line("language"),
                **desk.act,
            )
    except Refusal as refusal:
        return _show_hide(desk, found, form, refusal)
    if found.standing is Standing.WAITING:
        return desk.back_to(urls.HELD, "kept_out")
    return _to_post(desk, found, "hidden")


@router.post(urls.UNHIDE)
def unhide_now(post: str, desk: AtDesk) -> Response:
    """Show a hidden post again."""
    found = _found(desk, post)
    with desk.process.database.writing() as writing:
        unhide_post(writing, post_id=post, **desk.act)
    return _to_post(desk, found, "unhidden")


def _to_post(desk: Desk, post: DeskPost, what: str) -> Response:
    """Return the way to the page of the thread that shows a post."""
    place = urls.at(urls.THREAD, desk.consultation.slug, number=post.thread_number)
    page = desk_page_of(desk.session, post.id)
    return RedirectResponse(f"{urls.done(place, what)}&page={page}#post-{post.id}", status_code=303)
