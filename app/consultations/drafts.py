"""A consultation as a facilitator drafts it, and why it cannot be taken. Pure."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from app.consultations.typed import accepted, day, language, line, prose
from app.refusals import Kind, Refusal, mark

SLUG_LIMIT = 60
SMALLEST_COUNT = 3  # below it a published count can name a person (TRUST T-23)
LARGEST_COUNT = 50
WORD_LIMITS = (20, 5000)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The words of a call page as typed, and the language they are written in.

    `promise` says what happens with people's words; `consent` what they agree to when they join;
    `results_due_on` is an ISO date, empty if none is promised.
    """

    language: str
    title: str
    brief: str
    organiser: str
    promise: str = ""
    consent: str = ""
    results_due_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft(Wording):
    """A consultation as typed. `opens` and `closes` are local times (`2026-03-14T09:00`) in
    `timezone`; the choices say which of two is meant where clocks are put back that night.

    Without a `slug`, the address comes from the title. `offered` are languages to translate into
    from the beginning, besides those that readers bring.
    """

    opens: str
    closes: str
    timezone: str
    opens_choice: str = ""
    closes_choice: str = ""
    slug: str = ""
    by_invitation: bool = False
    word_limit: int | str = 600
    small_count: int | str = 5
    offered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """A wording in the form it is kept."""

    language: str
    title: str
    brief: str
    organiser: str
    promise: str
    consent: str
    results_due_on: date | None


def slug(typed: str) -> str | Refusal:
    """Return the last part of a consultation's address as typed, in small letters."""
    wanted = typed.strip().lower()
    if not _SLUG.fullmatch(wanted) or len(wanted) > SLUG_LIMIT:
        return Refusal(
            Kind.INVALID,
            "slug_unreadable",
            mark("An address has letters a to z, digits and single dashes, at most %(limit)s."),
            {"limit": SLUG_LIMIT},
            field="slug",
        )
    return wanted


def slug_taken() -> Refusal:
    """Return the refusal of an address that another consultation has."""
    return Refusal(
        Kind.INVALID,
        "slug_taken",
        mark("Another consultation has this address. Choose another one."),
        field="slug",
    )


def slug_from(title: str, taken: Collection[str], *, otherwise: str) -> str:
    """Return a free slug made of a title's Latin letters; of `otherwise` where it has too few."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    cut = "-".join(re.findall(r"[a-z0-9]+", plain))[: SLUG_LIMIT - 4].strip("-")
    base = cut if len(cut) >= 3 else otherwise
    found, turn = base, 1
    while found in taken:
        turn += 1
        found = f"{base}-{turn}"
    return found


def checked_wording(wording: Wording, *, closes_on: date) -> Checked:
    """Return a wording as it is kept. Raises the Refusal of the first thing wrong with it."""
    checked = Checked(
        language=accepted(language(wording.language)),
        title=accepted(
            line(wording.title, field="title", required=mark("Write a title: what this is about."))
        ),
        brief=accepted(
            prose(
                wording.brief, field="brief", required=mark("Write what you ask people, and why.")
            )
        ),
        organiser=accepted(
            line(wording.organiser, field="organiser", required=mark("Write who asks: your name."))
        ),
        promise=accepted(prose(wording.promise, field="promise")),
        consent=accepted(
            prose(
                wording.consent,
                field="consent",
                required=mark("Write what people agree to when they join."),
            )
        ),
        results_due_on=accepted(day(wording.results_due_on, field="results_due_on")),
    )
    if checked.results_due_on and checked.results_due_on < closes_on:
        raise Refusal(
            Kind.INVALID,
            "results_before_closing",
            mark("The results cannot be due before the consultation closes."),
            field="results_due_on",
        )
    return checked
