"""`baraza report`."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from sqlalchemy import select
from typer.testing import CliRunner, Result

from app.clock import utc_now
from app.commands.report import report
from app.commands.schema import upgrade
from app.database import Database
from app.identity.models import Act
from app.translation.models import ReadershipLanguage
from tests.factories import a_consultation, a_participation, a_post, a_thread

Report = Callable[..., Result]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Yield the database of an installation that holds the consultation `water`."""
    monkeypatch.setenv("BARAZA_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("BARAZA_DATABASE_URL", raising=False)
    url = f"sqlite:///{tmp_path / 'baraza.sqlite3'}"
    upgrade(url)
    database = Database(url)
    now = utc_now()
    with database.writing() as session:
        consultation = a_consultation(session, now=now, slug="water", languages=("en", "pt"))
        thread = a_thread(session, consultation=consultation, now=now)
        author = a_participation(session, consultation=consultation, now=now)
        a_post(session, thread=thread, author=author, now=now, body="Água!", language="pt")
    yield database
    database.dispose()


@pytest.fixture
def made() -> Report:
    """Return what runs `baraza report` with arguments."""
    app = typer.Typer()
    app.command()(report)
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.mark.parametrize(
    ("format", "beginning"),
    [("html", "<!doctype html>"), ("csv", "\ufeffConversa,"), ("json", "{")],
)
def test_a_report_is_written_whole_and_for_its_owner_only(
    installation: Database, made: Report, tmp_path: Path, format: str, beginning: str
) -> None:
    out = tmp_path / "out" / f"report.{format}"
    out.parent.mkdir()

    result = made("water", "--format", format, "--language", "pt", "--out", out)

    assert result.exit_code == 0
    assert out.read_text("utf-8").startswith(beginning)
    assert "Água!" in out.read_text("utf-8")
    assert list(out.parent.iterdir()) == [out]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert made("water", "--format", format, "--language", "pt").stdout_bytes == out.read_bytes()


def test_the_language_is_the_consultations_if_none_is_named(
    installation: Database, made: Report
) -> None:
    result = made("water", "--format", "json")
    assert json.loads(result.stdout)["language"] == "en"
    assert "1 of 5 texts stand in their original" in result.stderr


def test_a_language_nobody_asked_for_is_translated_from_now_on(
    installation: Database, made: Report
) -> None:
    with installation.writing() as session:
        session.execute(
            ReadershipLanguage.metadata.tables["routes"]
            .insert()
            .values(source="en", target="sw", path="en sw", engine="argos")
        )
    result = made("water", "--language", "SW", "--format", "json")
    assert json.loads(result.stdout)["language"] == "sw"
    assert "4 of 5 texts are not translated yet" in result.stderr
    with installation.reading() as session:
        assert "sw" in session.scalars(select(ReadershipLanguage.language)).all()
        verbs = list(session.scalars(select(Act.verb).order_by(Act.number)))
    assert verbs == ["offered a language", "made a report"]


@pytest.mark.parametrize(
    ("arguments", "status", "answer"),
    [
        (("nowhere",), 1, "There is no consultation nowhere here."),
        (("water", "--format", "pdf"), 2, "Reports as pdf are not built yet."),
        (("water", "--format", "odt"), 2, "There is no format 'odt'."),
        (("water", "--language", "not a language"), 2, "There is no language"),
        (("water", "--out", "nowhere/at/all/report.html"), 1, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    installation: Database, made: Report, arguments: tuple[str, ...], status: int, answer: str
) -> None:
    result = made(*arguments)
    assert result.exit_code == status
    assert answer in result.stderr
    assert result.stdout == ""


def test_a_report_that_fails_leaves_the_one_before(
    installation: Database, made: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report.html"
    out.write_text("the one before")

    def broken(_document: object) -> Iterator[str]:
        yield "half of it"
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(report.__globals__["FORMATS"], "html", broken)
    result = made("water", "--out", out)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert out.read_text() == "the one before"
    assert not list(tmp_path.glob(".report*"))
