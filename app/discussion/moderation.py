"""What facilitators do with posts: hide with a reason, undo it, let in what came late.

Every act is logged; none commits.
"""

from datetime import datetime

from sqlalchemy import select, update

from app.consultations import typed
from app.consultations.acts import record
from app.consultations.models import Consultation
from app.consultations.typed import accepted
from app.database import WriteSession, new_id
from app.discussion.models import Hiding, Post, Thread
from app.refusals import Kind, Refusal, mark, missing
from app.translation.actions import write_text


def hide_post(
    session: WriteSession,
    *,
    consultation_id: str,
    post_id: str,
    reason: str,
    language: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Hide a post from everybody but its author, who is told the reason. Raises Refusal.

    Hiding one that is hidden changes nothing. A held post is kept out for good that way.
    """
    post = _locked_post(session, consultation_id, post_id)
    if _is_hidden(session, post_id):
        return
    required = mark("Write the reason. The person who wrote this will read it.")
    body = accepted(typed.prose(reason, field="text", required=required, limit=typed.REASON_LIMIT))
    tag = accepted(typed.language(language))
    readership_id = session.get_one(Consultation, consultation_id).readership_id
    reason_id = write_text(session, readership_id=readership_id, language=tag, body=body, now=now)
    session.add(
        Hiding(
            id=new_id(),
            post_id=post.id,
            hidden_at=now,
            hidden_by=facilitator_id,
            reason_id=reason_id,
        )
    )
    session.flush()
    _record(session, consultation_id, post, mark("hid a post"), facilitator_id, now)


def unhide_post(
    session: WriteSession,
    *,
    consultation_id: str,
    post_id: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Show a hidden post again. Raises Refusal where there is no such post."""
    post = _locked_post(session, consultation_id, post_id)
    if not _is_hidden(session, post_id):
        return
    session.execute(
        update(Hiding)
        .where(Hiding.post_id == post.id, Hiding.undone_at.is_(None))
        .values(undone_at=now, undone_by=facilitator_id)
    )
    _record(session, consultation_id, post, mark("showed a post again"), facilitator_id, now)


def admit_held_post(
    session: WriteSession,
    *,
    consultation_id: str,
    post_id: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    """Let everybody see a post that arrived after its thread had closed. Raises Refusal."""
    post = _locked_post(session, consultation_id, post_id)
    if post.held_at is None:
        return
    if post.withdrawn_at is not None:
        raise Refusal(
            Kind.UNTIMELY, "withdrawn_meanwhile", mark("Its author has taken this post back.")
        )
    post.held_at = None
    session.flush()
    _record(session, consultation_id, post, mark("let a late post in"), facilitator_id, now)


def _locked_post(session: WriteSession, consultation_id: str, post_id: str) -> Post:
    row = session.scalar(
        select(Post)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.id == post_id, Thread.consultation_id == consultation_id)
        .with_for_update(of=Post)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise missing()
    return row


def _is_hidden(session: WriteSession, post_id: str) -> bool:
    found = select(Hiding.id).where(Hiding.post_id == post_id, Hiding.undone_at.is_(None)).limit(1)
    return session.scalar(found) is not None


def _record(
    session: WriteSession,
    consultation_id: str,
    post: Post,
    verb: str,
    facilitator_id: str,
    now: datetime,
) -> None:
    record(session, consultation_id, verb, by=facilitator_id, kind="post", thing=post.id, now=now)
