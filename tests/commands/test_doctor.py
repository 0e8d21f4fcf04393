"""`baraza doctor`."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.clock import utc_now
from app.commands.doctor import Mark, examine
from app.settings import Settings
from app.translation.argos_packages import install_file
from tests.commands.conftest import Baraza

DEMONSTRATION = Path(__file__).parents[2] / "demo" / "consultation.json"


def wrong(settings: Settings, now: datetime | None = None) -> list[str]:
    found = examine(settings, now=now or utc_now())
    return [finding.words for finding in found if finding.mark is Mark.WRONG]


def test_a_sound_installation_has_nothing_wrong(database_file: Path, baraza: Baraza) -> None:
    seen = baraza("doctor")

    assert (seen.exit_code, seen.stderr) == (0, "")
    assert "WRONG" not in seen.stdout
    assert "good   The database file is sound." in seen.stdout


def test_before_the_first_start_the_next_step_is_named(data_dir: Path, baraza: Baraza) -> None:
    seen = baraza("doctor")

    assert seen.exit_code == 1
    assert "WRONG  There is no database yet. Run: baraza migrate" in seen.stdout
    assert list(data_dir.iterdir()) == []


def test_a_clock_behind_what_was_written_is_wrong(database_file: Path) -> None:
    written = datetime.fromtimestamp(database_file.stat().st_mtime, UTC)

    assert wrong(Settings(), written - timedelta(hours=1))[0].startswith("The clock says")
    assert wrong(Settings(), written + timedelta(days=400)) == []


@pytest.mark.parametrize(
    ("origin", "found"),
    [
        ("https://talk.example.org", []),
        ("http://127.0.0.1:8000", []),
        ("http://talk.example.org", ["without encryption"]),
        ("talk.example.org", ["must be like https://"]),
        ("https://talk.example.org/here", ["must be like https://"]),
    ],
)
def test_the_public_origin_must_be_encrypted(
    database_file: Path, origin: str, found: list[str]
) -> None:
    words = wrong(Settings(public_origin=origin))

    assert len(words) == len(found)
    assert all(part in word for part, word in zip(found, words, strict=True))


def test_a_secret_key_others_can_read_is_wrong(database_file: Path) -> None:
    key = database_file.with_name("secret_key")
    key.write_text("k" * 40)
    key.chmod(0o600)
    assert wrong(Settings()) == []

    key.chmod(0o644)
    assert wrong(Settings()) == [f"Others can read the secret key. Run: chmod 600 {key}"]


def test_a_short_secret_key_is_wrong(database_file: Path) -> None:
    (found,) = wrong(Settings(secret_key="short"))
    assert found.startswith("The secret key cannot be used")
    assert "short" not in found


def test_a_changed_log_of_acts_is_wrong(database_file: Path, baraza: Baraza) -> None:
    for _ in range(2):
        baraza("consultation", "import", DEMONSTRATION)
        baraza("consultation", "export", "near-and-far")
    with closing(sqlite3.connect(database_file)) as connection, connection:
        connection.execute("UPDATE acts SET verb = 'looked at nothing' WHERE number = 2")

    assert wrong(Settings()) == ["The log of acts was changed at line 2."]


def test_an_older_and_a_newer_schema_are_wrong(database_file: Path) -> None:
    found = []
    for revision in ("DELETE FROM alembic_version", "INSERT INTO alembic_version VALUES ('9999')"):
        with closing(sqlite3.connect(database_file)) as connection, connection:
            connection.execute(revision)
        found += wrong(Settings())

    assert "has schema none" in found[0]
    assert "Run: baraza migrate" in found[0]
    assert "made by a newer version" in found[1]


def test_broken_references_are_wrong(database_file: Path, baraza: Baraza) -> None:
    baraza("consultation", "import", DEMONSTRATION)
    with closing(sqlite3.connect(database_file)) as connection, connection:
        connection.execute("DELETE FROM persons")

    assert "broken references" in wrong(Settings())[0]


def test_a_damaged_package_is_wrong(database_file: Path) -> None:
    packages = database_file.parent / "argos" / "packages"
    (packages / "translate-en_pt-1_0").mkdir(parents=True)

    (found,) = wrong(Settings())
    assert found.startswith("Damaged translation package: ")


@pytest.mark.shared
def test_a_model_that_cannot_be_read_is_wrong(database_file: Path, shared_data: Path) -> None:
    packages = database_file.parent / "argos" / "packages"
    for file in (shared_data / "argos").glob("*.argosmodel"):
        install_file(file, packages)
    assert wrong(Settings()) == []
    (model,) = packages.glob("*en_pt*/model/model.bin")
    model.write_bytes(model.read_bytes()[:5000])

    (found,) = wrong(Settings())
    assert found.startswith("en is not translated into pt: ")


def test_an_engine_without_its_setting_is_wrong(database_file: Path) -> None:
    (found,) = wrong(Settings(translator="libretranslate"))
    assert "BARAZA_LIBRETRANSLATE_URL" in found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_wrong(database_file: Path) -> None:
    database_file.parent.chmod(0o500)
    found = wrong(Settings())
    database_file.parent.chmod(0o700)

    assert "takes no file" in found[0]


def test_a_setting_that_cannot_be_read_is_named(
    data_dir: Path, baraza: Baraza, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BARAZA_WORKERS", "many")
    refused = baraza("doctor")

    assert refused.exit_code == 2
    assert refused.stderr.startswith("BARAZA_WORKERS: ")
