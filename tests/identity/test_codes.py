"""Codes as people type them: any script, any separator, every slip noticed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.identity.rules import (
    CODE_DIGITS,
    INVITATION_ALPHABET,
    INVITATION_LENGTH,
    check_digit,
    in_fours,
    read_code,
    read_invitation,
    show_code,
)
from app.refusals import Refusal

DIGITS = "12345678901234567890"
CODE = DIGITS + check_digit(DIGITS)

# The code point of the zero of each script that counts in tens.
ZEROS = {
    "ascii": 0x30,
    "arabic-indic": 0x660,
    "persian": 0x6F0,
    "n'ko": 0x7C0,
    "devanagari": 0x966,
    "bengali": 0x9E6,
    "tamil": 0xBE6,
    "thai": 0xE50,
    "tibetan": 0xF20,
    "burmese": 0x1040,
    "khmer": 0x17E0,
    "full width": 0xFF10,
    "adlam": 0x1E950,
}

codes = st.text("0123456789", min_size=CODE_DIGITS, max_size=CODE_DIGITS)


def refused(answer: str | Refusal) -> tuple[str, str | None]:
    assert isinstance(answer, Refusal), answer
    return answer.code, answer.field


@pytest.mark.parametrize("zero", ZEROS.values(), ids=ZEROS.keys())
def test_a_code_is_read_in_the_digits_of_every_script(zero: int) -> None:
    typed = "".join(chr(zero + int(digit)) for digit in CODE)

    assert read_code(in_fours(typed)) == DIGITS


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        show_code(DIGITS),
        "-".join(CODE),
        "\u200f" + show_code(DIGITS) + "\u200e",  # marks of direction
        "\u2067" + CODE + "\u2069\n",
        show_code(DIGITS).replace(" ", "\u00a0"),  # no-break space
        show_code(DIGITS).replace(" ", "\u2009\u2013\u2009"),  # en dash in thin spaces
        show_code(DIGITS).replace(" ", "."),
        show_code(DIGITS).replace(" ", "\u3001"),
        "".join(f"{digit}\ufe0f\u20e3" for digit in CODE),  # keycaps
    ],
)
def test_separators_and_marks_do_not_matter(typed: str) -> None:
    assert read_code(typed) == DIGITS


def test_a_code_is_shown_in_five_fours_and_a_check_digit() -> None:
    shown = show_code(DIGITS)

    assert shown == "1234 5678 9012 3456 7890 " + check_digit(DIGITS)
    assert [len(group) for group in shown.split()] == [4, 4, 4, 4, 4, 1]


def test_the_check_digit_is_damms() -> None:
    assert check_digit("572") == "4"  # the example of Damm's thesis


@given(codes)
def test_what_is_shown_is_read_back(digits: str) -> None:
    assert read_code(show_code(digits)) == digits


@given(codes, st.integers(0, CODE_DIGITS), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(digits: str, place: int, off: int) -> None:
    code = digits + check_digit(digits)
    wrong = str((int(code[place]) + off) % 10)

    answer = read_code(code[:place] + wrong + code[place + 1 :])

    assert refused(answer) == ("code_check_digit", "code")


@given(codes, st.integers(0, CODE_DIGITS - 1))
def test_every_swap_of_neighbours_is_noticed(digits: str, place: int) -> None:
    code = digits + check_digit(digits)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    answer = read_code(swapped)

    if swapped == code:
        assert answer == digits
    else:
        assert refused(answer) == ("code_check_digit", "code")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "code_empty"),
        (" - ", "code_empty"),
        (CODE[:-1], "code_length"),
        (CODE + "1", "code_length"),
        (CODE * 1000, "code_length"),
        (CODE[:-1] + "x", "code_not_digits"),
        ("my code is " + CODE, "code_not_digits"),
        (CODE + "²", "code_not_digits"),
        ("\ud800" + CODE, "code_not_digits"),
    ],
)
def test_what_cannot_be_a_code_is_refused_with_its_reason(typed: str, code: str) -> None:
    assert refused(read_code(typed)) == (code, "code")


def test_the_message_on_length_counts() -> None:
    answer = read_code("1234 5678")

    assert str(answer) == "You typed 8 digits. A return code has 21. Please look again."


INVITED = "7K3M9QWXY2Z4ABCD"


@pytest.mark.parametrize(
    "typed",
    [
        INVITED,
        "7k3m-9qwx-y2z4-abcd",
        " 7K3M 9QWX\u00a0Y2Z4\u200f ABCD ",
        "７Ｋ３Ｍ９ＱＷＸＹ２Ｚ４ＡＢＣＤ",
        "٧k٣m۹qwxy۲z४abcd",
    ],
)
def test_an_invitation_is_read_whatever_its_case_and_separators(typed: str) -> None:
    assert read_invitation(typed) == INVITED


def test_lookalikes_are_read_as_what_was_meant() -> None:
    assert read_invitation("oOiI lL00 1111 0000") == "0011110011110000"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "invitation_empty"),
        ("--", "invitation_empty"),
        (INVITED[:-1], "invitation_length"),
        (INVITED + "A", "invitation_length"),
        (INVITED[:-1] + "U", "invitation_letters"),  # not in the alphabet
        (INVITED[:-1] + "ж", "invitation_letters"),
    ],
)
def test_what_cannot_be_an_invitation_is_refused(typed: str, code: str) -> None:
    assert refused(read_invitation(typed)) == (code, "invitation")


def test_codes_hold_the_bits_they_promise() -> None:
    assert math.log2(10**CODE_DIGITS) > 66
    assert math.log2(len(INVITATION_ALPHABET) ** INVITATION_LENGTH) == 80
    assert len(set(INVITATION_ALPHABET)) == 32
