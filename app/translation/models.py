"""Tables of texts, of who reads them in which languages, and of their translations."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, new_id


class Readership(Base):
    """A group of readers that share texts; every consultation has one."""

    __tablename__ = "readerships"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)


class ReadershipLanguage(Base):
    """A language some reader of a readership reads, so every text is owed in it."""

    __tablename__ = "readership_languages"

    readership_id: Mapped[str] = mapped_column(ForeignKey("readerships.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)


class Route(Base):
    """A way the engine can take from one language to another now; refreshed by the worker.

    `path` lists the languages passed, ends included, parted by spaces: `ar en pt`.
    """

    __tablename__ = "routes"

    source: Mapped[str] = mapped_column(String(12), primary_key=True)
    target: Mapped[str] = mapped_column(String(12), primary_key=True)
    path: Mapped[str] = mapped_column(String(60))
    engine: Mapped[str] = mapped_column(String(40))


class Words(Base):
    """A text: words in one language, written once and never changed; an edit writes another.

    `body` is emptied, and `erased_at` set, when its author has it erased.
    """

    __tablename__ = "texts"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    readership_id: Mapped[str] = mapped_column(ForeignKey("readerships.id"))
    language: Mapped[str] = mapped_column(String(12))
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_texts_readership_id_language", "readership_id", "language"),)


class Translation(Base):
    """A text in another language: owed -> claimed -> done, or owed again, or failed.

    `route` is the path taken (`ar en pt`), `engine` who took it, `verdict` what the checks said
    (`show`, `warn`, `withhold`; null until done), `reason` why it failed or was withheld.
    Only the holder of the lease (`claimed_by`) may fulfil a claimed row.
    """

    __tablename__ = "translations"

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default=new_id)
    text_id: Mapped[str] = mapped_column(ForeignKey("texts.id"))
    language: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(12))  # the text's language: a batch shares a pair
    owed_at: Mapped[datetime]
    wanted_at: Mapped[datetime | None]  # somebody looked for it and it was not there
    body: Mapped[str | None] = mapped_column(Text)
    engine: Mapped[str | None] = mapped_column(String(80))
    route: Mapped[str | None] = mapped_column(String(60))
    verdict: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(200))
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    lease_ends_at: Mapped[datetime | None]
    fulfilled_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("text_id", "language"),
        # Claiming looks at what is open only, so it stays cheap as history grows.
        Index("ix_translations_state_source_language", "state", "source", "language"),
    )
