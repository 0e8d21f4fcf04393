"""What a reader is given of a text, and how work is owed and tried again: the pure part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum

from app.languages import readable_as_is
from app.translation.engine import RouteOffered

MAX_ATTEMPTS = 3
"""A text that failed this often is parked, so that it never holds others up."""

FRESH = timedelta(minutes=5)
"""A text younger than this is translated before history, like one somebody looks for."""


class State(StrEnum):
    """How far a translation is."""

    OWED = "owed"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


class Verdict(StrEnum):
    """What the checks say of a machine rendition before anybody sees it."""

    SHOW = "show"
    WARN = "warn"
    WITHHOLD = "withhold"


@dataclass(frozen=True)
class Item:
    """One translation to make: `id` is that of the owed row, `body` the words to translate."""

    id: str
    text_id: str
    body: str


@dataclass(frozen=True)
class Batch:
    """Translations of one language into another, held under a lease."""

    source: str
    target: str
    path: tuple[str, ...]
    engine: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Result:
    """A finished translation of the owed row `id`, with what the checks said of it."""

    id: str
    body: str
    engine: str
    path: tuple[str, ...]
    verdict: str
    reason: str | None = None


class Standing(Enum):
    """Why a reader sees what they see of a text; the page says one quiet line for each."""

    ORIGINAL = "original"  # written in the reader's language
    TRANSLATED = "translated"  # by machine or person; says so
    PENDING = "pending"  # a route exists, the translation is still to come
    NO_ROUTE = "no_route"  # no engine here reads the language: the original is shown
    WITHHELD = "withheld"  # translated, but not reliable: the original is shown
    FAILED = "failed"  # tried and given up: the original is shown
    NOT_ASKED = "not_asked"  # nobody of this readership reads the language: not translated


@dataclass(frozen=True)
class Rendition:
    """A text as one reader gets it. `body` is never blank unless the text was erased.

    `language` is the language of `body` and `source_language` that of the original (BCP 47);
    `by` is None for an original, else `machine` or `person`; `route` lists the languages passed,
    ends included (`("ar", "en", "pt")`), empty for an original. `original` is what was written
    where `body` is a translation of it.
    """

    text_id: str
    body: str
    language: str
    source_language: str
    standing: Standing
    by: str | None = None
    route: tuple[str, ...] = ()
    engine: str | None = None
    verdict: str | None = None
    original: str = ""

    @property
    def pending(self) -> bool:
        """Say whether a translation is still to come."""
        return self.standing is Standing.PENDING


def rendition(
    *,
    text_id: str,
    body: str,
    source_language: str,
    reader: str,
    state: str | None = None,
    translated: str | None = None,
    route: str | None = None,
    engine: str | None = None,
    verdict: str | None = None,
    has_route: bool = False,
    is_owed: bool = True,
) -> Rendition:
    """Return what a reader of `reader` gets of a text, given the row of its translation if any.

    `has_route`: an engine here goes from the source to the reader's language. `is_owed`: the
    reader's language is one of its readership. An erased text has an empty body and no rendition.
    """

    def original(standing: Standing) -> Rendition:
        return Rendition(text_id, body, source_language, source_language, standing)

    if not body or readable_as_is(source_language, reader):
        return original(Standing.ORIGINAL)
    if state == State.DONE and verdict == Verdict.WITHHOLD:
        return original(Standing.WITHHELD)
    if state == State.DONE and translated:
        by = "person" if engine == "person" else "machine"
        path = tuple((route or f"{source_language} {reader}").split())
        return Rendition(
            text_id,
            translated,
            reader,
            source_language,
            Standing.TRANSLATED,
            by,
            path,
            engine,
            verdict,
            original=body,
        )
    if state == State.FAILED:
        return original(Standing.FAILED)
    if not has_route:
        return original(Standing.NO_ROUTE)  # also when owed since before a package was removed
    return original(Standing.PENDING if is_owed or state else Standing.NOT_ASKED)


def retry_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 30 seconds, 2 minutes, 8 minutes, ..."""
    return timedelta(seconds=30 * 4 ** (max(attempts, 1) - 1))


def routes_for(
    offered: Iterable[RouteOffered], *, written: Iterable[str], read: Iterable[str]
) -> dict[tuple[str, str], RouteOffered]:
    """Return the routes offered, and those that serve the tags in use, by (source, target).

    A tag the engine does not name (`pt-AO`) takes the route of the same language in the same
    script (`pt`); `written` are the tags of texts, `read` those of readers.
    """
    routes = {(route.source, route.target): route for route in offered}
    sources = {route.source for route in routes.values()}
    targets = {route.target for route in routes.values()}
    alike_sources = {tag: _alike(tag, sources) for tag in {*written, *sources}}
    alike_targets = {tag: _alike(tag, targets) for tag in {*read, *targets}}
    found = dict(routes)
    for source, near_sources in alike_sources.items():
        for target, near_targets in alike_targets.items():
            if (source, target) in routes or readable_as_is(source, target):
                continue
            ways = (routes.get((s, t)) for s in near_sources for t in near_targets)
            way = next((way for way in ways if way), None)
            if way:
                found[source, target] = RouteOffered(source, target, way.path, way.engine)
    return found


def _alike(tag: str, known: set[str]) -> list[str]:
    """Return the known tags that whoever uses `tag` can read or write, the same one first."""
    near = [other for other in known if readable_as_is(other, tag)]
    return sorted(near, key=lambda other: (other != tag, len(other), other))
