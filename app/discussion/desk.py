"""The facilitators' desk: their consultations, and one of them with what it needs now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.consultations import desk_urls as urls
from app.consultations.desk_frame import DONE, AtDesk, Desk, Frame
from app.consultations.queries import ConsultationView, facilitated_by
from app.consultations.rules import Phase
from app.discussion.desk_figures import (
    LiveFigures,
    Reach,
    live_figures,
    reaches,
    usable_invitations,
    waiting_counts,
)
from app.discussion.desk_needs import Need, Situation, needs, what_is_next
from app.discussion.desk_people import router as people_router
from app.discussion.desk_posts import router as posts_router
from app.discussion.desk_thread import router as thread_router
from app.discussion.desk_threads import ThreadLine, thread_lines
from app.discussion.desk_threads import router as threads_router
from app.discussion.thread_queries import ThreadView, threads
from app.identity.access import FacilitatorAsking
from app.translation.queries import TranslationFigures, renditions, translation_figures
from app.translation.rules import Rendition
from app.web.dependencies import Now, Reading
from app.web.reader import Reads
from app.web.rendering import show

router = APIRouter()
router.include_router(threads_router)
router.include_router(thread_router)
router.include_router(posts_router)
router.include_router(people_router)


@dataclass(frozen=True)
class MyConsultation:
    """A consultation in the list of those somebody runs."""

    slug: str
    title: Rendition
    phase: Phase
    left: timedelta
    waiting: int


@dataclass(frozen=True)
class MinePage:
    """The consultations a facilitator runs, the most urgent first."""

    name: str
    done: str | None
    consultations: tuple[MyConsultation, ...]


@router.get(urls.MINE)
def mine(
    request: Request, known: FacilitatorAsking, reader: Reads, session: Reading, now: Now
) -> Response:
    """Show the consultations a facilitator runs."""
    found = facilitated_by(session, str(known.facilitator_id))
    words = renditions(session, text_ids={c.title_id for c in found}, reader=reader.language)
    waiting = waiting_counts(session)

    def line(view: ConsultationView) -> MyConsultation:
        phase = view.schedule.phase(now)
        end = view.schedule.opens_at if phase is Phase.UPCOMING else view.schedule.closes_at
        return MyConsultation(
            slug=view.slug,
            title=words[view.title_id],
            phase=phase,
            left=abs(end - now),
            waiting=waiting.get(view.id, 0),
        )

    page = MinePage(
        name=known.facilitator_name or "",
        done=DONE.get(request.query_params.get("done", "")),
        consultations=tuple(sorted(map(line, found), key=_urgency)),
    )
    return show(request, reader, "facilitate/mine.html", page)


def _urgency(line: MyConsultation) -> tuple[bool, int, timedelta]:
    # Late posts wait for somebody; then what is open, by its closing; then what comes; then what
    # closed, the newest first.
    order = (Phase.OPEN, Phase.UPCOMING, Phase.CLOSED)
    return (not line.waiting, order.index(line.phase), line.left)


@dataclass(frozen=True)
class DeskPage:
    """A consultation's desk."""

    id: str
    frame: Frame
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    left: timedelta
    needs: tuple[Need, ...]
    next: Need | None
    figures: LiveFigures
    translation: TranslationFigures
    threads: tuple[ThreadLine, ...]
    reaches: tuple[Reach, ...]
    by_invitation: bool
    published: bool


@router.get(urls.DESK)
def desk_page(desk: AtDesk) -> Response:
    """Show what a consultation needs now, how it goes, and all that can be done with it."""
    view, session, now = desk.consultation, desk.session, desk.now
    found = threads(session, view.id, view.schedule)
    figures = live_figures(session, consultation_id=view.id, imported=view.imported)
    translation = translation_figures(session, readership_id=view.readership_id)
    situation = _situation(desk, found, figures, translation)
    phase = view.schedule.phase(now)
    end = view.schedule.opens_at if phase is Phase.UPCOMING else view.schedule.closes_at
    # The words of the call and of questions are in the consultation's own language, mostly.
    written = dict.fromkeys((view.language, *(tag for tag, _ in figures.by_language)))
    page = DeskPage(
        id=view.id,
        frame=desk.frame(),
        phase=phase,
        opens_at=view.schedule.opens_at,
        closes_at=view.schedule.closes_at,
        left=abs(end - now),
        needs=tuple(needs(situation, now)),
        next=what_is_next(situation, now),
        figures=figures,
        translation=translation,
        threads=thread_lines(session, found, desk.reader.language, now),
        reaches=reaches(session, readership_id=view.readership_id, written=list(written)),
        by_invitation=view.by_invitation,
        published=view.published_at is not None,
    )
    return desk.show("facilitate/desk.html", page)


def _situation(
    desk: Desk,
    found: list[ThreadView],
    figures: LiveFigures,
    translation: TranslationFigures,
) -> Situation:
    view = desk.consultation
    return Situation(
        schedule=view.schedule,
        today=desk.now.astimezone(ZoneInfo(view.schedule.timezone)).date(),
        threads=[(one.number, one.times) for one in found],
        waiting=figures.waiting,
        failed=translation.failed,
        has_promise=view.promise_id is not None,
        results_due_on=view.results_due_on,
        published=view.published_at is not None,
        by_invitation=view.by_invitation,
        usable_invitations=usable_invitations(desk.session, consultation_id=view.id, now=desk.now),
    )
