"""Facilitators' names and passwords."""

import pytest

from app.identity.passwords import tidy_name, why_not_name, why_not_password


@pytest.mark.parametrize(
    "password",
    [
        "blau-haus-regen-katze",
        "kora milwa setno bagi",
        "мой дядя самых честных",
        "私の長い秘密の合言葉は誰にも言わない",
        "ry00-gv52-z076-0j0b-40gj",
        "exactly15chars!",
    ],
)
def test_a_good_password_is_taken(password: str) -> None:
    assert why_not_password(password, "Amina Ba") is None


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_short"),
        ("exactly14char!", "password_short"),
        ("k" * 201, "password_long"),
        ("passwordpassword", "password_common"),
        ("Password12345678!", "password_common"),
        ("123456789012345678", "password_common"),
        ("987654321987654321", "password_common"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_common"),
        ("qwertyuiop123456", "password_common"),
        ("correcthorsebatterystaple", "password_common"),
        ("1qaz2wsx3edc4rfv", "password_common"),
        ("AminaAminaAmina", "password_common"),
        ("Welcome Baraza 2026", "password_common"),
    ],
)
def test_a_password_that_is_short_long_or_easy_to_guess_is_refused(
    password: str, code: str
) -> None:
    refusal = why_not_password(password, "Amina Ba")

    assert refusal is not None
    assert (refusal.code, refusal.field) == (code, "new_password")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_empty"),
        ("   ", "name_empty"),
        ("a" * 81, "name_long"),
        ("Ami\x00na", "name_characters"),
        ("Ami\u202ena", "name_characters"),  # an override of direction
        ("Ami\ud800na", "name_characters"),
    ],
)
def test_a_name_that_cannot_be_is_refused(typed: str, code: str) -> None:
    refusal = why_not_name(tidy_name(typed))

    assert refusal is not None
    assert (refusal.code, refusal.field) == (code, "name")


def test_a_name_has_one_form() -> None:
    assert tidy_name("  Zoe\u0308   Ba\n") == "Zo\u00eb Ba"
    assert why_not_name("Zo\u00eb Ba") is None
