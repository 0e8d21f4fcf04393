"""Desk pages of a consultation as a whole: make one, change its words, announce."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import ZONES, AtDesk, Desk, Frame, offered
from app.consultations.desk_invitations import router as invitations_router
from app.consultations.desk_schedule import router as schedule_router
from app.consultations.desk_settings import router as settings_router
from app.consultations.desk_team import router as team_router
from app.consultations.drafts import Draft, Wording
from app.consultations.publishing import announce
from app.consultations.queries import announcements, consultation_by_id
from app.consultations.setting_up import change_words, create_consultation, wording_mark
from app.identity.access import FacilitatorAsking
from app.refusals import Refusal, mark
from app.translation.queries import originals, renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process
from app.web.forms import Form, Typed
from app.web.i18n import say
from app.web.reader import Reads
from app.web.rendering import STATUS, show

router = APIRouter()
router.include_router(schedule_router)
router.include_router(settings_router)
router.include_router(invitations_router)
router.include_router(team_router)

CONSENT = (
    mark("I take part of my own free will, under a name I choose."),
    mark("What I write is read by everybody here and translated by machine."),
    mark("It goes into a report, and is quoted only as I allow."),
    mark("I can take back what I wrote, and leave, at any time."),
)
"""What a new consultation proposes that people agree to; the facilitator may change it."""


@dataclass(frozen=True)
class StartPage:
    """The form for a new consultation."""

    typed: Typed
    problem: Refusal | None
    offered: tuple[str, ...]
    zones: tuple[tuple[str, tuple[str, ...]], ...] = ZONES


def _start_page(typed: Typed, problem: Refusal | None = None) -> StartPage:
    return StartPage(typed, problem, offered(typed.line("language")))


@router.get(urls.START)
def start_form(request: Request, known: FacilitatorAsking, reader: Reads) -> Response:
    """Show the form for a new consultation, with what most of them say already in it."""
    typed = Typed(
        {
            "language": (reader.language,),
            "timezone": (reader.timezone or "",),
            "consent": ("\n".join(say(line, reader.interface) for line in CONSENT),),
            "who": ("everybody",),
            "word_limit": ("600",),
            "small_count": ("5",),
        }
    )
    return show(request, reader, "facilitate/start.html", _start_page(typed))


@router.post(urls.START)
def start(
    request: Request,
    form: Form,
    known: FacilitatorAsking,
    reader: Reads,
    process: Process,
    now: Now,
) -> Response:
    """Create a consultation, or give everything typed back with the reason why not."""
    draft = Draft(
        language=form.line("language"),
        title=form.text("title"),
        brief=form.text("brief"),
        organiser=form.text("organiser"),
        promise=form.text("promise"),
        consent=form.text("consent"),
        results_due_on=form.line("results_due_on"),
        opens=form.line("opens"),
        closes=form.line("closes"),
        timezone=form.line("timezone"),
        opens_choice=form.line("opens_choice"),
        closes_choice=form.line("closes_choice"),
        slug=form.line("slug"),
        by_invitation=form.line("who") == "invited",
        word_limit=form.line("word_limit"),
        small_count=form.line("small_count"),
    )
    try:
        with process.database.writing() as writing:
            slug = create_consultation(
                writing, facilitator_id=str(known.facilitator_id), draft=draft, now=now
            )
    except Refusal as refusal:
        page = _start_page(form, refusal)
        return show(request, reader, "facilitate/start.html", page, status=STATUS[refusal.kind])
    return RedirectResponse(urls.done(urls.at(urls.DESK, slug), "created"), status_code=303)


@dataclass(frozen=True)
class WordsPage:
    """The words of a call page, to be changed."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    seen: str
    offered: tuple[str, ...]


def _show_words(desk: Desk, typed: Typed | None = None, problem: Refusal | None = None) -> Response:
    # Read anew: somebody else may have changed the words since this request began.
    view = consultation_by_id(desk.session, desk.consultation.id) or desk.consultation
    if typed is None:
        ids = {"title": view.title_id, "brief": view.brief_id}
        ids |= {"promise": view.promise_id or "", "consent": view.consent_id or ""}
        words = originals(desk.session, text_ids=[one for one in ids.values() if one])
        fields: dict[str, tuple[str, ...]] = {
            name: (words[one].body if one else "",) for name, one in ids.items()
        }
        fields["language"] = (view.language,)
        fields["organiser"] = (view.organiser,)
        fields["results_due_on"] = (str(view.results_due_on or ""),)
        typed = Typed(fields)
    # After a refusal the form goes on from the words as they are now: saving again keeps it.
    page = WordsPage(
        frame=desk.frame(),
        typed=typed,
        problem=problem,
        seen=wording_mark(view),
        offered=offered(typed.line("language")),
    )
    return desk.show("facilitate/words.html", page, problem)


@router.get(urls.WORDS)
def words_form(desk: AtDesk) -> Response:
    """Show the words of the call page, to be changed."""
    return _show_words(desk)


@router.post(urls.WORDS)
def words_now(form: Form, desk: AtDesk) -> Response:
    """Change the words of the call page."""
    wording = Wording(
        language=form.line("language"),
        title=form.text("title"),
        brief=form.text("brief"),
        organiser=form.text("organiser"),
        promise=form.text("promise"),
        consent=form.text("consent"),
        results_due_on=form.line("results_due_on"),
    )
    try:
        with desk.process.database.writing() as writing:
            change_words(writing, wording=wording, seen=form.text("seen"), **desk.act)
    except Refusal as refusal:
        desk.session.rollback()  # to see what somebody else changed meanwhile
        return _show_words(desk, form, refusal)
    return desk.back_to(urls.DESK, "words")


@dataclass(frozen=True)
class AnnouncePage:
    """What was announced so far, and the form for more."""

    frame: Frame
    typed: Typed
    problem: Refusal | None
    said: tuple[tuple[Rendition, object], ...]
    offered: tuple[str, ...]


def _show_announce(desk: Desk, typed: Typed, problem: Refusal | None = None) -> Response:
    found = announcements(desk.session, desk.consultation.id)
    ids = {one.text_id for one in found}
    words = renditions(desk.session, text_ids=ids, reader=desk.reader.language)
    page = AnnouncePage(
        frame=desk.frame(),
        typed=typed,
        problem=problem,
        said=tuple((words[one.text_id], one.announced_at) for one in found),
        offered=offered(typed.line("language")),
    )
    return desk.show("facilitate/announce.html", page, problem)


@router.get(urls.ANNOUNCE)
def announce_form(desk: AtDesk) -> Response:
    """Show what was announced, and the form."""
    return _show_announce(desk, Typed({"language": (desk.consultation.language,)}))


@router.post(urls.ANNOUNCE)
def announce_now(form: Form, desk: AtDesk) -> Response:
    """Say something to everybody."""
    try:
        with desk.process.database.writing() as writing:
            announce(writing, text=form.text("text"), language=form.line("language"), **desk.act)
    except Refusal as refusal:
        return _show_announce(desk, form, refusal)
    return desk.back_to(urls.ANNOUNCE, "announced")
