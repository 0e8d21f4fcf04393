"""`baraza consultation import` and `export`."""

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.database import Base, Database
from app.identity.models import Act
from tests.commands.conftest import Baraza

DEMONSTRATION = Path(__file__).parents[2] / "demo" / "consultation.json"


def rows(database_file: Path) -> int:
    database = Database(f"sqlite:///{database_file}")
    with database.reading() as session:
        found = sum(
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        )
    database.dispose()
    return found


def test_a_file_goes_in_and_comes_out(database_file: Path, baraza: Baraza, tmp_path: Path) -> None:
    out = tmp_path / "out.json"

    taken = baraza("consultation", "import", DEMONSTRATION)
    given = baraza("consultation", "export", "near-and-far", "--out", out)

    assert (taken.exit_code, given.exit_code) == (0, 0)
    assert taken.stdout == "Imported near-and-far: 12 people, 4 threads, 20 posts.\n"
    assert json.loads(out.read_bytes()) == json.loads(DEMONSTRATION.read_bytes())
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    printed = baraza("consultation", "export", "near-and-far")
    assert printed.stdout_bytes == out.read_bytes()


def test_both_are_in_the_log_of_acts(database_file: Path, baraza: Baraza) -> None:
    baraza("consultation", "import", DEMONSTRATION)
    baraza("consultation", "export", "near-and-far")

    database = Database(f"sqlite:///{database_file}")
    with database.reading() as session:
        verbs = list(session.scalars(select(Act.verb).order_by(Act.number)))
    database.dispose()
    assert verbs == ["imported a consultation", "exported a consultation"]


def test_the_same_file_is_taken_once(database_file: Path, baraza: Baraza) -> None:
    baraza("consultation", "import", DEMONSTRATION)
    before = rows(database_file)

    again = baraza("consultation", "import", DEMONSTRATION)

    assert again.exit_code == 1
    assert again.stderr == "slug: There is already a consultation at near-and-far.\n"
    assert rows(database_file) == before


def test_every_fault_of_a_file_is_printed_and_nothing_imported(
    database_file: Path, baraza: Baraza, tmp_path: Path
) -> None:
    document = json.loads(DEMONSTRATION.read_bytes())
    document["posts"][12]["thread"] = 14
    document["posts"][3]["author"] = "nobody\u200b"
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document), encoding="utf-8")

    refused = baraza("consultation", "import", broken)

    assert refused.exit_code == 1
    assert refused.stderr.splitlines() == [
        f"{broken}: posts[3].author: There is no person nobody\\u200b.",
        f"{broken}: posts[12].thread: There is no thread 14.",
        "Nothing was imported.",
    ]
    assert rows(database_file) == 0


def test_a_file_cannot_steer_the_terminal(
    database_file: Path, baraza: Baraza, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.json"
    document = json.loads(DEMONSTRATION.read_bytes()) | {"\x1b[2J\n": 1}
    broken.write_text(json.dumps(document), encoding="utf-8")

    refused = baraza("consultation", "import", broken)

    assert refused.stderr.splitlines()[0] == (
        f"{broken}: \\x1b[2J\\n: There is no such field in this format."
    )


def test_of_many_faults_the_first_are_printed(
    database_file: Path, baraza: Baraza, tmp_path: Path
) -> None:
    document = json.loads(DEMONSTRATION.read_bytes())
    for post in [*document["posts"], *document["people"]]:
        post["id"] = 1
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document), encoding="utf-8")

    refused = baraza("consultation", "import", broken)

    assert len(refused.stderr.splitlines()) == 21
    assert refused.stderr.endswith("… and 12 more. Nothing was imported.\n")


def test_what_is_no_json_is_refused_with_its_line(
    database_file: Path, baraza: Baraza, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(DEMONSTRATION.read_bytes().replace(b'"slug":', b'"slug"', 1))

    refused = baraza("consultation", "import", broken)

    assert refused.exit_code == 1
    assert refused.stderr == (f"{broken}: Line 3, column 9 is not JSON: Expecting ':' delimiter.\n")


def test_what_is_not_there_is_refused(database_file: Path, baraza: Baraza) -> None:
    assert baraza("consultation", "import", "nowhere.json").exit_code == 2
    refused = baraza("consultation", "export", "nowhere")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "slug: There is no consultation at nowhere.\n",
    )


def test_an_unknown_facilitator_is_refused(database_file: Path, baraza: Baraza) -> None:
    refused = baraza("consultation", "import", DEMONSTRATION, "--facilitator", "Nobody")

    assert refused.exit_code == 1
    assert "There is no facilitator called Nobody." in refused.stderr
    assert rows(database_file) == 0


@pytest.mark.parametrize("arguments", [("import", DEMONSTRATION), ("export", "near-and-far")])
def test_without_a_database_the_next_step_is_named(
    data_dir: Path, baraza: Baraza, arguments: tuple[str, ...]
) -> None:
    refused = baraza("consultation", *arguments)

    assert refused.exit_code == 1
    assert refused.stderr == "There is no database yet. Run: baraza migrate\n"
    assert list(data_dir.iterdir()) == []


def test_an_export_is_whole_or_not_there(
    database_file: Path, baraza: Baraza, tmp_path: Path
) -> None:
    baraza("consultation", "import", DEMONSTRATION)

    refused = baraza("consultation", "export", "near-and-far", "--out", tmp_path / "no" / "x.json")

    assert refused.exit_code == 1
    assert refused.stderr.endswith("x.json cannot be written: No such file or directory.\n")
