"""The first gate: what comes back broken is not shown, what is right is."""

from pathlib import Path

import pytest

from app.translation.checks import judge, verdict_of
from app.translation.rules import Verdict

WATER = "We need clean water in the village before the rains come."


@pytest.mark.parametrize(
    ("source", "output", "source_language", "target", "reason"),
    [
        (WATER, "", "en", "pt", "empty"),
        (WATER, " . . .", "en", "pt", "empty"),
        (WATER, WATER, "en", "pt", "copy"),
        (WATER, "we need clean water in the village before the rain comes", "en", "fr", "copy"),
        (WATER, "نحن needs clean water in village", "en", "ar", "script"),
        ("Нам нужна чистая вода в деревне.", "Нам нужно чисту воду в сели", "ru", "en", "script"),
        (WATER, "nunca mais nunca mais " * 6, "en", "pt", "loop"),
        (WATER, "我们需要水" * 2 + "（掌声）" * 12, "en", "zh", "loop"),
        (WATER, "น้ำสะอาดในหมู่บ้าน" * 4, "en", "th", "loop"),
    ],
)
def test_broken_output_is_withheld(
    source: str, output: str, source_language: str, target: str, reason: str
) -> None:
    found = verdict_of(source, output, source_language, target)
    assert found == (Verdict.WITHHOLD, reason)


@pytest.mark.parametrize(
    ("source", "output", "source_language", "target"),
    [
        (WATER, "Precisamos de água limpa na aldeia antes que as chuvas venham.", "en", "pt"),
        (WATER, "نحتاج إلى مياه نظيفة في القرية قبل هطول الأمطار.", "en", "ar"),
        ("UNHCR", "UNHCR", "en", "fr"),
        ("Oxfam, WHO", "Oxfam, WHO", "en", "ar"),
        ("no no no no no no no no no no", "não " * 10, "en", "pt"),
        ("2024", "2024", "en", "fr"),
        ("!", "", "en", "fr"),
    ],
)
def test_right_output_is_shown(source: str, output: str, source_language: str, target: str) -> None:
    assert verdict_of(source, output, source_language, target) == (Verdict.SHOW, None)


def test_one_bad_sentence_stays_in_the_original_with_a_warning() -> None:
    rendered = {WATER: "Precisamos de água limpa na aldeia.", "Who pays?": ""}
    good, verdict, reason = judge([WATER, "Who pays?"], rendered, "en", "pt")
    assert good == {WATER: "Precisamos de água limpa na aldeia."}
    assert (verdict, reason) == (Verdict.WARN, "empty")


def test_a_text_of_which_most_is_bad_is_withheld() -> None:
    rendered = {WATER: WATER, "Who pays?": "Quem paga?"}
    good, verdict, reason = judge([WATER, "Who pays?"], rendered, "en", "pt")
    assert good == {"Who pays?": "Quem paga?"}
    assert (verdict, reason) == (Verdict.WITHHOLD, "copy")


@pytest.mark.shared
def test_human_translations_are_not_withheld(shared_data: Path) -> None:
    folder = shared_data / "flores"
    english = (folder / "en.txt").read_text(encoding="utf-8").splitlines()[:400]
    checked = withheld = 0
    for file in sorted(folder.glob("*.txt")):
        if file.stem == "en":
            continue
        theirs = file.read_text(encoding="utf-8").splitlines()[:400]
        for source, output in zip(english, theirs, strict=True):
            checked += 1
            withheld += verdict_of(source, output, "en", file.stem)[0] is not Verdict.SHOW
    assert checked == 23_200
    assert withheld <= checked * 0.001


@pytest.mark.shared
def test_the_english_that_argos_returned_for_arabic_is_withheld(shared_data: Path) -> None:
    file = shared_data / "argos-output" / "en-ar.tsv"
    lines = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    copies = [line for line in lines if line[0] == line[1] and len(line[0]) > 40]
    assert len(copies) > 50
    for source, output, _reference in copies:
        assert verdict_of(source, output, "en", "ar") == (Verdict.WITHHOLD, "copy")
