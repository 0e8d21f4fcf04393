"""Tables of threads, posts and what facilitators do with them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, new_id


class Thread(Base):
    """One question of a consultation and the posts that answer it.

    Without times of its own a thread is open as long as its consultation is.
    """

    __tablename__ = "threads"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"))
    number: Mapped[int]
    title_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))
    question_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    theme_on: Mapped[date | None]  # the day whose theme this is, in the consultation's time zone
    imported_position: Mapped[int | None]  # its place in the imported file

    __table_args__ = (UniqueConstraint("consultation_id", "number"),)


class Closure(Base):
    """A thread closed by hand; it is open again once `reopened_at` is set."""

    __tablename__ = "closures"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id"), index=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(ForeignKey("facilitators.id"))
    reason_id: Mapped[str | None] = mapped_column(ForeignKey("texts.id"))
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[str | None] = mapped_column(ForeignKey("facilitators.id"))


class Summary(Base):
    """What a facilitator says a thread has said so far; the newest one is shown."""

    __tablename__ = "summaries"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id"), index=True)
    text_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))
    written_at: Mapped[datetime]
    written_by: Mapped[str] = mapped_column(ForeignKey("facilitators.id"))


class Post(Base):
    """What a participant wrote in a thread, or in reply to another post; `text_id` is current.

    A held post arrived after closing and waits for a facilitator; a withdrawn one was taken
    back by its author. Neither is shown.
    """

    __tablename__ = "posts"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id"))
    participation_id: Mapped[str] = mapped_column(ForeignKey("participations.id"), index=True)
    reply_to_id: Mapped[str | None] = mapped_column(ForeignKey("posts.id"), index=True)
    text_id: Mapped[str] = mapped_column(ForeignKey("texts.id"), unique=True)
    quotation: Mapped[str | None] = mapped_column(String(10))  # null: as chosen at joining
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    imported_id: Mapped[str | None] = mapped_column(String(200))
    imported_position: Mapped[int | None]  # its place in the imported file

    __table_args__ = (
        Index("ix_posts_thread_id_written_at_id", "thread_id", "written_at", "id"),
        UniqueConstraint("thread_id", "imported_id"),
    )


class Revision(Base):
    """One wording of a post. The unique digest makes a re-sent form the same post (design 6)."""

    __tablename__ = "revisions"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    post_id: Mapped[str] = mapped_column(ForeignKey("posts.id"), index=True)
    participation_id: Mapped[str] = mapped_column(ForeignKey("participations.id"))
    thread_id: Mapped[str] = mapped_column(ForeignKey("threads.id"))
    text_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))
    digest: Mapped[str] = mapped_column(String(64))  # of the place replied to and trimmed words
    written_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("participation_id", "thread_id", "digest"),)


class Hiding(Base):
    """A post hidden by a facilitator, with a reason its author sees; undone by `undone_at`."""

    __tablename__ = "hidings"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    post_id: Mapped[str] = mapped_column(ForeignKey("posts.id"), index=True)
    hidden_at: Mapped[datetime]
    hidden_by: Mapped[str] = mapped_column(ForeignKey("facilitators.id"))
    reason_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(ForeignKey("facilitators.id"))
