"""`baraza backup` and `baraza restore`."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from app.commands.backup import fault_in
from app.database import Database
from tests.commands.conftest import Baraza

DEMONSTRATION = Path(__file__).parents[2] / "demo" / "consultation.json"


def count(database_file: Path) -> int:
    with closing(sqlite3.connect(database_file)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM posts").fetchone()
    return int(found)


@pytest.fixture
def saved(database_file: Path, baraza: Baraza, tmp_path: Path) -> Path:
    """Return a backup of the demonstration."""
    assert baraza("consultation", "import", DEMONSTRATION).exit_code == 0
    file = tmp_path / "saved.sqlite3"
    assert baraza("backup", file).exit_code == 0
    return file


def test_a_backup_holds_everything_and_is_private(saved: Path) -> None:
    assert fault_in(saved) is None
    assert count(saved) == 20
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert sorted(file.name for file in saved.parent.iterdir()) == ["data", "saved.sqlite3"]


def test_a_backup_is_made_while_somebody_writes(
    database_file: Path, baraza: Baraza, tmp_path: Path
) -> None:
    database = Database(f"sqlite:///{database_file}")
    with database.writing() as session:
        session.connection().exec_driver_sql("INSERT INTO readerships (id) VALUES ('unfinished')")
        assert baraza("backup", tmp_path / "saved.sqlite3").exit_code == 0
    database.dispose()

    with closing(sqlite3.connect(tmp_path / "saved.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM readerships").fetchone() == (0,)


def test_a_backup_overwrites_nothing(saved: Path, baraza: Baraza) -> None:
    before = saved.read_bytes()

    refused = baraza("backup", saved)

    assert refused.exit_code == 1
    assert refused.stderr == f"{saved} is there already. Choose a new name.\n"
    assert saved.read_bytes() == before


def test_a_restored_database_is_as_it_was(saved: Path, database_file: Path, baraza: Baraza) -> None:
    with closing(sqlite3.connect(database_file)) as connection, connection:
        connection.execute("DELETE FROM revisions")

    restored = baraza("restore", saved, "--replace")

    assert restored.exit_code == 0, restored.stderr
    assert "It holds 1 consultations, 12 people and 20 posts." in restored.stdout
    exported = baraza("consultation", "export", "near-and-far")
    assert exported.exit_code == 0
    kept = [file for file in database_file.parent.iterdir() if ".before-" in file.name]
    assert len(kept) == 1
    with closing(sqlite3.connect(kept[0])) as connection:
        assert connection.execute("SELECT count(*) FROM revisions").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM posts").fetchone() == (20,)


def test_a_restore_into_an_empty_folder_needs_no_leave(
    saved: Path, database_file: Path, baraza: Baraza
) -> None:
    for file in database_file.parent.iterdir():
        file.unlink()

    assert baraza("restore", saved).exit_code == 0
    assert [file.name for file in database_file.parent.iterdir()] == [database_file.name]
    assert count(database_file) == 20


def test_what_is_there_is_replaced_only_with_leave(
    saved: Path, database_file: Path, baraza: Baraza
) -> None:
    before = database_file.read_bytes()

    refused = baraza("restore", saved)

    assert refused.exit_code == 1
    assert "add --replace" in refused.stderr
    assert database_file.read_bytes() == before


def test_a_database_in_use_is_not_replaced(
    saved: Path, database_file: Path, baraza: Baraza
) -> None:
    database = Database(f"sqlite:///{database_file}")
    with database.reading() as session:
        session.connection()
        refused = baraza("restore", saved, "--replace")
    database.dispose()

    assert refused.exit_code == 1
    assert refused.stderr.startswith("The database is in use.")
    assert not [file for file in database_file.parent.iterdir() if ".before-" in file.name]


def test_a_damaged_database_can_be_replaced(
    saved: Path, database_file: Path, baraza: Baraza
) -> None:
    database_file.write_bytes(b"no database at all" * 1000)
    database_file.with_name(database_file.name + "-wal").write_bytes(b"old log")

    restored = baraza("restore", saved, "--replace")

    assert restored.exit_code == 0, restored.stderr
    assert count(database_file) == 20
    kept = sorted(f.name for f in database_file.parent.iterdir() if ".before-" in f.name)
    assert [name.rpartition("Z")[2] for name in kept] == ["", "-wal"]


@pytest.mark.parametrize("damage", ["cut", "text", "foreign", "broken reference"])
def test_what_is_not_sound_is_not_restored(
    saved: Path, database_file: Path, baraza: Baraza, damage: str
) -> None:
    before = count(database_file)
    if damage == "cut":
        saved.write_bytes(saved.read_bytes()[:100_000])
    elif damage == "text":
        saved.write_text("No database.")
    elif damage == "foreign":
        saved.unlink()
        with closing(sqlite3.connect(saved)) as connection, connection:
            connection.execute("CREATE TABLE notes (body TEXT)")
    else:
        with closing(sqlite3.connect(saved)) as connection, connection:
            connection.execute("DELETE FROM persons")

    refused = baraza("restore", saved, "--replace")

    assert refused.exit_code == 1
    assert "restored" in refused.stderr
    assert count(database_file) == before
    assert not [file for file in database_file.parent.iterdir() if ".before-" in file.name]


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_postgresql_has_tools_of_its_own(
    data_dir: Path,
    baraza: Baraza,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
) -> None:
    monkeypatch.setenv("BARAZA_DATABASE_URL", "postgresql://someone:hidden@127.0.0.1/baraza")
    file = tmp_path / "saved"
    if command == "restore":
        file.touch()

    refused = baraza(command, file)

    assert refused.exit_code == 2
    assert "pg_" in refused.stderr
    assert "hidden" not in refused.stderr
