"""What participants do with posts: contribute, revise, withdraw, choose how they are quoted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app import languages
from app.consultations.models import Consultation
from app.consultations.queries import ConsultationView, consultation_by_id
from app.consultations.rules import QUOTATIONS, Role
from app.database import WriteSession, new_id
from app.discussion.models import Post, Revision, Thread
from app.discussion.queries import PostFacts, post_facts
from app.discussion.rules import (
    already_written,
    answered_gone,
    digest_of,
    language_unknown,
    trimmed,
    why_not_contribute,
    why_not_edit,
    why_not_words,
)
from app.discussion.thread_queries import thread
from app.refusals import missing
from app.translation.actions import write_text
from app.translation.models import Words
from app.translation.queries import originals


@dataclass(frozen=True)
class Contributed:
    """The post that now holds the words; `fresh` is False when they were sent before."""

    post_id: str
    fresh: bool
    held: bool


def contribute(
    session: WriteSession,
    *,
    consultation_id: str,
    number: int,
    participation_id: str,
    body: str,
    language: str,
    reply_to: str | None,
    late: bool = False,
    quotation: str | None = None,
    now: datetime,
) -> Contributed:
    """Post words in a thread, or in reply to a post of it. Raises Refusal.

    The same words in the same place by the same person are the same post: sending them again
    changes nothing. `late`: where the thread has closed, hold them for the facilitators.
    """
    _hold_open(session, consultation_id, number)
    view = consultation_by_id(session, consultation_id)
    if view is None:
        raise missing()
    found = thread(session, consultation_id, number, view.schedule)
    if found is None:
        raise missing()
    body = trimmed(body)
    digest = digest_of(reply_to, body)
    before = _sent_before(session, participation_id, found.id, digest)
    if before is not None:
        return before
    held = False
    refusal = why_not_contribute(found.times, Role.PARTICIPANT, now)
    if refusal and late and refusal.code == "thread_closed":
        held, refusal = True, None
    refusal = refusal or why_not_words(body, limit=view.word_limit)
    if refusal:
        raise refusal
    tag = languages.normalise(language)
    if tag is None:
        raise language_unknown(language)
    if reply_to is not None:
        answered = post_facts(session, reply_to)
        if answered is None or answered.thread_id != found.id:
            raise missing()
        if not answered.visible:
            raise answered_gone()
    try:
        # All of it in the savepoint: who comes second leaves no words behind.
        with session.begin_nested():
            text_id = write_text(
                session, readership_id=view.readership_id, language=tag, body=body, now=now
            )
            post = Post(
                id=new_id(),
                thread_id=found.id,
                participation_id=participation_id,
                reply_to_id=reply_to,
                text_id=text_id,
                quotation=quotation if quotation in QUOTATIONS else None,
                written_at=now,
                held_at=now if held else None,
            )
            session.add(post)
            session.flush()  # the revision refers to the post
            session.add(_revision(post, digest, now))
    except IntegrityError:
        # The same form arrived twice at once; the other one won.
        other = _sent_before(session, participation_id, found.id, digest)
        if other is None:
            raise
        return other
    return Contributed(post.id, fresh=True, held=held)


def _hold_open(session: WriteSession, consultation_id: str, number: int) -> None:
    # On PostgreSQL whoever closes the consultation or the thread waits for the post under way, and
    # the next post for them. Posts do not share these locks: a queue of sharers would never let
    # the one in who closes. Nothing is read before, so what is read is what was decided.
    session.scalar(
        select(Consultation.id)
        .where(Consultation.id == consultation_id)
        .with_for_update(key_share=True)
    )
    session.scalar(
        select(Thread.id)
        .where(Thread.consultation_id == consultation_id, Thread.number == number)
        .with_for_update(key_share=True)
    )


def _sent_before(
    session: WriteSession, participation_id: str, thread_id: str, digest: str
) -> Contributed | None:
    row = session.execute(
        select(Post.id, Post.held_at)
        .join(Revision, Revision.post_id == Post.id)
        .where(
            Revision.participation_id == participation_id,
            Revision.thread_id == thread_id,
            Revision.digest == digest,
        )
    ).first()
    return Contributed(row[0], fresh=False, held=row[1] is not None) if row else None


def _revision(post: Post, digest: str, now: datetime) -> Revision:
    return Revision(
        post_id=post.id,
        participation_id=post.participation_id,
        thread_id=post.thread_id,
        text_id=post.text_id,
        digest=digest,
        written_at=now,
    )


def own_post(session: WriteSession, *, post_id: str, person_id: str) -> PostFacts:
    """Return a post of this person. Raises Refusal if it is not theirs or not there."""
    found = post_facts(session, post_id)
    if found is None or found.person_id != person_id:
        raise missing()
    return found


def revise(
    session: WriteSession,
    *,
    post_id: str,
    person_id: str,
    body: str,
    language: str,
    now: datetime,
) -> None:
    """Give a post other words; the former ones are kept as a revision. Raises Refusal.

    The same words in the same language once more change nothing.
    """
    found = own_post(session, post_id=post_id, person_id=person_id)
    view = _consultation_of(session, found)
    place = thread(session, found.consultation_id, found.thread_number, view.schedule)
    if place is None:
        raise missing()
    body = trimmed(body)
    refusal = why_not_edit(
        written_at=found.written_at,
        withdrawn=found.withdrawn,
        hidden=found.hidden_reason_id is not None,
        times=place.times,
        now=now,
    ) or why_not_words(body, limit=view.word_limit)
    if refusal:
        raise refusal
    tag = languages.normalise(language)
    if tag is None:
        raise language_unknown(language)
    # Locked: the same edit sent twice at once comes one after the other.
    post = session.get_one(Post, post_id, with_for_update=True)
    current = session.get_one(Words, post.text_id)
    if (current.body, current.language) == (body, tag):
        return
    digest = digest_of(found.reply_to_id, body)
    earlier = session.scalar(
        select(Revision).where(
            Revision.participation_id == found.participation_id,
            Revision.thread_id == found.thread_id,
            Revision.digest == digest,
        )
    )
    if earlier is not None and earlier.post_id != post_id:
        raise already_written()
    if earlier is not None and earlier.text_id == found.text_id:
        same = originals(session, text_ids={found.text_id})[found.text_id]
        if (same.body, same.language) == (body, tag):
            return  # nothing was changed, so nothing is translated again
    post.text_id = write_text(
        session, readership_id=view.readership_id, language=tag, body=body, now=now
    )
    post.edited_at = now
    session.flush()  # the new revision points to the new text
    if earlier is not None:
        # Back to a former wording, or only another language: the same revision, a new text.
        earlier.text_id = post.text_id
        earlier.written_at = now
    else:
        session.add(_revision(post, digest, now))


def _consultation_of(session: WriteSession, post: PostFacts) -> ConsultationView:
    view = consultation_by_id(session, post.consultation_id)
    if view is None:
        raise missing()
    return view


def withdraw(session: WriteSession, *, post_id: str, person_id: str, now: datetime) -> None:
    """Take a post back: nobody sees it any more. Doing it twice changes nothing."""
    own_post(session, post_id=post_id, person_id=person_id)
    session.execute(
        update(Post).where(Post.id == post_id, Post.withdrawn_at.is_(None)).values(withdrawn_at=now)
    )


def choose_quotation(
    session: WriteSession, *, post_id: str, person_id: str, quotation: str
) -> None:
    """Choose how one post may be quoted, instead of what was chosen at joining."""
    own_post(session, post_id=post_id, person_id=person_id)
    if quotation not in (*QUOTATIONS, ""):
        raise missing()
    session.execute(update(Post).where(Post.id == post_id).values(quotation=quotation or None))
