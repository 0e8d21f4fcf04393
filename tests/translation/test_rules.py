"""What a reader gets of a text, how long to wait, and which route serves which tag."""

from datetime import timedelta
from typing import Any

import pytest

from app.translation.engine import RouteOffered
from app.translation.rules import Standing, rendition, retry_after, routes_for

ARABIC: dict[str, Any] = {"text_id": "t", "body": "ماء", "source_language": "ar", "reader": "pt"}
DONE: dict[str, Any] = {
    "state": "done",
    "translated": "água",
    "route": "ar en pt",
    "engine": "argos 1.0",
    "verdict": "show",
    "has_route": True,
}


def test_a_done_translation_says_its_route_and_that_a_machine_made_it() -> None:
    found = rendition(**ARABIC, **DONE)
    assert (found.body, found.language, found.source_language) == ("água", "pt", "ar")
    assert (found.standing, found.by) == (Standing.TRANSLATED, "machine")
    assert found.route == ("ar", "en", "pt")
    assert not found.pending


def test_a_person_is_said_to_be_one() -> None:
    assert rendition(**ARABIC, **DONE | {"engine": "person"}).by == "person"


def test_a_done_translation_stays_when_its_package_is_gone() -> None:
    found = rendition(**ARABIC, **DONE | {"has_route": False})
    assert found.standing is Standing.TRANSLATED


@pytest.mark.parametrize(
    ("row", "standing"),
    [
        (DONE | {"verdict": "withhold"}, Standing.WITHHELD),
        (DONE | {"verdict": "withhold", "translated": ""}, Standing.WITHHELD),
        ({"state": "failed", "has_route": True}, Standing.FAILED),
        ({"state": "owed", "has_route": True}, Standing.PENDING),
        ({"state": "claimed", "has_route": True}, Standing.PENDING),
        ({"state": "owed", "has_route": False}, Standing.NO_ROUTE),
        ({"has_route": True}, Standing.PENDING),
        ({"has_route": True, "is_owed": False}, Standing.NOT_ASKED),
        ({"has_route": False}, Standing.NO_ROUTE),
    ],
)
def test_without_a_translation_to_show_the_original_stands(
    row: dict[str, Any], standing: Standing
) -> None:
    found = rendition(**ARABIC, **row)
    assert found.standing is standing
    assert (found.body, found.language, found.by) == ("ماء", "ar", None)


def test_who_reads_the_language_gets_the_original() -> None:
    found = rendition(text_id="t", body="água", source_language="pt-BR", reader="pt")
    assert found.standing is Standing.ORIGINAL


def test_an_erased_text_is_empty_and_promises_nothing() -> None:
    found = rendition(**ARABIC | {"body": ""}, **DONE)
    assert (found.body, found.standing) == ("", Standing.ORIGINAL)


def test_waiting_grows() -> None:
    assert [retry_after(n) for n in (1, 2, 3)] == [
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=8),
    ]


def test_a_regional_tag_takes_the_route_of_its_language() -> None:
    offered = [
        RouteOffered("en", "pt", ("en", "pt"), "e"),
        RouteOffered("en", "pt-BR", ("en", "pt-BR"), "e"),
        RouteOffered("zh-Hant", "en", ("zh-Hant", "en"), "e"),
    ]
    found = routes_for(offered, written=["en-GB", "zh-TW", "zh", "pt"], read=["pt-AO", "pt-BR"])
    assert found["en-GB", "pt-AO"].path == ("en", "pt")
    assert found["en-GB", "pt-BR"].path == ("en", "pt-BR")
    assert ("pt", "pt-AO") not in found
    assert ("zh", "en") not in found  # another script
