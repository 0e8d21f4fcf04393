"""`baraza facilitator`: sign-in data that work, shown once, in words an operator understands."""

import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from app.clock import utc_now
from app.commands.facilitator import facilitator
from app.commands.schema import upgrade
from app.database import Database
from app.identity.models import Act, SignIn
from app.identity.queries import verify_acts, who
from app.identity.sign_in import sign_in_facilitator
from app.settings import Settings


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Return the database of an installation that commands find through the environment."""
    monkeypatch.setenv("BARAZA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BARAZA_PUBLIC_ORIGIN", "https://baraza.example")
    monkeypatch.delenv("BARAZA_DATABASE_URL", raising=False)
    address = Settings().database_address()
    upgrade(address)
    return Database(address)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(facilitator, list(arguments))


def test_what_add_prints_signs_in(installation: Database) -> None:
    printed = run("add", "Amina Ba")
    assert printed.exit_code == 0, printed.output
    said = dict(re.findall(r"^  (Name|Password|Second factor): +(.+)$", printed.output, re.M))
    codes = re.findall(r"^    (\w{4} \w{4} \w{4} \w{4})$", printed.output, re.M)
    assert "Sign in at https://baraza.example/facilitate/sign-in" in printed.output
    assert "otpauth://totp/Baraza:Amina%20Ba?" in printed.output
    assert len(codes) == 10

    now = utc_now()
    digits = pyotp.TOTP(said["Second factor"]).at(now)
    with installation.writing() as session:
        for second_factor in (digits, codes[0]):
            sign_in_facilitator(
                session,
                name=said["Name"],
                password=said["Password"],
                second_factor=second_factor,
                now=now,
            )
    installation.dispose()


def test_a_token_is_the_facilitator_for_as_long_as_asked(installation: Database) -> None:
    run("add", "Amina")

    token = run("token", "Amina", "--hours", "3").output.strip()

    with installation.reading() as session:
        known = who(session, token=token, now=utc_now())
        kept = session.scalars(select(SignIn)).one()
    assert known is not None
    assert (known.facilitator_name, known.for_api) == ("Amina", True)
    assert kept.ends_at - kept.begun_at == timedelta(hours=3)
    installation.dispose()


def test_who_was_removed_is_out_at_once_and_stays_in_the_list(installation: Database) -> None:
    run("add", "Amina")
    token = run("token", "Amina").output.strip()

    assert run("remove", "Amina").exit_code == 0

    listed = run("list").output
    assert re.fullmatch(r"Amina\tremoved \d{4}-\d\d-\d\d\n", listed)
    with installation.reading() as session:
        assert who(session, token=token, now=utc_now()) is None
        verbs = list(session.scalars(select(Act.verb).order_by(Act.number)))
        assert verify_acts(session) is None
    assert verbs == ["added a facilitator", "made an API token", "removed a facilitator"]
    installation.dispose()


@pytest.mark.parametrize("command", ["token", "remove"])
def test_nobody_of_that_name_is_said_so(installation: Database, command: str) -> None:
    answer = run(command, "Nobody")

    assert answer.exit_code == 1
    assert "There is no facilitator called Nobody." in answer.output
    installation.dispose()


def test_a_name_that_is_taken_is_said_so(installation: Database) -> None:
    run("add", "Amina")

    answer = run("add", " Amina ")

    assert answer.exit_code == 1
    assert "There is already a facilitator called Amina." in answer.output
    installation.dispose()


def test_an_empty_installation_says_how_to_begin(installation: Database) -> None:
    assert "baraza facilitator add NAME" in run("list").output
    installation.dispose()


def test_without_a_database_the_operator_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BARAZA_DATA_DIR", str(tmp_path))

    answer = run("add", "Amina")

    assert answer.exit_code == 1
    assert "baraza migrate" in answer.output
