"""What a facilitator's name and password may be. Pure."""

import unicodedata

from app.refusals import Kind, Refusal, mark

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 200
LONGEST_NAME = 80

_COMMON = frozenset(
    {
        "password",
        "passw0rd",
        "contraseña",
        "senha",
        "motdepasse",
        "passwort",
        "parola",
        "letmein",
        "welcome",
        "administrator",
        "admin",
        "facilitator",
        "consultation",
        "baraza",
        "iloveyou",
        "qwerty",
        "qwertz",
        "azerty",
        "qwertyuiop",
        "qwertzuiop",
        "azertyuiop",
        "asdfghjkl",
        "yxcvbnm",
        "zxcvbnm",
        "abcdefghijklmnopqrstuvwxyz",
        "monkey",
        "dragon",
        "sunshine",
        "princess",
        "football",
        "superman",
        "trustno1",
        "starwars",
        "changeme",
        "secret",
        "login",
        "master",
        "hello",
        "freedom",
        "whatever",
        "correcthorsebatterystaple",
        "thisismypassword",
        "mypassword",
        "1q2w3e4r5t6y7u8i9o0p",
        "1qaz2wsx3edc4rfv",
        "zaq12wsx",
        "q1w2e3r4t5y6",
    }
)
"""Words of which the most common long passwords are made, checked offline (T-10)."""


def tidy_name(typed: str) -> str:
    """Return a name in one Unicode form, with single spaces and none at the ends."""
    return " ".join(unicodedata.normalize("NFC", typed).split())


def why_not_name(name: str) -> Refusal | None:
    """Say why a tidied name cannot be a facilitator's."""
    if not name:
        return Refusal(Kind.INVALID, "name_empty", mark("Please type a name."), field="name")
    if len(name) > LONGEST_NAME:
        return Refusal(
            Kind.INVALID,
            "name_long",
            mark("A name has at most %(limit)s letters."),
            {"limit": LONGEST_NAME},
            field="name",
        )
    if any(unicodedata.category(character)[0] == "C" for character in name):
        return Refusal(
            Kind.INVALID,
            "name_characters",
            mark("The name holds a character that cannot be seen. Please type it again."),
            field="name",
        )
    return None


def why_not_password(password: str, name: str) -> Refusal | None:
    """Say why a facilitator called `name` cannot take this password."""
    if len(password) < SHORTEST_PASSWORD:
        return Refusal(
            Kind.INVALID,
            "password_short",
            mark("A password has at least %(limit)s characters. Four or five words do well."),
            {"limit": SHORTEST_PASSWORD},
            field="new_password",
        )
    if len(password) > LONGEST_PASSWORD:
        return Refusal(
            Kind.INVALID,
            "password_long",
            mark("A password has at most %(limit)s characters."),
            {"limit": LONGEST_PASSWORD},
            field="new_password",
        )
    if _is_guessable(password, name):
        return Refusal(
            Kind.INVALID,
            "password_common",
            mark("This password is easy to guess. Please take words that do not belong together."),
            field="new_password",
        )
    return None


def _is_guessable(password: str, name: str) -> bool:
    """Say whether little is left of a password once common words, its name and rows are gone."""
    rest = "".join(password.casefold().split())
    own = [part for part in name.casefold().split() if len(part) > 2]
    for word in sorted([*_COMMON, *own], key=len, reverse=True):
        rest = rest.replace(word, "")
    uncommon = [
        character
        for before, character in zip(" " + rest, rest, strict=False)
        # The same again, or the next up or down ("1111", "12345", "fedcba"), adds nothing.
        if abs(ord(character) - ord(before)) > 1
    ]
    return len(uncommon) < 8 or len(set(uncommon)) < 5
