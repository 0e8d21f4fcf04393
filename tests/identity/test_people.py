"""People, their return codes, and what a copy of the database gives away."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.database import Database, WriteSession, new_id
from app.identity import hashing
from app.identity.actions import enrol, renew_return_code
from app.identity.hashing import FreshCode, fresh_return_code
from app.identity.models import Person
from app.identity.queries import has_return_code, person_by_code
from app.identity.rules import read_code
from app.refusals import Refusal
from tests.identity.counting import Counting

PEPPER = b"the pepper of the tests, 32 bytes or more"


def digits_of(code: FreshCode) -> str:
    digits = read_code(code.shown)
    assert isinstance(digits, str)
    return digits


def enrolled(session: WriteSession, now: datetime) -> tuple[str, FreshCode]:
    code = fresh_return_code(PEPPER)
    return enrol(session, code=code, now=now), code


def test_a_person_is_found_by_their_code(database: Database, now: datetime) -> None:
    with database.writing() as session:
        amina, code = enrolled(session, now)
        other, other_code = enrolled(session, now)

    with database.reading() as session:
        assert person_by_code(session, code=digits_of(code), pepper=PEPPER) == amina
        assert person_by_code(session, code=digits_of(other_code), pepper=PEPPER) == other
        assert person_by_code(session, code="0" * 20, pepper=PEPPER) is None
        assert has_return_code(session, person_id=amina)


def test_a_renewed_code_replaces_the_old_one(database: Database, now: datetime) -> None:
    later, new = now + timedelta(hours=1), fresh_return_code(PEPPER)
    with database.writing() as session:
        amina, old = enrolled(session, now)
        renew_return_code(session, person_id=amina, code=new, now=later)

    with database.reading() as session:
        assert person_by_code(session, code=digits_of(old), pepper=PEPPER) is None
        assert person_by_code(session, code=digits_of(new), pepper=PEPPER) == amina
        assert session.get_one(Person, amina).return_code_made_at == later


def test_nobody_has_no_code_to_renew(database: Database, now: datetime) -> None:
    with database.writing() as session, pytest.raises(Refusal) as refused:
        renew_return_code(session, person_id="nobody", code=fresh_return_code(PEPPER), now=now)

    assert refused.value.code == "missing"


def test_a_copy_of_the_database_without_the_pepper_verifies_no_code(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        code = digits_of(enrolled(session, now)[1])

    with database.reading() as session:
        assert person_by_code(session, code=code, pepper=b"") is None
        assert person_by_code(session, code=code, pepper=PEPPER[:-1]) is None
        kept = session.scalars(select(Person)).one()
    assert kept.return_code_hash is not None
    assert len(kept.return_code_hash) == 32
    assert code.encode() not in kept.return_code_hash


def test_a_code_costs_one_hash_whosever_it_is(
    database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = fresh_return_code(PEPPER)
    with database.writing() as session:
        amina, old = enrolled(session, now)
        renew_return_code(session, person_id=amina, code=new, now=now)
    counted = Counting()
    monkeypatch.setattr(hashing, "hashes_at_once", counted)

    with database.reading() as session:
        found = [
            person_by_code(session, code=code, pepper=PEPPER)
            for code in (digits_of(new), digits_of(old), "0" * 20)
        ]

    assert found == [amina, None, None]
    assert counted.hashes == 3


def test_a_code_hash_depends_on_secret_pepper_and_purpose() -> None:
    hashes = {
        hashing.slow_hash(secret, pepper=pepper, purpose=purpose)
        for secret in ("1", "2")
        for pepper in (b"p", b"q")
        for purpose in ("return code", "invitation")
    }

    assert len(hashes) == 8
    assert hashing.slow_hash("1", pepper=b"p", purpose="invitation") in hashes


def test_passwords_are_hashed_at_the_promised_cost() -> None:
    kept = hashing.hash_password("a long and winding road")

    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hashing.verify_password("a long and winding road", kept)
    assert not hashing.verify_password("a long and winding roaf", kept)
    assert not hashing.verify_password("a long and winding road", None)
    assert not hashing.verify_password("a long and winding road", "not a hash")
    assert hashing.hash_password("a long and winding road") != kept


def test_a_password_is_the_same_however_its_accents_are_sent() -> None:
    assert hashing.verify_password("cafe\u0301", hashing.hash_password("caf\u00e9"))


def test_tokens_have_256_bits_and_only_a_digest_is_kept() -> None:
    tokens = {hashing.new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {43}  # 256 bits in base 64
    assert hashing.token_digest("token") != hashing.token_digest("tokem")
    assert len(hashing.token_digest("token")) == 32


def test_ids_neither_count_nor_order_people() -> None:
    """TRUST T-6: the rank of an id says nothing on when it was made."""
    ids = [new_id() for _ in range(2000)]
    rank = {one: place for place, one in enumerate(sorted(ids))}

    size = len(ids)
    squares = sum((rank[one] - place) ** 2 for place, one in enumerate(ids))
    correlation = 1 - 6 * squares / (size * (size**2 - 1))  # Spearman's

    assert len(rank) == size
    assert abs(correlation) < 0.13  # more than five standard deviations of chance


def test_enrolled_people_have_such_ids(database: Database, now: datetime) -> None:
    with database.writing() as session:
        ids = {enrolled(session, now)[0] for _ in range(3)}

    assert len(ids) == 3
    assert all(len(one) == 16 and not one.isdigit() for one in ids)


def test_every_place_of_a_return_code_is_drawn() -> None:
    codes = [digits_of(fresh_return_code(PEPPER)) for _ in range(30)]

    assert len(set(codes)) == 30
    # Of ten digits, thirty draws leave out five or more about once in a thousand million times.
    assert all(len(set(place)) > 5 for place in zip(*codes, strict=True))
