"""Reads all that a report is made of, in a fixed number of queries."""

from collections import defaultdict

from sqlalchemy import select

from app.consultations.models import Consultation, Participation, ParticipationLanguage
from app.database import ReadSession
from app.discussion.models import Post, Summary, Thread
from app.discussion.queries import is_visible
from app.reports.facts import (
    ConsultationFacts,
    Facts,
    ParticipantFacts,
    Passage,
    ThreadFacts,
    VisiblePost,
)
from app.reports.figures import Figures, figures
from app.translation.models import Words
from app.translation.queries import renditions

TEXTS_AT_A_TIME = 10_000
"""Text ids in one query; databases take about 32,000 values."""


def facts(session: ReadSession, *, consultation_id: str, language: str) -> Facts:
    """Return what a report of a consultation in this language is made of.

    Raises sqlalchemy's NoResultFound if there is no such consultation.
    """
    row = session.get_one(Consultation, consultation_id)
    threads = session.scalars(
        select(Thread).where(Thread.consultation_id == consultation_id).order_by(Thread.number)
    ).all()
    numbers = {thread.id: thread.number for thread in threads}
    posts = session.scalars(
        select(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Thread.consultation_id == consultation_id, is_visible())
        .order_by(Post.written_at, Post.id)
    ).all()
    summaries = _newest_summaries(session, consultation_id)
    wanted = [row.title_id, row.brief_id, row.promise_id]
    wanted += [id for thread in threads for id in (thread.title_id, thread.question_id)]
    wanted += summaries.values()
    wanted += [post.text_id for post in posts]
    passages = _passages(session, [id for id in wanted if id], language)
    return Facts(
        language=language,
        consultation=ConsultationFacts(
            slug=row.slug,
            language=row.language,
            title=passages[row.title_id],
            brief=passages[row.brief_id],
            promise=passages[row.promise_id] if row.promise_id else None,
            organiser=row.organiser,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            timezone=row.timezone,
            results_due_on=row.results_due_on,
            by_invitation=row.by_invitation,
            small_count=row.small_count,
            imported=row.imported,
            salt=row.readership_id,
        ),
        participants=_participants(session, consultation_id),
        threads=tuple(
            ThreadFacts(
                thread.number,
                passages[thread.title_id],
                passages[thread.question_id],
                passages[summaries[thread.id]] if thread.id in summaries else None,
            )
            for thread in threads
        ),
        posts=tuple(
            VisiblePost(
                id=post.id,
                thread=numbers[post.thread_id],
                participant=post.participation_id,
                reply_to=post.reply_to_id,
                passage=passages[post.text_id],
                quotation=post.quotation,
            )
            for post in posts
        ),
    )


def consultation_figures(session: ReadSession, *, consultation_id: str) -> Figures:
    """Return the exact figures of a consultation, for those who run it."""
    row = session.get_one(Consultation, consultation_id)
    return figures(facts(session, consultation_id=consultation_id, language=row.language))


def _passages(session: ReadSession, text_ids: list[str], language: str) -> dict[str, Passage]:
    found: dict[str, Passage] = {}
    for begin in range(0, len(text_ids), TEXTS_AT_A_TIME):
        ids = text_ids[begin : begin + TEXTS_AT_A_TIME]
        words = renditions(session, text_ids=ids, reader=language)
        bodies = session.execute(select(Words.id, Words.body).where(Words.id.in_(ids)))
        found |= {id: Passage(body, words[id]) for id, body in bodies}
    return found


def _newest_summaries(session: ReadSession, consultation_id: str) -> dict[str, str]:
    """Return the text id of the newest summary of every thread that has one, by thread id."""
    rows = session.execute(
        select(Summary.thread_id, Summary.text_id)
        .join(Thread, Thread.id == Summary.thread_id)
        .where(Thread.consultation_id == consultation_id)
        .order_by(Summary.written_at, Summary.id)
    )
    return {row.thread_id: row.text_id for row in rows}  # the last one of each stays


def _participants(session: ReadSession, consultation_id: str) -> tuple[ParticipantFacts, ...]:
    languages: dict[str, list[str]] = defaultdict(list)
    for id, language in session.execute(
        select(ParticipationLanguage.participation_id, ParticipationLanguage.language)
        .join(Participation, Participation.id == ParticipationLanguage.participation_id)
        .where(Participation.consultation_id == consultation_id)
        .order_by(ParticipationLanguage.position)
    ):
        languages[id].append(language)
    rows = session.scalars(
        select(Participation)
        .where(Participation.consultation_id == consultation_id)
        .order_by(Participation.id)
    )
    return tuple(
        ParticipantFacts(
            id=row.id,
            name=row.name,
            country=row.country,
            languages=tuple(languages[row.id]),
            organisation_type=row.organisation_type,
            quotation=row.quotation,
            arrived=row.arrived_at is not None,
        )
        for row in rows
    )
