"""What a report says besides people's words, in its language or the nearest interface language."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from app import countries, languages
from app.refusals import mark
from app.reports.rules import Attribution
from app.translation.rules import Standing
from app.web import times
from app.web.i18n import interface_language, say

COLUMNS = (
    mark("Thread"),
    mark("Title of the thread"),
    mark("Post"),
    mark("Reply to post"),
    mark("By"),
    mark("Country"),
    mark("Language"),
    mark("Text"),
    mark("Translation"),
    mark("Translated by"),
    mark("Route"),
)

NOT_TRANSLATED = {
    Standing.PENDING: mark("Not translated yet"),
    Standing.NO_ROUTE: mark("No translation from this language"),
    Standing.WITHHELD: mark("No reliable translation"),
    Standing.FAILED: mark("The translation failed"),
    Standing.NOT_ASKED: mark("Not translated into this language"),
}

TRANSLATED_BY = {"machine": mark("machine"), "person": mark("a person")}


@dataclass(frozen=True)
class Labels:
    """Labels of a report in `language`, in `interface` where no catalog speaks that language."""

    language: str

    @property
    def interface(self) -> str:
        """Return the interface language nearest to the report's."""
        return interface_language(self.language)

    def say(self, message: str, **values: object) -> str:
        """Return a marked message, its places filled."""
        return say(message, self.interface, values or None)

    def country(self, code: str) -> str:
        """Return a country's name in the report's language."""
        return countries.name_in(code, self.language)

    def language_name(self, tag: str) -> str:
        """Return a language's name in the report's language."""
        return languages.name_in(tag, self.language)

    def number(self, value: int) -> str:
        """Return a number with the digits and signs of the report's language."""
        return str(format_decimal(value, locale=languages.locale_of(self.language)))

    def day(self, value: date) -> str:
        """Return a date in words."""
        return times.day(value, self.interface)

    def day_of(self, instant: datetime, timezone: str) -> str:
        """Return the date of an instant at a place, in words."""
        return self.day(instant.astimezone(ZoneInfo(timezone)).date())

    def moment(self, instant: datetime, timezone: str) -> str:
        """Return an instant in words, with the place of its time zone."""
        return times.moment(instant, ZoneInfo(timezone), self.interface)

    def name(self, attribution: Attribution) -> str:
        """Return who is quoted, as far as they want it told, without the country."""
        if attribution.quotation == "name":
            return attribution.name or ""
        if attribution.quotation == "pseudonym":
            return self.say(mark("Participant %(letter)s"), letter=attribution.letter)
        if attribution.quotation == "country":
            return self.say(mark("A participant"))
        return self.say(mark("Left out, as its author wishes"))
