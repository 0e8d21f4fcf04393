"""Taking part through the API, once, and coming back with what it gives."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.consultations.invitations import invite
from app.consultations.models import Consultation, Participation
from app.database import Database
from app.identity.hashing import fresh_invitation
from app.identity.models import Facilitator, Person, SignIn
from tests.api.conftest import Api, Water, joining
from tests.factories import a_consultation

PARTICIPANTS = "consultations/water/participants"
KEY = {"Idempotency-Key": "0f8fad5b-d9cb-469f-a165-70867728950e"}


def counted(database: Database) -> tuple[int, int]:
    """Return how many people and how many parts there are."""
    with database.reading() as session:
        people = session.scalar(select(func.count()).select_from(Person)) or 0
        parts = session.scalar(select(func.count()).select_from(Participation)) or 0
        return people, parts


def test_who_joins_gets_a_token_and_a_return_code(api: Api, water: Water, now: datetime) -> None:
    sent = joining("  Amina \u202e ", ("PT_br", "en")) | {
        "organisation_type": "community organisation",
        "quotation": "none",
    }
    answer = api.of().post(PARTICIPANTS, json=sent)
    assert answer.status_code == 201
    part = answer.json()["participant"]
    assert part | {"id": "?"} == {
        "id": "?",
        "name": "Amina",
        "country": "KE",
        "languages": ["pt-BR", "en"],
        "organisation_type": "community organisation",
        "quotation": "none",
    }
    assert len(answer.json()["return_code"].replace(" ", "")) == 21
    me = api.of(answer.json()["token"]).get("me").json()
    assert me["parts"] == [
        {
            "consultation": "water",
            "participant": part,
            "joined_on": "2026-03-10",
            "removed": False,
        }
    ]
    assert "set-cookie" not in answer.headers


def test_the_token_lives_until_a_day_after_closing(api: Api, water: Water, now: datetime) -> None:
    client = api.of(api.join("water"))
    api.site.clock.set(now + timedelta(days=3) - timedelta(microseconds=1))
    assert client.get("me").status_code == 200
    api.site.clock.set(now + timedelta(days=3))
    ended = client.get("me")
    assert (ended.status_code, ended.json()["code"]) == (401, "token_ended")


def test_the_same_key_is_the_same_participant(api: Api, water: Water, now: datetime) -> None:
    first = api.of().post(PARTICIPANTS, json=joining(), headers=KEY)
    again = api.of().post(PARTICIPANTS, json=joining(), headers=KEY)
    assert again.json()["participant"] == first.json()["participant"]
    assert counted(api.site.database) == (1, 1)
    assert again.json()["return_code"] != first.json()["return_code"]  # the first may be lost
    for answer in (first, again):
        assert api.of(answer.json()["token"]).get("me").status_code == 200
    other = api.of().post(PARTICIPANTS, json=joining())
    assert other.json()["participant"]["id"] != first.json()["participant"]["id"]


def test_a_key_that_could_be_guessed_is_refused(api: Api, water: Water) -> None:
    answer = api.of().post(PARTICIPANTS, json=joining(), headers={"Idempotency-Key": "1"})
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")
    assert counted(api.site.database) == (0, 0)


def test_with_a_token_the_same_person_joins_elsewhere(
    api: Api, water: Water, now: datetime
) -> None:
    with api.site.database.writing() as session:
        a_consultation(session, now=now, slug="seeds", closes_at=now + timedelta(days=9))
    amina = api.of(api.join("water"))
    joined = amina.post("consultations/seeds/participants", json=joining("Zawadi"))
    assert (joined.status_code, joined.json()["return_code"]) == (201, None)
    assert counted(api.site.database) == (1, 2)
    again = amina.post("consultations/seeds/participants", json=joining("Other"))
    assert (again.status_code, again.json()["participant"]["name"]) == (200, "Zawadi")
    assert again.json()["token"] is None
    api.site.clock.advance(days=8)
    assert amina.get("me").status_code == 401  # the first token knew only of the first closing
    parts = api.of(joined.json()["token"]).get("me").json()["parts"]
    assert {(p["consultation"], p["participant"]["name"]) for p in parts} == {
        ("seeds", "Zawadi"),
        ("water", "Amina"),
    }


def test_an_invitation_lets_in_as_often_as_it_says(api: Api, water: Water, now: datetime) -> None:
    code = fresh_invitation(api.site.app.state.baraza.pepper)
    with api.site.database.writing() as session:
        session.get_one(Consultation, water.consultation_id).by_invitation = True
        invite(
            session,
            consultation_id=water.consultation_id,
            label="Farmers",
            cap=1,
            expires_at=now + timedelta(days=1),
            facilitator_id=session.scalars(select(Facilitator.id)).one(),
            code=code,
            now=now,
        )
    refused = {
        None: "invitation_empty",
        "AAAA": "invitation_length",
        "0000 0000 0000 0000": "invitation_wrong",
    }
    for typed, why in refused.items():
        answer = api.of().post(PARTICIPANTS, json=joining() | {"invitation": typed})
        assert (answer.status_code, answer.json()["code"]) == (422, why)
    with_code = joining() | {"invitation": code.shown.lower()}
    assert api.of().post(PARTICIPANTS, json=with_code, headers=KEY).status_code == 201
    assert api.of().post(PARTICIPANTS, json=with_code, headers=KEY).status_code == 201
    used_up = api.of().post(PARTICIPANTS, json=with_code)
    assert (used_up.status_code, used_up.json()["code"]) == (422, "invitation_wrong")
    assert counted(api.site.database) == (1, 1)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": " \u202e\0 "}, "name_missing", "name"),
        ({"name": "x" * 61}, "name_too_long", "name"),
        ({"country": "XX"}, "country_unknown", "country"),
        ({"languages": []}, "language_missing", "languages"),
        ({"languages": ["en", "xx"]}, "language_unknown", "languages"),
        ({"languages": ["en", "pt", "fr", "ar", "sw", "so", "am"]}, "languages_too_many", None),
        ({"quotation": "loudly"}, "quotation_unknown", "quotation"),
        ({"organisation_type": "mafia"}, "organisation_unknown", "organisation_type"),
        ({"consent": False}, "consent_missing", "consent"),
        ({"consent": "yes"}, "malformed", "consent"),
        ({"name": 7}, "malformed", "name"),
        ({"languages": "en"}, "malformed", "languages"),
        ({"languages": ["en", 7]}, "malformed", "languages.1"),
        ({"email": "amina@example.org"}, "malformed", "email"),
    ],
)
def test_what_cannot_be_taken_is_named(
    api: Api, water: Water, change: dict[str, Any], code: str, field: str | None
) -> None:
    answer = api.of().post(PARTICIPANTS, json=joining() | change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    if field:
        assert answer.json()["field"] == field
    assert counted(api.site.database) == (0, 0)


def test_a_country_may_be_kept_to_oneself_but_not_forgotten(api: Api, water: Water) -> None:
    silent = api.of().post(PARTICIPANTS, json=joining() | {"country": None})
    assert (silent.status_code, silent.json()["participant"]["country"]) == (201, None)
    without = joining()
    del without["country"]
    assert api.of().post(PARTICIPANTS, json=without).json()["field"] == "country"


def test_a_token_is_kept_only_as_a_digest(api: Api, water: Water) -> None:
    token = api.join("water")
    with api.site.database.reading() as session:
        (row,) = session.scalars(select(SignIn).where(SignIn.person_id.is_not(None)))
        assert token.encode() not in bytes(row.token_digest)
        assert row.for_api is True
