"""A consultation with its threads, and closing one of them, for programs."""

from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends

from app.consultations.access import Facilitating, MayRead, Visiting
from app.consultations.api import words_for, written_in
from app.consultations.api_models import entry, rendition
from app.consultations.queries import (
    ConsultationView,
    announcements,
    schedule_changes,
)
from app.consultations.rules import why_not_read
from app.database import ReadSession
from app.discussion import api_models as models
from app.discussion.api_me import router as me_router
from app.discussion.api_posts import router as posts_router
from app.discussion.facilitation import close_thread, reopen_thread
from app.discussion.thread_queries import newest_summary, thread, thread_counts, threads
from app.identity.api import OPTIONAL_TOKEN, Known, no_dead_token
from app.refusals import missing
from app.web.api import PREFIX, PROBLEMS, ApiReads, fields_named, operation_id, plain_path
from app.web.dependencies import Now, Process, Reading
from app.web.problems import described
from app.web.reader import Reader
from app.web.state import State

router = APIRouter(
    prefix=PREFIX,
    dependencies=[Depends(plain_path), Depends(no_dead_token)],
    responses=PROBLEMS,
    generate_unique_id_function=operation_id,
)
router.include_router(posts_router)
router.include_router(me_router)

_CONSULTATION = "/consultations/{slug}"
_THREAD = _CONSULTATION + "/threads/{number}"


@router.get(_CONSULTATION, tags=["consultations"], openapi_extra=OPTIONAL_TOKEN)
def get_consultation(
    admitted: Visiting, reader: ApiReads, session: Reading, process: Process, now: Now
) -> models.Consultation:
    """Read what a consultation asks and promises, and its threads."""
    view = admitted.consultation
    may_read = not why_not_read(by_invitation=view.by_invitation, role=admitted.role)
    said = announcements(session, view.id) if may_read else []
    changes = schedule_changes(session, view.id)
    ids = {view.title_id, view.brief_id, view.promise_id, view.consent_id}
    ids |= {a.text_id for a in said} | {c.reason_id for c in changes}
    words = words_for(session, {i for i in ids if i}, reader, process)
    zone = ZoneInfo(view.schedule.timezone)
    return models.Consultation(
        **dict(entry(view, words, now)),
        brief=rendition(words[view.brief_id]),
        promise=rendition(words[view.promise_id]) if view.promise_id else None,
        consent=rendition(words[view.consent_id]) if view.consent_id else None,
        word_limit=view.word_limit,
        role=admitted.role,
        may_read=may_read,
        threads=_threads(session, view, reader, process, now) if may_read else [],
        announcements=[
            models.Announcement(
                text=rendition(words[a.text_id]),
                announced_on=a.announced_at.astimezone(zone).date(),
            )
            for a in said
        ],
        changes=[
            models.Change(
                changed_on=c.changed_at.astimezone(zone).date(),
                closed_at_before=c.closed_at_before,
                closes_at=c.closes_at,
                reason=rendition(words[c.reason_id]),
            )
            for c in changes
        ],
    )


def _threads(
    session: ReadSession, view: ConsultationView, reader: Reader, process: State, now: datetime
) -> list[models.ThreadEntry]:
    found = threads(session, view.id, view.schedule)
    counts = thread_counts(session, [t.id for t in found], since=now)
    ids = {t.title_id for t in found} | {t.question_id for t in found}
    ids |= {t.closure_reason_id for t in found if t.closure_reason_id}
    words = words_for(session, ids, reader, process)
    return [models.thread_entry(t, words, counts[t.id], now) for t in found]


@router.get(_CONSULTATION + "/threads", tags=["threads"], openapi_extra=OPTIONAL_TOKEN)
def list_threads(
    admitted: MayRead, reader: ApiReads, session: Reading, process: Process, now: Now
) -> models.Threads:
    """List a consultation's threads."""
    return models.Threads(threads=_threads(session, admitted.consultation, reader, process, now))


@router.get(_THREAD, tags=["threads"], openapi_extra=OPTIONAL_TOKEN)
def get_thread(
    number: int,
    admitted: MayRead,
    reader: ApiReads,
    session: Reading,
    process: Process,
    now: Now,
) -> models.Thread:
    """Read a thread's question, its times and the newest summary."""
    return _thread(session, admitted.consultation, number, reader, process, now)


def _thread(
    session: ReadSession,
    view: ConsultationView,
    number: int,
    reader: Reader,
    process: State,
    now: datetime,
) -> models.Thread:
    found = thread(session, view.id, number, view.schedule)
    if found is None:
        raise missing()
    summary = newest_summary(session, found.id)
    ids = {found.title_id, found.question_id, found.closure_reason_id, summary}
    words = words_for(session, {i for i in ids if i}, reader, process)
    count = thread_counts(session, [found.id], since=now)[found.id]
    return models.Thread(
        **dict(models.thread_entry(found, words, count, now)),
        summary=rendition(words[summary]) if summary else None,
    )


# --- Closing a thread --------------------------------------------------------------------------

_CLOSURE = _THREAD + "/closure"


@router.post(_CLOSURE, tags=["threads"], responses=described(401, 409))
def close_thread_now(
    _: Known,
    number: int,
    admitted: Facilitating,
    reader: ApiReads,
    process: Process,
    now: Now,
    body: models.ThreadClosing | None = None,
) -> models.Thread:
    """Close an open thread at once, for those who run the consultation.

    The reason is shown to everybody. Closing one that is closed by hand changes nothing.
    """
    view = admitted.consultation
    body = body or models.ThreadClosing()
    language = written_in(body.reason, body.language, prior=(view.language,))
    with fields_named(text="reason"), process.database.writing() as session:
        close_thread(
            session,
            consultation_id=view.id,
            number=number,
            reason=body.reason,
            language=language,
            facilitator_id=admitted.facilitator_id,
            now=now,
        )
    return _thread_now(process, view, number, reader, now)


@router.delete(_CLOSURE, tags=["threads"], responses=described(401, 409))
def open_thread_again(
    _: Known, number: int, admitted: Facilitating, reader: ApiReads, process: Process, now: Now
) -> models.Thread:
    """Open a thread now, whatever kept it closed, for those who run the consultation."""
    view = admitted.consultation
    with process.database.writing() as session:
        reopen_thread(
            session,
            consultation_id=view.id,
            number=number,
            facilitator_id=admitted.facilitator_id,
            now=now,
        )
    return _thread_now(process, view, number, reader, now)


def _thread_now(
    process: State, view: ConsultationView, number: int, reader: Reader, now: datetime
) -> models.Thread:
    """Return a thread as it stands after what was just committed."""
    with process.database.reading() as session:
        return _thread(session, view, number, reader, process, now)
