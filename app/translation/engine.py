"""The port behind which every translation engine stands, and two engines that need no model.

An engine says which routes it can take now, and translates segments along one of them. It is
given sentences, never whole posts, and never decides what is shown.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from app.languages import readable_as_is


class EngineUnavailable(Exception):  # noqa: N818 - it is a state, and the words of the domain
    """The engine cannot work now (not there, no model, no answer); the work can wait for it."""


class EngineFailed(Exception):  # noqa: N818 - what happened, in the words of the domain
    """The engine was there and could not translate these segments."""


@dataclass(frozen=True)
class RouteOffered:
    """A way from one language to another: `path` lists the languages passed, ends included."""

    source: str
    target: str
    path: tuple[str, ...]
    engine: str


class Translator(Protocol):
    """What every engine does. Languages are BCP 47 tags."""

    name: str

    def routes(self) -> list[RouteOffered]:
        """Return every route there is now; raise EngineUnavailable if that cannot be known."""

    def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
        """Return one translation for each segment, in order.

        Raise EngineUnavailable if the path cannot be gone now, EngineFailed if it went wrong.
        """


class EchoTranslator:
    """Answers `[pt] text` for `text`, between any two of the given languages. For tests."""

    name = "echo"

    def __init__(self, languages: Iterable[str]) -> None:
        self._languages = sorted(set(languages))

    def routes(self) -> list[RouteOffered]:
        """Return a direct route between any two of the languages."""
        return [
            RouteOffered(source, target, (source, target), self.name)
            for source in self._languages
            for target in self._languages
            if not readable_as_is(source, target)
        ]

    def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
        """Return each segment with the target's tag before it."""
        if not {path[0], path[-1]} <= set(self._languages):
            raise EngineUnavailable(f"echo does not go {' '.join(path)}")
        return [f"[{path[-1]}] {segment}" for segment in segments]


class Combined:
    """Several engines as one: the first that goes directly, else two of them through English."""

    name = "combined"
    _PIVOT = "en"

    def __init__(self, engines: Sequence[Translator]) -> None:
        self._engines = list(engines)

    def routes(self) -> list[RouteOffered]:
        """Return the routes of every engine; the shorter path wins, then the earlier engine."""
        best: dict[tuple[str, str], RouteOffered] = {}
        for engine in self._engines:
            for route in engine.routes():
                _take(best, route)
        into = [r for r in best.values() if r.path[-1] == self._PIVOT and len(r.path) == 2]
        out_of = [r for r in best.values() if r.path[0] == self._PIVOT and len(r.path) == 2]
        for first in into:
            for second in out_of:
                if not readable_as_is(first.source, second.target):
                    names = dict.fromkeys((first.engine, second.engine))
                    path = (first.source, self._PIVOT, second.target)
                    _take(best, RouteOffered(first.source, second.target, path, ", ".join(names)))
        return list(best.values())

    def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
        """Translate by the engine that goes the whole path, else hop by hop."""
        for engine in self._engines:
            if any(route.path == path for route in engine.routes()):
                return engine.translate(segments, path=path)
        if len(path) < 3:
            raise EngineUnavailable(f"no engine goes {' '.join(path)}")
        result = list(segments)
        for hop in pairwise(path):
            result = self.translate(result, path=hop)
        return result


def usable_cores() -> int:
    """Return how many cores an engine on this machine may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _take(best: dict[tuple[str, str], RouteOffered], route: RouteOffered) -> None:
    known = best.get((route.source, route.target))
    if known is None or len(route.path) < len(known.path):
        best[route.source, route.target] = route
