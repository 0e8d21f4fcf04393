"""The gates to threads and posts: both lead through the gate of their consultation."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from app.consultations.access import Admitted, MayRead, admit
from app.consultations.queries import consultation_by_id
from app.consultations.rules import Role, why_not_read
from app.discussion.queries import PostFacts, post_facts
from app.discussion.thread_queries import ThreadView, thread
from app.identity.access import Asking
from app.refusals import missing
from app.web.dependencies import Reading


@dataclass(frozen=True)
class OpenedThread:
    """A thread that whoever asks may read, and what they are there."""

    admitted: Admitted
    thread: ThreadView


def open_thread(number: int, admitted: MayRead, session: Reading) -> OpenedThread:
    """Let those read a thread who may read its consultation."""
    view = admitted.consultation
    found = thread(session, view.id, number, view.schedule)
    if found is None:
        raise missing()
    return OpenedThread(admitted, found)


@dataclass(frozen=True)
class FoundPost:
    """A post, its consultation, and what whoever asks is there."""

    admitted: Admitted
    post: PostFacts

    @property
    def is_own(self) -> bool:
        """Say whether whoever asks wrote it."""
        who = self.admitted.who
        return who is not None and who.person_id == self.post.person_id


def find_post(post_id: str, session: Reading, asking: Asking) -> FoundPost:
    """Let those see a post who may read its consultation.

    A held post is there only for its author and for facilitators.
    """
    found = post_facts(session, post_id)
    view = consultation_by_id(session, found.consultation_id) if found else None
    if found is None or view is None:
        raise missing()
    admitted = admit(session, view.slug, asking)
    refusal = why_not_read(by_invitation=view.by_invitation, role=admitted.role)
    if refusal:
        raise refusal
    result = FoundPost(admitted, found)
    if found.held and not result.is_own and admitted.role is not Role.FACILITATOR:
        raise missing()
    return result


def own_post(found: Annotated[FoundPost, Depends(find_post)]) -> FoundPost:
    """Let only its author through."""
    if not found.is_own:
        raise missing()
    return found


Opened = Annotated[OpenedThread, Depends(open_thread)]
Found = Annotated[FoundPost, Depends(find_post)]
Own = Annotated[FoundPost, Depends(own_post)]
