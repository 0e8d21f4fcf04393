"""Facilitators: password and second factor, each second factor once (TRUST T-10)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from app.database import Database
from app.identity import hashing
from app.identity.actions import NewFacilitator, add_facilitator, remove_facilitator
from app.identity.queries import facilitator_by_name, facilitators
from app.identity.sign_in import (
    change_password,
    read_second_factor,
    sign_in_facilitator,
    take_second_factor,
)
from app.refusals import Refusal
from tests.identity.counting import Counting

STEP = timedelta(seconds=30)


@pytest.fixture
def amina(database: Database, now: datetime) -> NewFacilitator:
    """Add a facilitator called Amina."""
    with database.writing() as session:
        return add_facilitator(session, name="Amina Ba", now=now)


def digits(of: NewFacilitator, at: datetime) -> str:
    return pyotp.TOTP(of.totp_secret).at(at)


def sign_in(
    database: Database, who: NewFacilitator, second_factor: str, now: datetime, **other: str
) -> str:
    with database.writing() as session:
        return sign_in_facilitator(
            session,
            name=other.get("name", who.name),
            password=other.get("password", who.password),
            second_factor=second_factor,
            now=now,
        )


def refused(
    database: Database, who: NewFacilitator, second_factor: str, now: datetime, **other: str
) -> tuple[str, str]:
    with pytest.raises(Refusal) as refusal:
        sign_in(database, who, second_factor, now, **other)
    return refusal.value.code, str(refusal.value)


def test_name_password_and_digits_sign_in(
    database: Database, amina: NewFacilitator, now: datetime
) -> None:
    assert sign_in(database, amina, digits(amina, now), now) == amina.id


def test_the_digits_may_be_typed_in_any_script(
    database: Database, amina: NewFacilitator, now: datetime
) -> None:
    typed = "".join(chr(0x660 + int(digit)) for digit in digits(amina, now))

    assert sign_in(database, amina, f"{typed[:3]} {typed[3:]}", now, name=" Amina  Ba ") == amina.id


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True)])
def test_a_clock_may_be_half_a_minute_off(
    database: Database, amina: NewFacilitator, now: datetime, steps: int, taken: bool
) -> None:
    typed = digits(amina, now + steps * STEP)

    if taken:
        assert sign_in(database, amina, typed, now) == amina.id
    else:
        assert refused(database, amina, typed, now)[0] == "sign_in_wrong"


def test_the_same_digits_do_not_count_twice(
    database: Database, amina: NewFacilitator, now: datetime
) -> None:
    typed = digits(amina, now)
    sign_in(database, amina, typed, now)

    assert refused(database, amina, typed, now + timedelta(seconds=1))[0] == "sign_in_wrong"
    earlier = digits(amina, now - STEP)
    assert refused(database, amina, earlier, now + timedelta(seconds=1))[0] == "sign_in_wrong"
    assert sign_in(database, amina, digits(amina, now + STEP), now + STEP) == amina.id


def test_of_many_sign_ins_at_once_with_the_same_digits_one_succeeds(
    database: Database, amina: NewFacilitator, now: datetime
) -> None:
    many, rounds = 6, 5
    together = threading.Barrier(many)

    def attempt(at: datetime) -> bool:
        factor = read_second_factor(digits(amina, at), facilitator_id=amina.id)
        together.wait()
        try:
            with database.writing() as session:
                take_second_factor(session, facilitator_id=amina.id, factor=factor, now=at)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(many) as pool:
        for number in range(rounds):
            succeeded = list(pool.map(attempt, [now + number * STEP] * many))
            assert succeeded.count(True) == 1


def test_a_recovery_code_counts_once(
    database: Database, amina: NewFacilitator, now: datetime
) -> None:
    assert len(set(amina.recovery_codes)) == 10
    first, second = amina.recovery_codes[:2]

    assert sign_in(database, amina, first.lower().replace(" ", "-"), now) == amina.id
    assert refused(database, amina, first, now)[0] == "sign_in_wrong"
    assert sign_in(database, amina, second, now) == amina.id
    with database.reading() as session:
        assert [one.recovery_codes_left for one in facilitators(session)] == [8]


def test_a_recovery_code_is_its_owners_alone(
    database: Database, amina: NewFacilitator, now: datetime
) -> None:
    with database.writing() as session:
        ngozi = add_facilitator(session, name="Ngozi", now=now)

    assert refused(database, amina, ngozi.recovery_codes[0], now)[0] == "sign_in_wrong"
    assert sign_in(database, ngozi, ngozi.recovery_codes[0], now) == ngozi.id


def test_every_wrong_sign_in_gets_the_same_answer_after_as_many_hashes(
    database: Database,
    amina: NewFacilitator,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted = Counting()
    monkeypatch.setattr(hashing, "hashes_at_once", counted)
    with database.writing() as session:
        gone = add_facilitator(session, name="Gone", now=now)
        remove_facilitator(session, name="Gone", now=now)
    right, wrong = digits(amina, now), "000000"
    recovery = "0000 0000 0000 0000"

    def answer(second_factor: str, **other: str) -> tuple[str, str, int]:
        before = counted.hashes
        code, words = refused(database, amina, second_factor, now, **other)
        return code, words, counted.hashes - before

    with_digits = {
        answer(wrong if right != wrong else "000001"),
        answer(right, password="not the password of Amina"),
        answer(right, name="Nobody"),
        answer(right, name=""),
        answer(right, name="No\x00body"),
        answer(digits(gone, now), name="Gone", password=gone.password),
    }
    with_recovery_code = {
        answer(recovery),
        answer("not even a code"),
        answer(""),
        answer(amina.recovery_codes[0], password="not the password of Amina"),
        answer(amina.recovery_codes[0], name="Nobody"),
    }

    assert len(with_digits) == 1, with_digits
    assert len(with_recovery_code) == 1, with_recovery_code
    (digits_answer,), (recovery_answer,) = with_digits, with_recovery_code
    assert digits_answer[:2] == recovery_answer[:2]
    assert (digits_answer[2], recovery_answer[2]) == (1, 2)


def test_a_name_is_taken_once(database: Database, amina: NewFacilitator, now: datetime) -> None:
    with database.writing() as session, pytest.raises(Refusal) as refusal:
        add_facilitator(session, name="  Amina   Ba", now=now)

    assert (refusal.value.code, refusal.value.field) == ("name_taken", "name")


def test_who_was_removed_comes_back_with_new_data_only(
    database: Database, amina: NewFacilitator, now: datetime
) -> None:
    with database.writing() as session:
        remove_facilitator(session, name="Amina Ba", now=now)
        assert facilitator_by_name(session, name="Amina Ba") is None
        with pytest.raises(Refusal):
            remove_facilitator(session, name="Amina Ba", now=now)
        again = add_facilitator(session, name="Amina Ba", now=now)

    assert again.id == amina.id
    assert refused(database, amina, digits(amina, now), now)[0] == "sign_in_wrong"
    assert refused(database, again, amina.recovery_codes[0], now)[0] == "sign_in_wrong"
    assert sign_in(database, again, digits(again, now), now) == again.id


def test_the_authenticators_address_says_who_and_what(amina: NewFacilitator) -> None:
    address = urlsplit(amina.totp_uri)

    assert (address.scheme, address.netloc, address.path) == (
        "otpauth",
        "totp",
        "/Baraza:Amina%20Ba",
    )
    assert parse_qs(address.query) == {"secret": [amina.totp_secret], "issuer": ["Baraza"]}


def test_a_password_is_changed_by_who_knows_the_old_one(
    database: Database, amina: NewFacilitator, now: datetime
) -> None:
    new = "four words that differ"

    def change(old: str, to: str) -> str | None:
        try:
            with database.writing() as session:
                change_password(session, facilitator_id=amina.id, old_password=old, new_password=to)
        except Refusal as refusal:
            return refusal.code
        return None

    assert change("not the old one", new) == "old_password_wrong"
    assert change(amina.password, "short") == "password_short"
    assert change(amina.password, "passwordpassword") == "password_common"
    assert change(amina.password, new) is None
    assert refused(database, amina, digits(amina, now), now)[0] == "sign_in_wrong"
    assert sign_in(database, amina, digits(amina, now), now, password=new) == amina.id
