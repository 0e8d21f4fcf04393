"""Cutting texts: nothing is lost, sentences end where they should, addresses stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.translation.segments import LONGEST, Piece, assemble, pieces_of, sentences_of

KEPT = [
    "https://example.org/a_b?c=d#e",
    "http://example.org:8080/x.y,z",
    "www.example.org",
    "ana.maria+news@mail.example.org",
    "@maria",
    "@maria@social.example.org",
    "#PeaceNow",
    "#السلام",
    "+44 20 7946 0958",
    "+254-722-000-000",
    "020 7946 0958",
    "S/RES/1325",
    "COVID-19",
    "UNSCR1325",
    "example.org/report",
]

MESSY = st.text(
    alphabet=st.one_of(
        st.sampled_from("aA.!? \n\r-•123;:。؟।«»\"'()@#/😀👍\u200d\ufe0f\u0301\u2028ঃမြန်ไทย"),
        st.characters(codec="utf-8"),
    ),
    max_size=400,
)


@given(MESSY, st.sampled_from(["en", "fr", "de", "ar", "zh", "th", "hy", "el", "my"]))
def test_pieces_joined_are_the_text(body: str, language: str) -> None:
    assert "".join(piece.text for piece in pieces_of(body, language)) == body


@given(MESSY)
def test_what_is_translated_has_letters_and_no_space_round_it(body: str) -> None:
    for piece in pieces_of(body, "en"):
        if piece.translate:
            assert any(letter.isalpha() for letter in piece.text)
            assert piece.text == piece.text.strip()
            assert len(piece.text) <= LONGEST


@given(MESSY)
def test_an_engine_that_changes_nothing_gives_the_text_back(body: str) -> None:
    pieces = pieces_of(body, "en")
    same = {piece.text: piece.text for piece in pieces}
    assert assemble(pieces, same, source="en", target="fr") == body


@given(st.sampled_from(KEPT), st.sampled_from(KEPT), st.sampled_from(["en", "ar", "hi", "ru"]))
def test_addresses_names_and_codes_are_never_shown_to_an_engine(
    first: str, second: str, language: str
) -> None:
    pieces = pieces_of(f"Write to {first} before Friday, or ({second}) later.", language)
    seen = " ".join(piece.text for piece in pieces if piece.translate)
    assert first not in seen
    assert second not in seen
    shouted = {piece.text: piece.text.upper() + "!" for piece in pieces}
    out = assemble(pieces, shouted, source=language, target="fr")
    assert first in out
    assert second in out


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Hello Dr. Smith! ", "It costs 3.50 (e.g. in U.S. dollars). ", "Right?"]),
        ("en", ["See https://example.org/a.b?c=1. ", "Then go."]),
        ("en", ["i agree. ", "we need water. ", "now"]),
        ("en", ['"Stop!" he said. ', "He left."]),
        ("fr", ["« Bonjour ! » dit M. Dupont. ", "Non ? ", "Si."]),
        ("de", ["Am 3. Mai kommen wir z.B. nach Bonn. ", "Gut."]),
        ("es", ["El Sr. Pérez (art. 5) dijo: ¿Qué? ", "Nada."]),
        ("pt", ["A Sra. Silva chegou. ", "E agora?"]),
        ("ar", ["متى يصل الماء؟ ", "لا نعرف."]),
        ("ur", ["پانی کب آئے گا؟ ", "ہم نہیں جانتے۔"]),
        ("hi", ["यह ठीक है। ", "और फिर?"]),
        ("zh", ["你好。", "再见！", "走吧"]),
        ("ja", ["「はい。」", "そうです。"]),
        ("my", ["ကောင်းပါသည်။", "နောက်တစ်ခု။"]),
        ("am", ["ሰላም። ", "እንዴት ነህ፧ ", "ደህና።"]),
        ("hy", ["Բարեւ։ ", "Ինչպես ես: ", "Լավ"]),
        ("el", ["Πού είναι το νερό; ", "Δεν ξέρω."]),
        ("km", ["សួស្តី។ ", "លាហើយ។"]),
    ],
)
def test_sentences_end_where_a_reader_says(language: str, sentences: list[str]) -> None:
    assert sentences_of("".join(sentences), language) == sentences


def test_lists_blank_lines_and_emoji_stay_where_they_are() -> None:
    body = "Plan 👍\n\n- Water first.\n  2) Then schools 🙏\n\n🎉🎉\n1234\n"
    pieces = pieces_of(body, "en")
    assert [piece.text for piece in pieces if piece.translate] == [
        "Plan",
        "Water first.",
        "Then schools",
    ]
    into = {"Plan": "Plano", "Water first.": "Água primeiro.", "Then schools": "Depois escolas"}
    assert assemble(pieces, into, source="en", target="pt") == (
        "Plano 👍\n\n- Água primeiro.\n  2) Depois escolas 🙏\n\n🎉🎉\n1234\n"
    )


def test_sentences_of_a_script_without_spaces_get_spaces_in_one_that_has_them() -> None:
    pieces = pieces_of("你好。看https://example.org再见！", "zh")
    into = {"你好。": "Hello.", "看": "See"}
    assert assemble(pieces, into, source="zh", target="en").startswith(
        "Hello. See https://example.org"
    )
    assert assemble(pieces, {}, source="zh", target="ja") == "你好。看https://example.org再见！"


def test_a_sentence_without_end_is_cut_at_clauses_and_spaces() -> None:
    body = ("we walk to the river, " * 60).strip()
    pieces = pieces_of(body, "en")
    assert "".join(piece.text for piece in pieces) == body
    cut = [piece.text for piece in pieces if piece.translate]
    assert len(cut) == 3
    assert all(text.endswith("river,") for text in cut[:-1])


@pytest.mark.parametrize(
    "line",
    ["a" * 100_000, "a.a." * 25_000, "@" * 50_000, "1 " * 50_000, "A-1" * 30_000, "((" * 50_000],
)
def test_a_huge_line_of_one_thing_is_cut_too(line: str) -> None:
    assert "".join(piece.text for piece in pieces_of(line, "en")) == line


def test_an_empty_text_has_no_pieces() -> None:
    assert pieces_of("", "en") == []
    assert pieces_of(" \n ", "en") == [
        Piece(" ", translate=False),
        Piece("\n", translate=False),
        Piece(" ", translate=False),
    ]
