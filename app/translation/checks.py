"""What is said of a machine translation before anybody sees it: show, warn or withhold.

A first, cheap gate without a model. Thresholds are those of TRUST M-5 unless said otherwise.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from app.languages import readable_as_is, script_of
from app.translation.rules import Verdict
from app.translation.segments import UNSPACED

LOOP_WORDS = 4
"""A run of this many words, LOOP_TIMES times and not so in the source, is a loop (TRUST M-5)."""

LOOP_CHARACTERS = 8
"""The same in scripts without spaces (TRUST M-5); for the South-East Asian ones see below."""

LOOP_CHARACTERS_LONG = 16
"""Thai, Lao, Khmer, Burmese and Tibetan words are long: 8 characters gave 2.5 % false alarms in
Thai (TRUST, measured floors)."""

LOOP_TIMES = 3

COPY_SHARE = 0.9
"""More of the source than this, come back as it was, is no translation (TRUST M-5)."""

COPY_LETTERS = 20
"""Below this many letters a copy may be right: names, titles, one word two languages share."""

SCRIPT_SHARE = 0.5
"""Less than this share of letters in the target's script is the wrong script (TRUST M-5)."""

SCRIPT_LETTERS = 12
"""Below this many letters a few names decide the share (a judgement)."""

WITHHELD_SHARE = 0.5
"""A rendition of which more than this failed, by characters, is withheld whole; below it the
failed sentences stay in the original and the rendition carries a warning (a judgement)."""

_SCRIPT_NAMES = {
    "Arab": {"ARABIC"},
    "Armn": {"ARMENIAN"},
    "Beng": {"BENGALI"},
    "Cyrl": {"CYRILLIC"},
    "Deva": {"DEVANAGARI"},
    "Ethi": {"ETHIOPIC"},
    "Geor": {"GEORGIAN"},
    "Grek": {"GREEK"},
    "Gujr": {"GUJARATI"},
    "Guru": {"GURMUKHI"},
    "Hans": {"CJK"},
    "Hant": {"CJK"},
    "Hebr": {"HEBREW"},
    "Jpan": {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    "Khmr": {"KHMER"},
    "Knda": {"KANNADA"},
    "Kore": {"HANGUL", "CJK"},
    "Laoo": {"LAO"},
    "Latn": {"LATIN"},
    "Mlym": {"MALAYALAM"},
    "Mymr": {"MYANMAR"},
    "Orya": {"ORIYA"},
    "Sinh": {"SINHALA"},
    "Taml": {"TAMIL"},
    "Telu": {"TELUGU"},
    "Thai": {"THAI"},
    "Tibt": {"TIBETAN"},
}


def verdict_of(
    source: str, output: str, source_language: str, target: str
) -> tuple[Verdict, str | None]:
    """Return what is to be done with `output`, a translation of `source`, and why.

    The reason is one of `empty`, `loop`, `copy`, `script`, or None.
    """
    if not any(character.isalnum() for character in output):
        has_words = any(character.isalpha() for character in source)
        return (Verdict.WITHHOLD, "empty") if has_words else (Verdict.SHOW, None)
    if _loops(output, target) and not _loops(source, source_language):
        return Verdict.WITHHOLD, "loop"
    if not readable_as_is(source_language, target):
        if _is_copy(source, output):
            return Verdict.WITHHOLD, "copy"
        if _is_in_wrong_script(output, target):
            return Verdict.WITHHOLD, "script"
    return Verdict.SHOW, None


def judge(
    segments: Sequence[str], rendered: Mapping[str, str], source_language: str, target: str
) -> tuple[dict[str, str], Verdict, str | None]:
    """Check every segment of a text; return those that hold, the verdict, and why.

    A segment that fails is left out, so it stays in the original; where too much fails the
    whole rendition is to be withheld.
    """
    good: dict[str, str] = {}
    reasons: Counter[str] = Counter()
    failed = 0
    for segment in segments:
        verdict, reason = verdict_of(segment, rendered[segment], source_language, target)
        if verdict is Verdict.WITHHOLD:
            failed += len(segment)
            reasons[reason or ""] += len(segment)
        else:
            good[segment] = rendered[segment]
    if not failed:
        return good, Verdict.SHOW, None
    reason = reasons.most_common(1)[0][0]
    total = sum(len(segment) for segment in segments)
    return good, Verdict.WITHHOLD if failed > WITHHELD_SHARE * total else Verdict.WARN, reason


def _loops(text: str, language: str) -> bool:
    script = script_of(language)
    if script in UNSPACED:
        long = script not in ("Hans", "Hant", "Hani", "Jpan")
        units: Sequence[str] = [c for c in text if c.isalnum()]
        length = LOOP_CHARACTERS_LONG if long else LOOP_CHARACTERS
    else:
        units = text.casefold().split()
        length = LOOP_WORDS
    runs = Counter(tuple(units[i : i + length]) for i in range(len(units) - length + 1))
    return max(runs.values(), default=0) >= LOOP_TIMES


def _is_copy(source: str, output: str) -> bool:
    if sum(character.isalpha() for character in source) < COPY_LETTERS:
        return False
    matcher = SequenceMatcher(None, source.casefold(), output.casefold(), autojunk=False)
    return (
        matcher.real_quick_ratio() > COPY_SHARE
        and matcher.quick_ratio() > COPY_SHARE
        and matcher.ratio() > COPY_SHARE
    )


def _is_in_wrong_script(output: str, target: str) -> bool:
    names = _SCRIPT_NAMES.get(script_of(target))
    letters = [character for character in output if character.isalpha()]
    if names is None or len(letters) < SCRIPT_LETTERS:
        return False
    right = sum(_script_name(letter) in names for letter in letters)
    return right < SCRIPT_SHARE * len(letters)


@lru_cache(maxsize=20_000)
def _script_name(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
