"""Desk page of a consultation's settings: who joins, limits, languages, the published report."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.access import Admitted, Facilitating
from app.consultations.desk_frame import Frame, back_to, frame_of, offered
from app.consultations.publishing import publish, unpublish
from app.consultations.rules import Phase
from app.consultations.setting_up import change_settings, offer_language
from app.database import ReadSession
from app.refusals import Refusal
from app.translation.queries import readership_languages
from app.web.dependencies import Now, Process, Reading
from app.web.forms import Form, Typed
from app.web.reader import Reader, Reads
from app.web.rendering import STATUS, show

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


def _page(
    request: Request,
    session: ReadSession,
    admitted: Admitted,
    reader: Reader,
    now: datetime,
    *,
    typed: Typed | None = None,
    problem: Refusal | None = None,
) -> SettingsPage:
    view = admitted.consultation
    current: dict[str, tuple[str, ...]] = {
        "who": ("invited" if view.by_invitation else "everybody",),
        "word_limit": (str(view.word_limit),),
        "small_count": (str(view.small_count),),
    }
    read = tuple(readership_languages(session, view.readership_id))
    typed = Typed(current | typed.fields) if typed else Typed(current)
    return SettingsPage(
        frame=frame_of(request, session, admitted, reader),
        typed=typed,
        problem=problem,
        read=read,
        offered=tuple(tag for tag in offered(typed.line("offered")) if tag not in read),
        closed=view.schedule.phase(now) is Phase.CLOSED,
        published_at=view.published_at,
    )


@router.get(urls.SETTINGS)
def settings_form(
    request: Request, admitted: Facilitating, reader: Reads, session: Reading, now: Now
) -> Response:
    """Show the settings of a consultation."""
    page = _page(request, session, admitted, reader, now)
    return show(request, reader, "facilitate/settings.html", page)


@router.post(urls.SETTINGS)
def settings_now(
    request: Request,
    form: Form,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Change who may join, how long a post may be, which counts are published."""
    try:
        with process.database.writing() as writing:
            change_settings(
                writing,
                consultation_id=admitted.consultation.id,
                by_invitation=form.line("who") == "invited",
                word_limit=form.line("word_limit"),
                small_count=form.line("small_count"),
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        page = _page(request, session, admitted, reader, now, typed=form, problem=refusal)
        return show(request, reader, "facilitate/settings.html", page, status=STATUS[refusal.kind])
    return back_to(urls.SETTINGS, admitted.consultation.slug, "settings")


@router.post(urls.OFFER_LANGUAGE)
def offer_language_now(
    request: Request,
    form: Form,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Translate everything into one more language."""
    try:
        with process.database.writing() as writing:
            offer_language(
                writing,
                consultation_id=admitted.consultation.id,
                language=form.line("offered"),
                facilitator_id=admitted.facilitator_id,
                now=now,
            )
    except Refusal as refusal:
        page = _page(request, session, admitted, reader, now, typed=form, problem=refusal)
        return show(request, reader, "facilitate/settings.html", page, status=STATUS[refusal.kind])
    return back_to(urls.SETTINGS, admitted.consultation.slug, "language")


@router.post(urls.PUBLISH)
def publish_now(
    request: Request,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    process: Process,
    now: Now,
) -> Response:
    """Open the report to everybody."""
    view = admitted.consultation
    try:
        with process.database.writing() as writing:
            publish(
                writing, consultation_id=view.id, facilitator_id=admitted.facilitator_id, now=now
            )
    except Refusal as refusal:
        page = _page(request, session, admitted, reader, now, problem=refusal)
        return show(request, reader, "facilitate/settings.html", page, status=STATUS[refusal.kind])
    return back_to(urls.SETTINGS, view.slug, "published")


@router.post(urls.UNPUBLISH)
def unpublish_now(admitted: Facilitating, process: Process, now: Now) -> Response:
    """Take the report back from everybody."""
    view = admitted.consultation
    with process.database.writing() as writing:
        unpublish(writing, consultation_id=view.id, facilitator_id=admitted.facilitator_id, now=now)
    return back_to(urls.SETTINGS, view.slug, "unpublished")
