"""Desk page of those who run a consultation; a change of roles asks for a fresh sign-in (T-11)."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import AtDesk, Desk, Frame
from app.consultations.people import add_facilitator_to, remove_facilitator_from
from app.consultations.queries import facilitators_of
from app.identity.rules import why_not_fresh
from app.refusals import Refusal, missing
from app.web.forms import Form, Typed

router = APIRouter()


@dataclass(frozen=True)
class TeamPage:
    """Those who run a consultation; none named where all facilitators run it together."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    names: tuple[str, ...]
    own_name: str
    must_sign_in: bool


@dataclass(frozen=True)
class SignInAgainPage:
    """What asks for a sign-in of less than half an hour ago."""

    frame: Frame
    problem: Refusal


def why_not_now(desk: Desk) -> Refusal | None:
    """Say why a facilitator must sign in again before a look at people or a change of roles."""
    who = desk.admitted.who
    return why_not_fresh(who.begun_at, desk.now) if who else missing()


def sign_in_again(desk: Desk, refusal: Refusal) -> Response:
    """Return the page that asks a facilitator to sign in again."""
    page = SignInAgainPage(desk.frame(), refusal)
    return desk.show("facilitate/sign_in_again.html", page, refusal)


def _own_name(desk: Desk) -> str | None:
    return desk.admitted.who.facilitator_name if desk.admitted.who else None


def _show(desk: Desk, typed: Typed, problem: Refusal | None = None) -> Response:
    page = TeamPage(
        frame=desk.frame(),
        typed=typed,
        problem=problem,
        names=tuple(facilitators_of(desk.session, desk.consultation.id)),
        own_name=_own_name(desk) or "",
        must_sign_in=problem is not None and problem.code == "not_fresh",
    )
    return desk.show("facilitate/team.html", page, problem)


@router.get(urls.FACILITATORS)
def team(desk: AtDesk) -> Response:
    """Show who runs a consultation."""
    return _show(desk, Typed({}))


@router.post(urls.ADD_FACILITATOR)
def add_now(form: Form, desk: AtDesk) -> Response:
    """Let another facilitator run a consultation too."""
    if stale := why_not_now(desk):
        return _show(desk, form, stale)
    try:
        with desk.process.database.writing() as writing:
            add_facilitator_to(writing, name=form.text("name"), **desk.act)
    except Refusal as refusal:
        return _show(desk, form, refusal)
    return desk.back_to(urls.FACILITATORS, "added")


@router.post(urls.REMOVE_FACILITATOR)
def remove_now(form: Form, desk: AtDesk) -> Response:
    """Let a facilitator run a consultation no longer."""
    if stale := why_not_now(desk):
        return _show(desk, Typed({}), stale)
    try:
        with desk.process.database.writing() as writing:
            remove_facilitator_from(writing, name=form.text("name"), **desk.act)
    except Refusal as refusal:
        return _show(desk, Typed({}), refusal)
    if form.line("name") == _own_name(desk):
        return desk.back_to(urls.MINE, "left")
    return desk.back_to(urls.FACILITATORS, "left")
