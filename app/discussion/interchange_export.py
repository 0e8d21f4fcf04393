"""Giving a whole consultation out in the shape `baraza-consultation/1`.

A file that was imported and not touched since comes out equal. What happened here is added in
fields that stand only where there is something to say; docs/interchange.md lists them.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from app.consultations.models import (
    Announcement,
    Consultation,
    Participation,
    ParticipationLanguage,
    ScheduleChange,
)
from app.database import ReadSession
from app.discussion.interchange_check import FORMAT
from app.discussion.interchange_texts import Texts, present
from app.discussion.models import Closure, Hiding, Post, Revision, Summary, Thread
from app.refusals import Kind, Refusal, mark


def export_consultation(
    session: ReadSession, *, slug: str, translations: bool = False
) -> dict[str, Any]:
    """Return the consultation at `slug` as the parsed JSON of its file.

    With `translations`, each text has those that are done beside it. The number of queries does
    not grow with the consultation. Raises Refusal where there is none.
    """
    consultation = session.scalar(select(Consultation).where(Consultation.slug == slug))
    if consultation is None:
        raise Refusal(
            Kind.MISSING,
            "consultation_unknown",
            mark("There is no consultation at %(slug)s."),
            {"slug": slug},
            field="slug",
        )
    texts = Texts(session, consultation.readership_id, translations)
    people = _people(session, consultation)
    threads = list(
        session.scalars(
            select(Thread)
            .where(Thread.consultation_id == consultation.id)
            .order_by(_late(Thread), Thread.imported_position, Thread.number)
        )
    )
    return {
        "format": FORMAT,
        **_consultation(session, consultation, texts),
        "threads": _threads(session, threads, texts),
        "people": [person for _, person in people],
        "posts": _posts(session, threads, {row.id: person["id"] for row, person in people}, texts),
    }


def _late(table: type[Thread] | type[Participation] | type[Post]) -> Any:
    """Return the order that puts what came after the import behind what was imported."""
    return table.imported_position.is_(None)


def _grouped(rows: Iterable[Any], key: str) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _differs(consultation: Consultation, column: str) -> int | None:
    """Return a setting that is not the one every consultation begins with."""
    value: int = getattr(consultation, column)
    default = Consultation.__table__.c[column].default
    return None if default is not None and default.arg == value else value


def _consultation(session: ReadSession, consultation: Consultation, texts: Texts) -> dict[str, Any]:
    def of_this(table: type[ScheduleChange] | type[Announcement]) -> Select[Any]:
        return select(table).where(table.consultation_id == consultation.id)

    announcements = session.scalars(
        of_this(Announcement).order_by(Announcement.announced_at, Announcement.id)
    )
    changes = session.scalars(
        of_this(ScheduleChange).order_by(ScheduleChange.changed_at, ScheduleChange.id)
    )
    promise_id, consent_id = consultation.promise_id, consultation.consent_id
    return {
        "slug": consultation.slug,
        "language": consultation.language,
        "title": texts.body(consultation.title_id),
        "brief": texts.body(consultation.brief_id),
        "organiser": consultation.organiser,
        "opens_at": consultation.opens_at.isoformat(),
        "closes_at": consultation.closes_at.isoformat(),
        "timezone": consultation.timezone,
        **present(
            promise=texts.body(promise_id) if promise_id else None,
            consent=texts.body(consent_id) if consent_id else None,
            results_due_on=consultation.results_due_on,
            by_invitation=consultation.by_invitation,
            word_limit=_differs(consultation, "word_limit"),
            small_count=_differs(consultation, "small_count"),
            published_at=consultation.published_at,
            announcements=[
                {
                    **texts.written(one.text_id),
                    "announced_at": one.announced_at.isoformat(),
                    **texts.translations(one.text_id),
                }
                for one in announcements
            ],
            schedule_changes=[
                {
                    **texts.written(one.reason_id),
                    "changed_at": one.changed_at.isoformat(),
                    "opened_at_before": one.opened_at_before.isoformat(),
                    "closed_at_before": one.closed_at_before.isoformat(),
                    "opens_at": one.opens_at.isoformat(),
                    "closes_at": one.closes_at.isoformat(),
                    **texts.translations(one.reason_id),
                }
                for one in changes
            ],
        ),
        **texts.translations_by_field(
            title=consultation.title_id,
            brief=consultation.brief_id,
            promise=promise_id,
            consent=consent_id,
        ),
    }


def _threads(session: ReadSession, threads: list[Thread], texts: Texts) -> list[dict[str, Any]]:
    ids = [thread.id for thread in threads]
    summaries = _grouped(
        session.scalars(
            select(Summary)
            .where(Summary.thread_id.in_(ids))
            .order_by(Summary.written_at, Summary.id)
        ),
        "thread_id",
    )
    closures = _grouped(
        session.scalars(
            select(Closure)
            .where(Closure.thread_id.in_(ids))
            .order_by(Closure.closed_at, Closure.id)
        ),
        "thread_id",
    )
    return [
        {
            "number": thread.number,
            "title": texts.body(thread.title_id),
            "question": texts.body(thread.question_id),
            **present(
                opens_at=thread.opens_at,
                closes_at=thread.closes_at,
                theme_on=thread.theme_on,
                summaries=[
                    {
                        **texts.written(one.text_id),
                        "written_at": one.written_at.isoformat(),
                        **texts.translations(one.text_id),
                    }
                    for one in summaries.get(thread.id, ())
                ],
                closures=[
                    {
                        "closed_at": one.closed_at.isoformat(),
                        **(texts.written(one.reason_id) if one.reason_id else {}),
                        **(texts.translations(one.reason_id) if one.reason_id else {}),
                        **present(reopened_at=one.reopened_at),
                    }
                    for one in closures.get(thread.id, ())
                ],
            ),
            **texts.translations_by_field(title=thread.title_id, question=thread.question_id),
        }
        for thread in threads
    ]


def _people(
    session: ReadSession, consultation: Consultation
) -> list[tuple[Participation, dict[str, Any]]]:
    of_this = Participation.consultation_id == consultation.id
    languages = _grouped(
        session.execute(
            select(ParticipationLanguage.participation_id, ParticipationLanguage.language)
            .join(Participation, Participation.id == ParticipationLanguage.participation_id)
            .where(of_this)
            .order_by(ParticipationLanguage.position)
        ),
        "participation_id",
    )
    rows = session.scalars(
        select(Participation)
        .where(of_this)
        .order_by(
            _late(Participation),
            Participation.imported_position,
            Participation.joined_at,
            Participation.id,
        )
    )
    agreed = consultation.consent_id
    return [
        (
            row,
            {
                "id": row.imported_id or row.id,
                "name": row.name,
                "country": row.country,
                "languages": [one.language for one in languages.get(row.id, ())],
                "organisation_type": row.organisation_type,
                "quotation": row.quotation,
                "joined_at": row.joined_at.isoformat(),
                **present(
                    arrived_at=row.arrived_at,
                    removed_at=row.removed_at,
                    consented=agreed is not None and row.consent_id == agreed,
                ),
            },
        )
        for row in rows
    ]


def _posts(
    session: ReadSession, threads: list[Thread], authors: dict[str, str], texts: Texts
) -> list[dict[str, Any]]:
    numbers = {thread.id: thread.number for thread in threads}
    of_these = Post.thread_id.in_(list(numbers))
    posts = list(
        session.scalars(
            select(Post)
            .where(of_these)
            .order_by(_late(Post), Post.imported_position, Post.written_at, Post.id)
        )
    )
    ids = {post.id: post.imported_id or post.id for post in posts}

    edited = select(Revision).join(Post, Post.id == Revision.post_id).where(of_these)
    revisions = _grouped(
        session.scalars(
            edited.where(Post.edited_at.is_not(None)).order_by(Revision.written_at, Revision.id)
        ),
        "post_id",
    )
    hidden = select(Hiding).join(Post, Post.id == Hiding.post_id).where(of_these)
    hidings = _grouped(session.scalars(hidden.order_by(Hiding.hidden_at, Hiding.id)), "post_id")
    exported = []
    for post in posts:
        wordings = revisions.get(post.id, ())
        # Somebody who took their words back keeps their place in the conversation, no more.
        erased_at = texts.erased(post.text_id)
        taken_back = post.withdrawn_at or erased_at
        written = texts.written(post.text_id)
        exported.append(
            {
                "id": ids[post.id],
                "thread": numbers[post.thread_id],
                "author": authors[post.participation_id],
                "reply_to": ids[post.reply_to_id] if post.reply_to_id else None,
                "language": written["language"],
                "text": "" if taken_back else written["text"],
                "written_at": post.written_at.isoformat(),
                **present(
                    quotation=post.quotation,
                    held=post.held_at,
                    withdrawn=post.withdrawn_at,
                    erased=None if post.withdrawn_at else erased_at,
                    hidden=[
                        {
                            **texts.written(one.reason_id),
                            "hidden_at": one.hidden_at.isoformat(),
                            **present(undone_at=one.undone_at),
                            **texts.translations(one.reason_id),
                        }
                        for one in hidings.get(post.id, ())
                    ],
                    revisions=[
                        {**texts.written(one.text_id), "written_at": one.written_at.isoformat()}
                        for one in wordings
                    ]
                    if len(wordings) > 1 and not taken_back
                    else None,
                ),
                **({} if taken_back else texts.translations(post.text_id)),
            }
        )
    return exported
