"""Invitations, participants removed and let back, and who runs a consultation."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.consultations.invitations import invite, revoke_invitation
from app.consultations.models import Consultation, Facilitation, Invitation
from app.consultations.people import (
    add_facilitator_to,
    let_back,
    remove_facilitator_from,
    remove_participant,
)
from app.consultations.queries import facilitates, participation
from app.database import Database
from app.identity.hashing import FreshCode
from app.identity.queries import acts, verify_acts
from app.refusals import Refusal
from tests.factories import a_consultation, a_facilitator, a_participation


def facilitator(database: Database, now: datetime, name: str = "Grace") -> str:
    with database.writing() as session:
        return a_facilitator(session, now=now, name=name).id


def verbs(database: Database) -> list[str]:
    with database.reading() as session:
        assert verify_acts(session) is None
        return [act.verb for act in reversed(acts(session))]


def an_open_one(database: Database, now: datetime, **times: datetime) -> tuple[str, str]:
    with database.writing() as session:
        made = a_consultation(session, now=now, **times)  # type: ignore[arg-type]  # times only
        return made.id, a_facilitator(session, now=now, consultation=made).id


def test_invitations_are_kept_as_hashes_and_revoked_once(database: Database, now: datetime) -> None:
    ids = an_open_one(database, now)
    code = FreshCode("ABCD EFGH JKMN PQRS", b"\1" * 32)
    with database.writing() as session:
        invitation_id = invite(
            session,
            consultation_id=ids[0],
            label="Women's group, Kisumu",
            cap="25",
            expires_at=now + timedelta(days=1),
            code=code,
            facilitator_id=ids[1],
            now=now,
        )
    for _ in range(2):
        with database.writing() as session:
            revoke_invitation(
                session,
                consultation_id=ids[0],
                invitation_id=invitation_id,
                facilitator_id=ids[1],
                now=now,
            )
    with database.reading() as session:
        row = session.get_one(Invitation, invitation_id)
        assert (row.label, row.cap, row.used) == ("Women's group, Kisumu", 25, 0)
        assert (row.code_hash, row.revoked_at) == (code.hash, now)
        assert [act.object_id for act in acts(session)] == [invitation_id] * 2
    assert verbs(database) == ["made an invitation", "revoked an invitation"]


def test_invitations_of_another_consultation_are_not_there(
    database: Database, now: datetime
) -> None:
    ids, other = an_open_one(database, now), an_open_one(database, now)
    with database.writing() as session:
        theirs = invite(
            session,
            consultation_id=other[0],
            label="Theirs",
            cap=1,
            expires_at=now + timedelta(days=1),
            code=FreshCode("x", b"\2" * 32),
            facilitator_id=other[1],
            now=now,
        )
    with pytest.raises(Refusal) as refused, database.writing() as session:
        revoke_invitation(
            session,
            consultation_id=ids[0],
            invitation_id=theirs,
            facilitator_id=ids[1],
            now=now,
        )
    assert refused.value.code == "missing"


@pytest.mark.parametrize(
    ("label", "cap", "hours", "field"),
    [("", 1, 1, "label"), ("A", 0, 1, "cap"), ("A", "5001", 1, "cap"), ("A", 1, 0, "expires")],
)
def test_invitations_that_cannot_be(
    sqlite_database: Database, now: datetime, label: str, cap: int | str, hours: int, field: str
) -> None:
    ids = an_open_one(sqlite_database, now)
    with pytest.raises(Refusal) as refused, sqlite_database.writing() as session:
        invite(
            session,
            consultation_id=ids[0],
            label=label,
            cap=cap,
            expires_at=now + timedelta(hours=hours),
            code=FreshCode("x", b"\3" * 32),
            facilitator_id=ids[1],
            now=now,
        )
    assert refused.value.field == field


def test_a_participant_is_removed_and_let_back(database: Database, now: datetime) -> None:
    ids = an_open_one(database, now)
    with database.writing() as session:
        somebody = a_participation(
            session, consultation=session.get_one(Consultation, ids[0]), now=now
        )
        who = (somebody.id, somebody.person_id)

    def is_removed() -> bool:
        with database.reading() as session:
            own = participation(session, consultation_id=ids[0], person_id=who[1])
            assert own is not None
            return own.removed

    act: dict[str, Any] = {
        "consultation_id": ids[0],
        "participation_id": who[0],
        "facilitator_id": ids[1],
    }
    for _ in range(2):
        with database.writing() as session:
            remove_participant(session, **act, now=now)
    assert is_removed()
    with database.writing() as session:
        let_back(session, **act, now=now)
    assert not is_removed()
    assert verbs(database) == ["removed a participant", "let a participant back in"]
    other = an_open_one(database, now)
    with pytest.raises(Refusal), database.writing() as session:
        remove_participant(session, **(act | {"consultation_id": other[0]}), now=now)


def test_who_runs_it(database: Database, now: datetime) -> None:
    ids = an_open_one(database, now)
    moussa = facilitator(database, now, "Moussa")

    def runs(who: str) -> bool:
        with database.reading() as session:
            return facilitates(session, consultation_id=ids[0], facilitator_id=who)

    act: dict[str, Any] = {"consultation_id": ids[0], "facilitator_id": ids[1], "now": now}
    with pytest.raises(Refusal) as refused, database.writing() as session:
        add_facilitator_to(session, name="Nobody", **act)
    assert refused.value.code == "facilitator_unknown"
    for _ in range(2):
        with database.writing() as session:
            add_facilitator_to(session, name=" Moussa ", **act)
    assert runs(moussa)
    with database.writing() as session:
        remove_facilitator_from(session, name="Moussa", **act)
    assert not runs(moussa)
    assert len(verbs(database)) == 2


def test_the_last_facilitator_stays(database: Database, now: datetime) -> None:
    with database.writing() as session:
        made = a_consultation(session, now=now)
        grace = a_facilitator(session, now=now, name="Grace", consultation=made)
        gone = a_facilitator(session, now=now, name="Gone", consultation=made)
        gone.removed_at = now  # from the installation: nobody who could run it
    with pytest.raises(Refusal) as refused, database.writing() as session:
        remove_facilitator_from(
            session, consultation_id=made.id, name="Grace", facilitator_id=grace.id, now=now
        )
    assert refused.value.code == "last_facilitator"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Facilitation)) == 2


def test_adding_one_to_what_all_ran_together_keeps_the_other(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        shared = a_consultation(session, now=now).id
    grace, moussa = facilitator(database, now), facilitator(database, now, "Moussa")
    third = facilitator(database, now, "Third")
    with database.writing() as session:
        add_facilitator_to(
            session, consultation_id=shared, name="Moussa", facilitator_id=grace, now=now
        )
    with database.reading() as session:
        running = [
            facilitates(session, consultation_id=shared, facilitator_id=one)
            for one in (grace, moussa, third)
        ]
    assert running == [True, True, False]
