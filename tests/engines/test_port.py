"""What every engine keeps to, and how several are one."""

from collections.abc import Sequence

import pytest

from app.translation.engine import (
    Combined,
    EchoTranslator,
    EngineUnavailable,
    RouteOffered,
)


class OneWay:
    """An engine that goes from one language to another and says so."""

    def __init__(self, name: str, source: str, target: str) -> None:
        self.name = name
        self._path = (source, target)

    def routes(self) -> list[RouteOffered]:
        return [RouteOffered(*self._path, self._path, self.name)]

    def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
        if path != self._path:
            raise EngineUnavailable(" ".join(path))
        return [f"{segment}>{self.name}" for segment in segments]


def test_an_echo_answers_with_the_target_before_it() -> None:
    echo = EchoTranslator(["en", "pt", "pt-BR"])
    assert echo.translate(["Hello.", "Hi."], path=("en", "pt")) == ["[pt] Hello.", "[pt] Hi."]
    assert ("pt", "pt-BR") not in {(route.source, route.target) for route in echo.routes()}
    with pytest.raises(EngineUnavailable):
        echo.translate(["Hello."], path=("en", "fr"))


def test_two_engines_meet_in_english_and_the_path_says_so() -> None:
    both = Combined([OneWay("a", "ar", "en"), OneWay("b", "en", "pt")])
    routes = {(route.source, route.target): route for route in both.routes()}
    assert routes["ar", "pt"] == RouteOffered("ar", "pt", ("ar", "en", "pt"), "a, b")
    assert both.translate(["x"], path=("ar", "en", "pt")) == ["x>a>b"]


def test_the_earlier_engine_wins_and_a_direct_way_beats_a_pivot() -> None:
    both = Combined(
        [
            OneWay("a", "en", "pt"),
            OneWay("b", "en", "pt"),
            OneWay("c", "ar", "en"),
            OneWay("d", "ar", "pt"),
        ]
    )
    routes = {(route.source, route.target): route for route in both.routes()}
    assert routes["en", "pt"].engine == "a"
    assert routes["ar", "pt"] == RouteOffered("ar", "pt", ("ar", "pt"), "d")
    assert both.translate(["x"], path=("en", "pt")) == ["x>a"]


def test_a_path_nobody_goes_is_refused() -> None:
    both = Combined([OneWay("a", "ar", "en")])
    for path in (("en", "ar"), ("ar", "en", "pt")):
        with pytest.raises(EngineUnavailable):
            both.translate(["x"], path=path)
