"""The interface's own words in the reader's language (gettext catalogs in /translations)."""

import gettext
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.languages import best_match

CATALOGS = Path(__file__).parents[2] / "translations"

INTERFACE_LANGUAGES: tuple[str, ...] = ("en", "pt", "ar")
"""Languages the interface speaks; adding one is a catalog in /translations and a word here."""


@cache
def translator(language: str) -> gettext.NullTranslations:
    """Return the gettext translations of an interface language; English is the source itself."""
    path = CATALOGS / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        catalog = read_po(file, locale=language.replace("-", "_"))
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def interface_language(reading_language: str) -> str:
    """Return the interface language that suits who reads `reading_language` best."""
    return best_match([reading_language], INTERFACE_LANGUAGES) or "en"


def say(message: str, language: str, values: Mapping[str, object] | None = None) -> str:
    """Return a marked message in the interface language, its %(name)s places filled."""
    translated = translator(language).gettext(message)
    return translated % values if values else translated
