"""Suggesting which language somebody wrote in; the writer decides (TRUST M-3).

py3langid scores the text against the languages offered; the writer's usual language and the
others they read get a bonus, which on short texts is worth more than any better engine.
"""

import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.languages import OFFERED, language_of

USUAL_BONUS = 3.0
"""Log units for the writer's usual language: with 35 candidates, snippets of 5 words rose from
.970 to .989 right in it, and stayed at .969 in another (measured on FLORES)."""

READ_BONUS = 1.5
"""Log units for the other languages the writer reads (a judgement: half of the above)."""

SURE_MARGIN = 4.0
"""Log units between the best and the second language above which nobody need be asked."""

FEWEST_LETTERS = 6
"""Shorter texts ("ok", "+1") are taken to be in the writer's usual language."""

# What py3langid calls a language, or the nearest that it knows to one it does not.
_LABELS = {"nb": "no", "prs": "fa", "ckb": "sdh", "ti": "am", "fil": "tl"}

_TRADITIONAL = frozenset("們國這說會時來個為學對發種經過還沒開關長問間樣點實現進將應無與從產業")
_SIMPLIFIED = frozenset("们国这说会时来个为学对发种经过还没开关长问间样点实现进将应无与从产业")

_loading = threading.Lock()


@dataclass(frozen=True)
class Suggestion:
    """A language, and whether it is sure enough not to ask."""

    language: str
    sure: bool


def suggest_language(text: str, *, prior: Sequence[str]) -> Suggestion:
    """Return the language a text is probably in.

    `prior` are the writer's languages, the usual one first. Where the text says too little
    (emoji, numbers, a word) it is the usual one, and not sure.
    """
    usual = prior[0] if prior else "en"
    if sum(unicodedata.category(character)[0] in "LM" for character in text) < FEWEST_LETTERS:
        return Suggestion(usual, sure=False)
    with _loading:
        identifier = _identifier()
    found: dict[str, float] = dict(identifier.rank(text))
    if max(found.values()) <= min(found.values()):  # nothing in the text is known to it
        return Suggestion(usual, sure=False)
    scores: dict[str, float] = {}
    for tag in dict.fromkeys((*prior, *OFFERED)):
        score = found.get(_label(tag))
        if score is not None:
            bonus = USUAL_BONUS if tag == usual and prior else READ_BONUS if tag in prior else 0.0
            scores[tag] = score + bonus
    ranked = sorted(scores, key=lambda tag: -scores[tag])  # stable: the writer's tags come first
    best = ranked[0]
    other = next((tag for tag in ranked if _label(tag) != _label(best)), best)
    sure = scores[best] - scores[other] >= SURE_MARGIN
    if _label(best) == "zh":
        best = _written_chinese(text, best)
    return Suggestion(best, sure)


def _label(tag: str) -> str:
    language = language_of(tag)
    return _LABELS.get(language, language)


def _written_chinese(text: str, otherwise: str) -> str:
    traditional = sum(character in _TRADITIONAL for character in text)
    simplified = sum(character in _SIMPLIFIED for character in text)
    if traditional == simplified:
        return otherwise
    return "zh-Hant" if traditional > simplified else "zh"


@cache
def _identifier() -> Any:
    # Loaded when first asked: 0.7 s and about 100 MB that a process which never asks can spare.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE)
