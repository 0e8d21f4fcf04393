"""When a thread takes posts, and what a post may be."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.consultations.rules import Role, Schedule
from app.languages import count_words
from app.refusals import Kind, Refusal, mark

EDIT_WINDOW = timedelta(minutes=30)
POSTS_PER_PAGE = 20
_CHARACTERS_PER_WORD = 40  # a hard bound for words without end


@dataclass(frozen=True)
class ThreadTimes:
    """All that decides whether a thread is open: its consultation, its own times, a closure."""

    consultation: Schedule
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    closed_by_hand_at: datetime | None = None

    @property
    def starts_at(self) -> datetime:
        """Return the instant from which it takes posts."""
        own = self.opens_at or self.consultation.opens_at
        return max(own, self.consultation.opens_at)

    @property
    def ends_at(self) -> datetime:
        """Return the instant from which it takes no more posts."""
        ends = [self.consultation.closes_at, self.closes_at, self.closed_by_hand_at]
        return min(end for end in ends if end is not None)

    def is_open(self, now: datetime) -> bool:
        """Say whether `now` lies in [starts_at, ends_at)."""
        return self.starts_at <= now < self.ends_at


def why_not_contribute(times: ThreadTimes, role: Role, now: datetime) -> Refusal | None:
    """Say why somebody cannot post now; the page shows it in place of the form."""
    if role is not Role.PARTICIPANT:
        return Refusal(
            Kind.FORBIDDEN,
            "not_participant",
            mark("Only people who take part write here. Join first, or return with your code."),
        )
    if now < times.starts_at:
        return Refusal(
            Kind.UNTIMELY,
            "thread_not_open_yet",
            mark("This thread opens on %(at)s."),
            {"at": times.starts_at},
            timezone=times.consultation.timezone,
        )
    if now >= times.ends_at:
        return Refusal(
            Kind.UNTIMELY,
            "thread_closed",
            mark("This thread closed on %(at)s."),
            {"at": times.ends_at},
            timezone=times.consultation.timezone,
        )
    return None


def why_not_words(body: str, *, limit: int) -> Refusal | None:
    """Say why these words cannot be posted: none, too many, or characters nobody can read."""
    if not any(unicodedata.category(c)[0] in "LNSP" for c in body):
        return Refusal(Kind.INVALID, "words_missing", mark("Write something first."), field="text")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in body):
        return Refusal(
            Kind.INVALID,
            "control_characters",
            mark("Your text holds signs that cannot be shown. Please type it again here."),
            field="text",
        )
    words = count_words(body)
    if words > limit or len(body) > limit * _CHARACTERS_PER_WORD:
        return Refusal(
            Kind.INVALID,
            "too_long",
            mark("Your text has %(words)s words; at most %(limit)s fit here. Please shorten it."),
            {"words": words, "limit": limit},
            field="text",
        )
    return None


def answered_gone() -> Refusal:
    """Return the refusal of a reply to what is no longer shown."""
    return Refusal(
        Kind.UNTIMELY,
        "answered_gone",
        mark("The post you answer is no longer shown. Send again to post your words on their own."),
    )


def language_unknown(typed: str) -> Refusal:
    """Return the refusal of a language tag that does not exist."""
    return Refusal(
        Kind.INVALID,
        "language_unknown",
        mark("We do not know the language %(tag)s."),
        {"tag": typed[:20]},
        field="language",
    )


def trimmed(body: str) -> str:
    """Return the words as they are kept: as typed, without blank space at either end."""
    return body.strip()


def digest_of(reply_to_id: str | None, body: str) -> str:
    """Return the digest that makes a re-sent form the same post: of the place and the words.

    Uniqueness over (participation, thread, digest) is design idea 6.
    """
    return hashlib.sha256(f"{reply_to_id or ''}\0{trimmed(body)}".encode()).hexdigest()


def editable_until(written_at: datetime) -> datetime:
    """Return the instant from which a post can no longer be edited."""
    return written_at + EDIT_WINDOW


def why_not_edit(
    *, written_at: datetime, withdrawn: bool, hidden: bool, times: ThreadTimes, now: datetime
) -> Refusal | None:
    """Say why an author cannot change the words of a post any more."""
    if withdrawn:
        return Refusal(Kind.UNTIMELY, "withdrawn", mark("You took this post back."))
    if hidden:
        return Refusal(Kind.UNTIMELY, "hidden", mark("A facilitator has hidden this post."))
    if now >= editable_until(written_at):
        return Refusal(
            Kind.UNTIMELY,
            "edit_window_over",
            mark("A post can be changed for 30 minutes. You can still take it back."),
        )
    if now >= times.ends_at:
        return Refusal(
            Kind.UNTIMELY,
            "thread_closed_for_edits",
            mark("This thread is closed. You can still take your post back."),
        )
    return None


def already_written() -> Refusal:
    """Return the refusal of an edit that would make two posts of one author the same."""
    return Refusal(
        Kind.INVALID,
        "already_written",
        mark("You already wrote exactly this here."),
        field="text",
    )


def pages(posts: int) -> int:
    """Return how many pages a thread of so many posts has; an empty one has a first page too."""
    return max(1, -(-posts // POSTS_PER_PAGE))
