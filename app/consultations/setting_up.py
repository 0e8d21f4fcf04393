"""Setting a consultation up: create it, change its words and its settings, offer languages.

Every act is logged; none commits.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.consultations import drafts, typed
from app.consultations.acts import locked, record, write_or_keep
from app.consultations.drafts import Checked, Draft, Wording
from app.consultations.models import Consultation, Facilitation
from app.consultations.queries import ConsultationView, view
from app.consultations.rules import Phase, Schedule, why_not_schedule
from app.consultations.typed import accepted
from app.database import WriteSession, new_id
from app.refusals import Kind, Refusal, mark
from app.translation.actions import add_languages, open_readership
from app.translation.models import Words


def create_consultation(
    session: WriteSession, *, facilitator_id: str, draft: Draft, now: datetime
) -> str:
    """Make a consultation that `facilitator_id` runs, and return its slug. Raises Refusal.

    The same draft sent again by the same facilitator is the same consultation.
    """
    zone = accepted(typed.timezone(draft.timezone))
    opens_at = accepted(typed.instant(draft.opens, zone, draft.opens_choice, field="opens"))
    closes_at = accepted(typed.instant(draft.closes, zone, draft.closes_choice, field="closes"))
    wording = drafts.checked_wording(draft, closes_on=closes_at.astimezone(ZoneInfo(zone)).date())
    schedule = Schedule(opens_at, closes_at, zone)
    before = _created_before(session, facilitator_id, wording, schedule)
    if before and draft.slug.strip().lower() in ("", before):
        return before
    refusal = why_not_schedule(opens_at, closes_at) or _why_over(schedule, now)
    if refusal:
        raise replace(refusal, field="closes")
    offered = _known_languages(draft.offered)
    row = Consultation(
        id=new_id(),
        slug=_free_slug(session, draft.slug, wording.title),
        language=wording.language,
        organiser=wording.organiser,
        results_due_on=wording.results_due_on,
        opens_at=opens_at,
        closes_at=closes_at,
        timezone=zone,
        by_invitation=draft.by_invitation,
        word_limit=_word_limit(draft.word_limit),
        small_count=_small_count(draft.small_count),
        created_at=now,
        imported=False,
    )
    row.readership_id = open_readership(session, languages={wording.language, *offered})
    _write_words(session, row, wording, now)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise drafts.slug_taken() from None  # taken by another transaction meanwhile
    session.add(Facilitation(consultation_id=row.id, facilitator_id=facilitator_id, since=now))
    record(session, row.id, mark("created a consultation"), by=facilitator_id, now=now)
    return row.slug


def _created_before(
    session: WriteSession, facilitator_id: str, wording: Checked, schedule: Schedule
) -> str | None:
    rows = session.execute(
        select(Consultation.slug, Consultation.brief_id)
        .join(Facilitation, Facilitation.consultation_id == Consultation.id)
        .join(Words, Words.id == Consultation.title_id)
        .where(
            Facilitation.facilitator_id == facilitator_id,
            Consultation.opens_at == schedule.opens_at,
            Consultation.closes_at == schedule.closes_at,
            Consultation.timezone == schedule.timezone,
            Words.body == wording.title,
        )
    )
    for slug, brief_id in rows:
        if session.get_one(Words, brief_id).body == wording.brief:
            return str(slug)
    return None


def _why_over(schedule: Schedule, now: datetime) -> Refusal | None:
    if schedule.phase(now) is not Phase.CLOSED:
        return None
    return Refusal(
        Kind.INVALID,
        "closes_in_the_past",
        mark("The closing time is already over. Choose a later one."),
    )


def _free_slug(session: WriteSession, asked: str, title: str) -> str:
    taken = set(session.scalars(select(Consultation.slug)))
    if not asked.strip():
        return drafts.slug_from(title, taken, otherwise=new_id()[:8])
    wanted = accepted(drafts.slug(asked))
    if wanted in taken:
        raise drafts.slug_taken()
    return wanted


def _known_languages(tags: Iterable[str]) -> list[str]:
    return [accepted(typed.language(tag, field="offered")) for tag in tags]


def _word_limit(value: int | str) -> int:
    lowest, highest = drafts.WORD_LIMITS
    return accepted(typed.number(value, field="word_limit", lowest=lowest, highest=highest))


def _small_count(value: int | str) -> int:
    lowest, highest = drafts.SMALLEST_COUNT, drafts.LARGEST_COUNT
    return accepted(typed.number(value, field="small_count", lowest=lowest, highest=highest))


def change_words(
    session: WriteSession,
    *,
    consultation_id: str,
    wording: Wording,
    seen: str | None = None,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Give a call page other words; those that did not change stay the same texts.

    `seen` is the `wording_mark` of the words the facilitator began from, so that two people who
    change them at once do not undo each other. Raises Refusal.
    """
    row = locked(session, consultation_id)
    closes_on = row.closes_at.astimezone(ZoneInfo(row.timezone)).date()
    checked = drafts.checked_wording(wording, closes_on=closes_on)
    before = _wording_of(session, row)
    if before == checked:
        return
    if seen is not None and seen != wording_mark(view(row)):
        raise Refusal(
            Kind.UNTIMELY,
            "changed_meanwhile",
            mark("Somebody else changed these words. Yours are below; save again to keep yours."),
        )
    _write_words(session, row, checked, now)
    row.organiser = checked.organiser
    row.results_due_on = checked.results_due_on
    row.language = checked.language
    session.flush()
    record(session, row.id, mark("changed the words of a consultation"), by=facilitator_id, now=now)


def wording_mark(view: ConsultationView) -> str:
    """Return what tells one wording of a call page from another, without any of its words."""
    texts = (view.title_id, view.brief_id, view.promise_id, view.consent_id)
    others = (view.language, view.organiser, view.results_due_on)
    return hashlib.sha256(repr((texts, others)).encode()).hexdigest()[:16]


def _wording_of(session: WriteSession, row: Consultation) -> Checked:
    def body(text_id: str | None) -> str:
        return session.get_one(Words, text_id).body if text_id else ""

    return Checked(
        language=row.language,
        title=body(row.title_id),
        brief=body(row.brief_id),
        organiser=row.organiser,
        promise=body(row.promise_id),
        consent=body(row.consent_id),
        results_due_on=row.results_due_on,
    )


def _write_words(session: WriteSession, row: Consultation, wording: Checked, now: datetime) -> None:
    def text(before: str | None, body: str) -> str | None:
        if not body:
            return None
        return write_or_keep(session, row, wording.language, body, now, before=before)

    row.title_id = text(row.title_id, wording.title) or ""
    row.brief_id = text(row.brief_id, wording.brief) or ""
    row.promise_id = text(row.promise_id, wording.promise)
    row.consent_id = text(row.consent_id, wording.consent)


def change_settings(
    session: WriteSession,
    *,
    consultation_id: str,
    by_invitation: bool,
    word_limit: int | str,
    small_count: int | str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Change who may join, how long a post may be and which counts are published."""
    row = locked(session, consultation_id)
    after = (by_invitation, _word_limit(word_limit), _small_count(small_count))
    if after == (row.by_invitation, row.word_limit, row.small_count):
        return
    row.by_invitation, row.word_limit, row.small_count = after
    session.flush()
    record(
        session, row.id, mark("changed the settings of a consultation"), by=facilitator_id, now=now
    )


def offer_language(
    session: WriteSession,
    *,
    consultation_id: str,
    language: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Translate everything into one more language, though nobody said yet that they read it."""
    row = locked(session, consultation_id)
    tag = accepted(typed.language(language, field="offered"))
    add_languages(session, readership_id=row.readership_id, languages=[tag])
    record(session, row.id, mark("offered a language"), by=facilitator_id, now=now)
