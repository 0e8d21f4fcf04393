"""Languages as BCP 47 tags: which exist, what they call themselves, which way they run."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

# CLDR (through Babel) has no locale for these, or names them only in English.
_EXTRA_ENDONYMS = {
    "ay": "Aymar aru",
    "din": "Thuɔŋjäŋ",
    "dyu": "Julakan",
    "kac": "Jinghpaw",
    "kar": "ကညီကျိာ်",
    "kri": "Krio",
    "lus": "Mizo ṭawng",
    "mos": "Mooré",
    "nus": "Thok Nath",
    "ny": "Chichewa",
    "prs": "دری",
    "shn": "လိၵ်ႈတႆး",
    "snk": "Sooninkanxanne",
    "ts": "Xitsonga",
    "tum": "Chitumbuka",
}
_EXTRA_RTL = {"prs", "dv", "ckb", "nqo", "rhg", "arc"}
_RTL_SCRIPTS = {"Arab", "Hebr", "Thaa", "Nkoo", "Syrc", "Rohg", "Adlm", "Mand", "Samr"}
_TAG = re.compile(r"^([a-z]{2,3})(?:-([A-Z][a-z]{3}))?(?:-([A-Z]{2}|\d{3}))?$")

_OFFERED_TAGS = """
af am ar az be bg bm bn bs ca cs cy da de din dyu el en eo es et eu fa ff fi fr ga gl
gu ha he hi hr ht hu hy id ig is it ja ka kac kar kk km kn ko kri ku ckb ky lg ln lo
lt lv mg mk ml mn mr ms my nb ne nl nso ny om or pa pl ps prs pt pt-BR qu rn ro ru rw
sd sg shn si sk sl sn so sq sr ss st sv sw ta te tg th ti tk tl tn tr ts ug uk ur uz
vi wo xh yo zh zh-Hant zu
"""
OFFERED: tuple[str, ...] = tuple(_OFFERED_TAGS.split())
"""Languages offered in lists, in the order of their tags; any other known tag is taken too."""


def normalise(tag: str) -> str | None:
    """Return `tag` in the usual case (`PT_br` -> `pt-BR`), or None if no such language is known.

    Variants, extensions and private parts are dropped; the source of what is known is CLDR.
    """
    parts = re.split(r"[-_]", tag.strip())
    if not parts or not re.fullmatch(r"[A-Za-z]{2,3}", parts[0]):
        return None
    subtags = [parts[0].lower()]
    for part in parts[1:]:
        if re.fullmatch(r"[A-Za-z]{4}", part):
            subtags.append(part.title())
        elif re.fullmatch(r"[A-Za-z]{2}|\d{3}", part):
            subtags.append(part.upper())
        else:
            break
    result = "-".join(subtags)
    if not _TAG.match(result) or subtags[0] not in _known_languages():
        return None
    return result


@cache
def _known_languages() -> frozenset[str]:
    names = Locale("en").languages
    plain = frozenset(str(key) for key in names if "_" not in str(key))
    return plain | frozenset(_EXTRA_ENDONYMS)


@cache
def language_of(tag: str) -> str:
    """Return the bare language of a tag: `zh` for `zh-Hant`."""
    return tag.split("-", maxsplit=1)[0]


@cache
def script_of(tag: str) -> str:
    """Return the ISO 15924 script a tag is written in; by CLDR's likely subtags if not said."""
    match = _TAG.match(tag)
    if match and match[2]:
        return match[2]
    likely = get_global("likely_subtags")
    found = likely.get(tag.replace("-", "_")) or likely.get(language_of(tag)) or ""
    for part in found.split("_"):
        if len(part) == 4:
            return str(part)
    return "Arab" if language_of(tag) in _EXTRA_RTL else "Latn"


def direction(tag: str) -> str:
    """Return `rtl` or `ltr` for words in this language."""
    rtl = script_of(tag) in _RTL_SCRIPTS or language_of(tag) in _EXTRA_RTL
    return "rtl" if rtl else "ltr"


@cache
def locale_of(tag: str) -> Locale:
    """Return the CLDR locale nearest to a tag; English where CLDR has none."""
    if tag == "prs":
        return Locale("fa", "AF")
    for candidate in (tag, language_of(tag)):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


@cache
def endonym(tag: str) -> str:
    """Return what a language calls itself (`Português`); its English name where unknown."""
    if tag in _EXTRA_ENDONYMS:
        return _EXTRA_ENDONYMS[tag]
    name = name_in(tag, tag)
    # Georgian has capitals in Unicode that nobody writes a single word with.
    return name if script_of(tag) == "Geor" else name[:1].upper() + name[1:]


@cache
def name_in(tag: str, reader: str) -> str:
    """Return the name of the language `tag` in the language `reader`."""
    key = tag.replace("-", "_")
    for locale in (locale_of(reader), Locale("en")):
        if key in locale.languages:
            return str(locale.languages[key])
        try:
            shown = Locale.parse(key).get_display_name(locale)
        except (UnknownLocaleError, ValueError):
            shown = None
        if shown and not shown.lower().startswith(key.lower()):
            return shown
        if language_of(tag) in locale.languages:
            return str(locale.languages[language_of(tag)])
    return _EXTRA_ENDONYMS.get(tag, tag)


def readable_as_is(source: str, reader: str) -> bool:
    """Say whether who reads `reader` reads `source` untranslated: same language, same script."""
    return language_of(source) == language_of(reader) and script_of(source) == script_of(reader)


def best_match(wanted: Iterable[str], available: Sequence[str]) -> str | None:
    """Return the first of `available` that suits the most wanted language, or None.

    An exact tag first, then the same language in the same script, then the same language.
    """
    for tag in wanted:
        if tag in available:
            return tag
        for candidate in available:
            if readable_as_is(candidate, tag):
                return candidate
        for candidate in available:
            if language_of(candidate) == language_of(tag):
                return candidate
    return None


def from_accept_language(header: str) -> list[str]:
    """Return the known tags of an Accept-Language header, the most wanted first."""
    weighted: list[tuple[float, int, str]] = []
    for position, part in enumerate(header.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        known = normalise(tag)
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if known and quality > 0:
            weighted.append((-quality, position, known))
    return [tag for _, _, tag in sorted(weighted)]


_NO_SPACES = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_NO_SPACES_LONG = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def count_words(text: str) -> int:
    """Return the number of words of a text.

    Words are runs between spaces that hold a letter or a digit. Scripts without spaces have no
    words to count so: two characters of Han or Kana count as one word, and four of Thai, Lao,
    Burmese or Khmer, near what their segmenters give for prose.
    """
    dense = len(_NO_SPACES.findall(text))
    long = len(_NO_SPACES_LONG.findall(text))
    rest = _NO_SPACES_LONG.sub(" ", _NO_SPACES.sub(" ", text)) if dense or long else text
    spaced = sum(1 for word in rest.split() if any(c.isalnum() for c in word))
    return spaced + (dense + 1) // 2 + (long + 3) // 4
