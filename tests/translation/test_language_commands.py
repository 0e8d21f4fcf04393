"""The commands an operator types: what they print, and what they end with."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.commands import languages, translate
from tests import needs


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the data folder of an installation that has nothing yet."""
    monkeypatch.setenv("BARAZA_DATA_DIR", str(tmp_path / "data"))
    for name in ("TRANSLATOR", "BUNDLED_TRANSLATOR", "ARGOS_PACKAGES_DIR", "ARGOS_PACKAGE_INDEX"):
        monkeypatch.delenv(f"BARAZA_{name}", raising=False)
    return tmp_path


def run_languages(*arguments: str) -> Result:
    return CliRunner().invoke(languages.app, list(arguments))


def run_translate(*arguments: str, lines: str) -> Result:
    return CliRunner().invoke(translate.app, list(arguments), input=lines)


def test_an_installation_without_languages_says_what_to_do() -> None:
    result = run_languages("list")
    assert result.exit_code == 0
    assert "baraza languages add CODE" in result.stdout


@pytest.mark.shared
def test_a_package_is_added_from_a_file_listed_used_and_removed(shared_data: Path) -> None:
    file = shared_data / "argos" / "translate-en_pt-1_0.argosmodel"
    if not file.is_file():
        needs.do_without("real Argos packages (../shared/data/argos beside the checkout)")
    added = run_languages("add", "--file", str(file))
    assert (added.exit_code, added.stdout) == (0, "Installed en -> pt  version 1.0  21 MB\n")
    listed = run_languages("list")
    assert listed.stdout.splitlines() == [
        "en -> pt  version 1.0  21 MB",
        "en (English): directly into pt",
    ]
    done = run_translate(
        "--from", "en-GB", "--to", "pt-BR", lines="Good morning.\n\n- The school is closed.\n"
    )
    assert (done.exit_code, done.stdout) == (0, "Bom dia.\n\n- A escola está fechada.\n")
    removed = run_languages("remove", "pt")
    assert (removed.exit_code, removed.stdout[:7]) == (0, "Removed")
    assert run_languages("remove", "pt").exit_code == 1


def test_a_file_that_is_no_package_is_refused(installation: Path) -> None:
    file = installation / "broken.argosmodel"
    file.write_text("nothing")
    result = run_languages("add", "--file", str(file))
    assert result.exit_code == 1
    assert "not an Argos package" in result.stderr
    assert "Traceback" not in result.output


def test_an_index_that_cannot_be_reached_is_said_plainly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BARAZA_ARGOS_PACKAGE_INDEX", "http://127.0.0.1:1/")
    for arguments in (("available",), ("add", "ar")):
        result = run_languages(*arguments)
        assert result.exit_code == 1
        assert "http://127.0.0.1:1/index.json: the package index cannot be read" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add",), "Name a language"),
        (("add", "nonsense"), "There is no language nonsense"),
        (("remove", "nonsense"), "There is no language nonsense"),
    ],
)
def test_what_was_typed_wrong_ends_with_2(arguments: tuple[str, ...], message: str) -> None:
    result = run_languages(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_lines_come_back_translated_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BARAZA_TRANSLATOR", "echo")
    lines = "".join(f"Line {number}.\n" for number in range(150))
    result = run_translate("--from", "en", "--to", "so", lines=lines)
    assert result.exit_code == 0
    assert result.stdout == "".join(f"[so] Line {number}.\n" for number in range(150))


@pytest.mark.parametrize(
    ("source", "target", "status", "message"),
    [
        ("en", "nonsense", 2, "There is no language nonsense"),
        ("pt", "pt-BR", 2, "the same language"),
        ("en", "so", 1, "Nothing installed here translates en into so"),
    ],
)
def test_what_cannot_be_translated_is_said(
    source: str, target: str, status: int, message: str
) -> None:
    result = run_translate("--from", source, "--to", target, lines="Hello.\n")
    assert result.exit_code == status
    assert message in result.stderr
