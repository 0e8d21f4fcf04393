"""A throw-away installation: its folder, its database, and somebody who takes part."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from app.clock import utc_now
from app.commands.schema import upgrade
from app.consultations.models import Consultation, Participation
from app.database import Database, ReadSession, new_id
from app.discussion.interchange import import_consultation
from app.identity.actions import begin_session
from app.languages import readable_as_is
from app.translation.models import ReadershipLanguage, Translation, Words
from bench.data import open_now

_LINES_AT_ONCE = 2000


@dataclass(frozen=True)
class Installation:
    """An installation in a folder that is removed afterwards."""

    folder: Path
    database: Database

    @property
    def file(self) -> Path:
        """Return the database's file."""
        return self.folder / "baraza.sqlite3"

    @property
    def settings(self) -> dict[str, str]:
        """Return the environment of its processes."""
        return {"BARAZA_DATA_DIR": str(self.folder), "BARAZA_TRANSLATOR": "echo"}

    def take_in(self, document: Mapping[str, Any]) -> str:
        """Import a consultation so that it is open now, and return its slug."""
        now = utc_now()
        with self.database.writing() as session:
            return import_consultation(session, document=open_now(dict(document), now), now=now)

    def tokens(self, slug: str, people: int) -> list[str]:
        """Begin a session for each of so many participants, and return their tokens."""
        now = utc_now()
        with self.database.writing() as session:
            persons = session.scalars(
                select(Participation.person_id)
                .join(Consultation, Consultation.id == Participation.consultation_id)
                .where(Consultation.slug == slug)
                .order_by(Participation.person_id)
                .limit(people)
            ).all()
            return [
                begin_session(session, person_id=one, ends_at=now + timedelta(days=1), now=now)
                for one in persons
            ]

    def translate_everything(self) -> int:
        """Store a translation of every text into every language of its readers; return how many.

        They are the texts' own words: what a page costs does not depend on what they say.
        """
        now = utc_now()
        with self.database.writing() as session:
            rows = list(_translations(session, now))
            for start in range(0, len(rows), _LINES_AT_ONCE):
                session.execute(insert(Translation), rows[start : start + _LINES_AT_ONCE])
        return len(rows)


def _translations(session: ReadSession, now: datetime) -> Iterator[dict[str, Any]]:
    wanted = select(Words.id, Words.language, Words.body, ReadershipLanguage.language).join(
        ReadershipLanguage, ReadershipLanguage.readership_id == Words.readership_id
    )
    for text_id, source, body, target in session.execute(wanted):
        if not readable_as_is(source, target):
            yield {
                "id": new_id(),
                "text_id": text_id,
                "language": target,
                "state": "done",
                "source": source,
                "owed_at": now,
                "body": body,
                "engine": "bench",
                "route": f"{source} en {target}",
                "verdict": "show",
                "attempts": 1,
                "fulfilled_at": now,
            }


@contextmanager
def installation() -> Iterator[Installation]:
    """Yield a fresh installation on SQLite, on the disk that holds temporary files."""
    with tempfile.TemporaryDirectory(prefix="baraza-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'baraza.sqlite3'}"
        upgrade(url)
        database = Database(url, pool_size=2)
        try:
            yield Installation(folder, database)
        finally:
            database.dispose()
