"""The texts of a consultation as they stand in a file, with their translations beside them."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.database import ReadSession
from app.translation.models import Translation, Words


class Texts:
    """Every text of a readership, read at once, and what is said of one in a file."""

    def __init__(self, session: ReadSession, readership_id: str, translations: bool) -> None:
        words = select(Words.id, Words.language, Words.body, Words.erased_at)
        self._words = {
            row.id: row
            for row in session.execute(words.where(Words.readership_id == readership_id))
        }
        self._translations: dict[str, list[dict[str, Any]]] = defaultdict(list)
        if not translations:
            return
        done = (
            select(Translation)
            .join(Words, Words.id == Translation.text_id)
            .where(Words.readership_id == readership_id, Translation.state == "done")
            .order_by(Translation.language)
        )
        for one in session.scalars(done):
            self._translations[one.text_id].append(
                {
                    "language": one.language,
                    "text": one.body,
                    "engine": one.engine,
                    "route": one.route.split() if one.route else None,
                    "verdict": one.verdict,
                    "translated_at": one.fulfilled_at.isoformat() if one.fulfilled_at else None,
                    **present(reason=one.reason),
                }
            )

    def body(self, text_id: str) -> str:
        return str(self._words[text_id].body)

    def written(self, text_id: str) -> dict[str, Any]:
        """Return the language and the words of a text."""
        return {"language": self._words[text_id].language, "text": self.body(text_id)}

    def erased(self, text_id: str) -> datetime | None:
        erased_at: datetime | None = self._words[text_id].erased_at
        return erased_at

    def translations(self, text_id: str) -> dict[str, Any]:
        """Return the field that holds the translations of a text; nothing if it has none."""
        return present(translations=self._translations.get(text_id))

    def translations_by_field(self, **text_ids: str | None) -> dict[str, Any]:
        """Return the field that holds the translations of a thing with several texts."""
        found = {
            name: self._translations[text_id]
            for name, text_id in text_ids.items()
            if text_id and self._translations.get(text_id)
        }
        return present(translations=found)


def present(**values: Any) -> dict[str, Any]:
    """Return the fields that have something to say; an instant or a day as its ISO 8601 text."""
    return {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in values.items()
        if value
    }
