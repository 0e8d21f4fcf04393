"""Desk page of a consultation's settings: who joins, limits, languages, the published report."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import AtDesk, Desk, Frame, offered
from app.consultations.publishing import publish, unpublish
from app.consultations.rules import Phase
from app.consultations.setting_up import change_settings, offer_language
from app.refusals import Refusal
from app.translation.queries import readership_languages
from app.web.forms import Form, Typed

router = APIRouter()


@dataclass(frozen=True)
class SettingsPage:
    """The settings of a consultation."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    read: tuple[str, ...]
    offered: tuple[str, ...]
    closed: bool
    published_at: datetime | None


def _show(desk: Desk, typed: Typed | None = None, problem: Refusal | None = None) -> Response:
    view = desk.consultation
    current: dict[str, tuple[str, ...]] = {
        "who": ("invited" if view.by_invitation else "everybody",),
        "word_limit": (str(view.word_limit),),
        "small_count": (str(view.small_count),),
    }
    read = tuple(readership_languages(desk.session, view.readership_id))
    typed = Typed(current | typed.fields) if typed else Typed(current)
    page = SettingsPage(
        frame=desk.frame(),
        typed=typed,
        problem=problem,
        read=read,
        offered=tuple(tag for tag in offered(typed.line("offered")) if tag not in read),
        closed=view.schedule.phase(desk.now) is Phase.CLOSED,
        published_at=view.published_at,
    )
    return desk.show("facilitate/settings.html", page, problem)


@router.get(urls.SETTINGS)
def settings_form(desk: AtDesk) -> Response:
    """Show the settings of a consultation."""
    return _show(desk)


@router.post(urls.SETTINGS)
def settings_now(form: Form, desk: AtDesk) -> Response:
    """Change who may join, how long a post may be, which counts are published."""
    try:
        with desk.process.database.writing() as writing:
            change_settings(
                writing,
                by_invitation=form.line("who") == "invited",
                word_limit=form.line("word_limit"),
                small_count=form.line("small_count"),
                **desk.act,
            )
    except Refusal as refusal:
        return _show(desk, form, refusal)
    return desk.back_to(urls.SETTINGS, "settings")


@router.post(urls.OFFER_LANGUAGE)
def offer_language_now(form: Form, desk: AtDesk) -> Response:
    """Translate everything into one more language."""
    try:
        with desk.process.database.writing() as writing:
            offer_language(writing, language=form.line("offered"), **desk.act)
    except Refusal as refusal:
        return _show(desk, form, refusal)
    return desk.back_to(urls.SETTINGS, "language")


@router.post(urls.PUBLISH)
def publish_now(desk: AtDesk) -> Response:
    """Open the report to everybody."""
    try:
        with desk.process.database.writing() as writing:
            publish(writing, **desk.act)
    except Refusal as refusal:
        return _show(desk, problem=refusal)
    return desk.back_to(urls.SETTINGS, "published")


@router.post(urls.UNPUBLISH)
def unpublish_now(desk: AtDesk) -> Response:
    """Take the report back from everybody."""
    with desk.process.database.writing() as writing:
        unpublish(writing, **desk.act)
    return desk.back_to(urls.SETTINGS, "unpublished")
