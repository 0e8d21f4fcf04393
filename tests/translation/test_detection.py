"""Suggesting a language: the writer's own counts, and little text says little."""

import pytest

from app.translation.detection import Suggestion, suggest_language

SENTENCES = {
    "en": "The village needs clean water before the rains come.",
    "pt": "A aldeia precisa de água limpa antes que cheguem as chuvas.",
    "ar": "تحتاج القرية إلى مياه نظيفة قبل هطول الأمطار.",
    "sw": "Kijiji kinahitaji maji safi kabla ya mvua kunyesha.",
    "my": "ရွာသည် မိုးမရွာမီ သန့်ရှင်းသောရေ လိုအပ်သည်။",
    "zh": "这个村庄在雨季来临之前需要干净的水。",
    "zh-Hant": "這個村莊在雨季來臨之前需要乾淨的水，學校從三月起就沒有開門。",
    "nb": "Landsbyen trenger rent vann før regnet kommer, sier de eldste.",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_a_sentence_is_recognised_whatever_the_writer_usually_writes(
    language: str, text: str
) -> None:
    assert suggest_language(text, prior=["fr"]) == Suggestion(language, sure=True)


@pytest.mark.parametrize("text", ["", "ok", "+1", "👍👍", "12:30", "@ana #1"])
def test_what_says_nothing_is_in_the_writers_language_and_not_sure(text: str) -> None:
    assert suggest_language(text, prior=["so", "en"]) == Suggestion("so", sure=False)


def test_the_writers_language_decides_what_two_languages_share() -> None:
    text = "o problema é grave"
    assert suggest_language(text, prior=["gl", "es"]).language == "gl"
    assert suggest_language(text, prior=["pt", "es"]).language == "pt"


def test_the_writers_own_tag_of_a_language_is_given_back() -> None:
    text = SENTENCES["pt"]
    assert suggest_language(text, prior=["pt-BR"]).language == "pt-BR"
    assert suggest_language(text, prior=["ti", "pt-BR"]).language == "pt-BR"


def test_without_any_prior_short_text_is_not_guessed() -> None:
    assert suggest_language("ok", prior=[]).sure is False
