"""Cutting a text into what is translated and what stays as it is, without losing a character.

Lines first, then sentences; list marks, blank lines, emoji, addresses, @names, #tags and codes
are kept byte for byte: an engine never sees them (TRUST M-7). No placeholder is ever used.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.languages import language_of, script_of

LONGEST = 500
"""Characters of a segment. Models were trained on single sentences and drop the rest of more."""

UNSPACED = frozenset({"Hans", "Hant", "Hani", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Scripts that put no space between words."""

_LINE_END = re.compile(r"([\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+)")

# What stands before the words of a line: a bullet, a number, the mark of a quoted line.
_LIST_MARK = re.compile(
    r"\s*(?:(?:[-*+•◦▪‣·–—>]+|\(?\d{1,3}(?:\.\d{1,3})*[.)]|\(?[A-Za-z]\))(?:\s+|$))*"
)

# Marks that end a sentence only before a space, and marks that always do.
_AFTER_SPACE = ".!?…;:"
_ONLY_IN = {";": "el", ":": "hy"}  # a Greek question mark, an Armenian full stop as often typed
_ALWAYS = "؟۔।॥։።፧፨།။។៕。！？｡．‽⁇⁈⁉\u037e"
_END = re.compile(
    rf"[{re.escape(_AFTER_SPACE + _ALWAYS)}]+"
    r"""(?:["'”’»›)\]}」』】〉》]|\s[»›])*"""
)
_OPENING = re.compile(r"""[\s"'“‘«‹(\[{¿¡「『【〈《„‚*_–—-]*""")
_GOES_ON = "goes on"
_QUOTES = "\"'“‘«‹([{¿¡"
_CLAUSE_END = re.compile(r"[;:,،؛、，；：—–]\s*")

# Words after which a full stop ends no sentence: short titles and references of many languages.
# A wrong entry costs one longer segment, a missing one a sentence cut in two.
_SHORT_WORDS = """
    mr mrs ms dr prof st ste sr sra srta dra jr mme mlle mgr hr fr frau bw bi mwl ing lic gral
    gen col sgt rev hon arts fig figs nr nº núm vol pp pág págs eds cf vs viz al eg ie ej bzw bspw
    approx av avda ud uds vd vds ee op cit tel dept bd blvd г ул им тыс млн млрд руб см стр др
    д-р г-н г-жа डॉ श्री ডা ড د أ
"""
_ABBREVIATIONS = frozenset(_SHORT_WORDS.split())
# Words that are short for something only before a number: "art. 5", "no. 3".
_BEFORE_NUMBER = frozenset({"art", "no", "num", "p", "par", "cap", "sec", "ch", "abs", "n"})
# Languages that write ordinals with a full stop: "am 3. Mai".
_ORDINAL_LANGUAGES = "bs cs da de et fi hr hu is lv nb nn no pl sk sl sr tr"
_ORDINAL_STOP = frozenset(_ORDINAL_LANGUAGES.split())

_NOT_IN_ADDRESS = r"""\s<>"“”«»。，、；：！？（）「」،؛؟"""
_KEPT = re.compile(
    rf"""
      (?:https?|ftp|mailto|tel|geo):[^{_NOT_IN_ADDRESS}]+
    | \bwww\.[^{_NOT_IN_ADDRESS}]+
    | (?<![\w.+-])[\w.+-]{{1,64}}@[\w-]+(?:\.[\w-]+)+
    | (?<![\w@])@\w[\w.-]*(?:@[\w-]+(?:\.[\w-]+)+)?
    | (?<![\w\#&])\#\w+
    | (?<![\w.@-])(?:[a-z0-9-]+\.)+(?:org|com|net|int|edu|gov|info|io|africa)\b
      (?:/[^{_NOT_IN_ADDRESS}]*)?
    | (?<![\w+])\+\d(?:[ \xa0().-]{{0,2}}\d){{6,}}
    | (?<![\w.,/-])\(?0\d{{1,4}}[) \xa0./-]{{1,2}}\d(?:[ \xa0./-]?\d){{4,}}
    | (?<![\w/-])(?=[A-Z0-9/_-]*[A-Z])(?=[A-Z0-9/_-]*[0-9])
      [A-Z0-9][A-Z0-9/_-]{{2,}}(?<=[A-Z0-9])(?![\w/])
    | [\U0001F000-\U0001FAFF\u2600-\u27bf][\U0001F000-\U0001FAFF\u2600-\u27bf\ufe0f\u200d\u20e3]*
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Piece:
    """A run of characters of a text; `translate` says whether an engine is to see it."""

    text: str
    translate: bool


def pieces_of(body: str, language: str) -> list[Piece]:
    """Return the pieces of a text in `language`; their texts, joined, are the text again."""
    pieces: list[Piece] = []
    for position, line in enumerate(_LINE_END.split(body)):
        if position % 2:
            pieces.append(Piece(line, translate=False))
            continue
        for sentence in sentences_of(line, language):
            pieces.extend(_cut(sentence))
    return pieces


def assemble(
    pieces: Iterable[Piece], rendered: Mapping[str, str], *, source: str, target: str
) -> str:
    """Return the text with each translated piece in its place; a piece without one stays.

    Between pieces that touched in a script without spaces a space is put where the target
    writes one.
    """
    parts: list[str] = []
    spaces = script_of(source) in UNSPACED and script_of(target) not in UNSPACED
    before: Piece | None = None
    for piece in pieces:
        text = rendered.get(piece.text, piece.text) if piece.translate else piece.text
        touching = before is not None and (before.translate or piece.translate)
        if spaces and touching and text[:1].isalnum() and not _stays_open(parts[-1]):
            parts.append(" ")
        parts.append(text)
        before = piece
    return "".join(parts)


def _stays_open(part: str) -> bool:
    return part[-1:].isspace() or part[-1:] in "([{«“‘《「『（【"


def sentences_of(line: str, language: str) -> list[str]:
    """Return the sentences of one line, each with the space after it; joined, the line again.

    The mark of a list comes first, alone. Abbreviations, initials, ordinals, decimals and
    addresses do not end a sentence.
    """
    mark = _LIST_MARK.match(line)
    start = mark.end() if mark else 0
    found = [line[:start]] if start else []
    within_kept = {i for m in _KEPT.finditer(line) for i in range(m.start() + 1, m.end())}
    has_capitals = any(letter.isupper() for letter in line)
    for match in _END.finditer(line, start):
        if match.end() in within_kept:
            continue
        after = _OPENING.match(line, match.end())
        following = after.end() if after else match.end()
        next_character = line[following : following + 1]
        # In a line without capitals ("i agree. we need water") a small letter says nothing.
        if has_capitals and next_character.islower():
            next_character = _GOES_ON
        if not _ends_sentence(line, match, language, next_character):
            continue
        end = match.end()
        while end < len(line) and line[end].isspace():
            end += 1
        found.append(line[start:end])
        start = end
    if start < len(line):
        found.append(line[start:])
    return found


def _ends_sentence(line: str, match: re.Match[str], language: str, following: str) -> bool:
    marks = match[0].rstrip("\"'”’»›)]}」』】〉》 \xa0\u202f")
    if any(mark in _ALWAYS for mark in marks):
        return True
    if match.end() < len(line) and not line[match.end()].isspace():
        return False
    if set(marks) <= _ONLY_IN.keys():
        return _ONLY_IN[marks[0]] == language_of(language)
    if following == _GOES_ON:
        return False
    return marks != "." or not _is_shortened(
        _word_before(line, match.start()), language, before_number=following.isdigit()
    )


def _is_shortened(word: str, language: str, *, before_number: bool) -> bool:
    """Say whether the full stop after `word` belongs to it: `Dr`, `J`, `e.g`, `3` in German."""
    if word.isdigit():
        return len(word) <= 2 and language_of(language) in _ORDINAL_STOP
    small = word.casefold()
    if before_number and small in _BEFORE_NUMBER:
        return True
    is_initial = len(word) == 1 and word.isupper()
    has_inner_stop = re.fullmatch(r"(?:\w{1,2}\.)+\w{1,3}", word) is not None
    return is_initial or has_inner_stop or small in _ABBREVIATIONS


def _word_before(line: str, end: int) -> str:
    start = end
    while start > max(0, end - 20) and not (
        line[start - 1].isspace() or line[start - 1] in _QUOTES
    ):
        start -= 1
    return line[start:end]


def _cut(sentence: str) -> Iterator[Piece]:
    """Cut what is kept out of a sentence; what has no letter is kept too."""
    start = 0
    for match in _KEPT.finditer(sentence):
        yield from _trimmed(sentence[start : match.start()])
        yield Piece(match[0], translate=False)
        start = match.end()
    yield from _trimmed(sentence[start:])


def _trimmed(text: str) -> Iterator[Piece]:
    """Yield the words of `text` to translate, and the space and marks round them to keep."""
    first = next((i for i, c in enumerate(text) if _opens_words(c)), len(text))
    if not any(letter.isalpha() for letter in text[first:]):
        first = len(text)
    if first:
        yield Piece(text[:first], translate=False)
    while first < len(text):
        part = text[first : first + _length(text[first:])]
        words = part.rstrip().rstrip("([{¿¡ ")
        yield Piece(words, translate=any(letter.isalpha() for letter in words))
        if words != part:
            yield Piece(part[len(words) :], translate=False)
        first += len(part)


def _opens_words(character: str) -> bool:
    return character.isalnum() or character in "\"'“‘«‹([{¿¡「『【〈《„‚$€£¥"


def _length(text: str) -> int:
    """Return how much of a text fits one segment: to a clause end, a space, or as it comes."""
    if len(text) <= LONGEST:
        return len(text)
    clauses = [match.end() for match in _CLAUSE_END.finditer(text, 0, LONGEST)]
    spaces = [match.end() for match in re.finditer(r"\s+", text[:LONGEST])]
    for ends in (clauses, spaces):
        if ends and ends[-1] > LONGEST // 3:
            return ends[-1]
    cut = LONGEST
    while cut > LONGEST // 2 and unicodedata.category(text[cut]).startswith("M"):
        cut -= 1  # a sign stays with the letter it stands on
    return cut
