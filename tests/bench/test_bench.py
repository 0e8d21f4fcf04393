"""That every benchmark measures what it says, on made-up data and for a moment only."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.translation.bundled import is_there
from bench import data, detection, pages, posting, translation
from bench.data import Data
from tests import needs


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Data:
    """Return the data of a machine that has none."""
    monkeypatch.setattr(data, "SHARED_DATA", tmp_path / "nothing")
    return data.find(None)


def test_pages_are_measured_beside_the_same_bytes(
    made_up: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ROUNDS", 1)
    monkeypatch.setattr(pages, "SECONDS", 0.2)
    monkeypatch.setattr(pages, "CONCURRENCY", (2,))
    found = pages.measure(made_up)
    assert found["data"]["made_up"] is True
    assert found["data"]["posts"] == 335
    assert [line["posts_in_thread"] for line in found["pages"]] == [20, 335]
    for line in found["pages"]:
        assert 4000 < line["bytes"] <= 14_600
        assert line["ratio"] == pytest.approx(
            line["dynamic"]["per_second"] / line["static"]["per_second"], abs=0.001
        )
        assert line["static"]["p50_ms"] < line["dynamic"]["p50_ms"] <= line["dynamic"]["p95_ms"]
    json.dumps(found)


def test_posts_are_counted_when_they_are_stored(
    made_up: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "POSTS", 20)
    monkeypatch.setattr(posting, "RAW_COMMITS", 20)
    monkeypatch.setattr(posting, "CONCURRENCY", (1, 4))
    found = posting.measure(made_up)
    for line in found["posting"]:
        assert line["sent"] == line["acknowledged"] == line["stored"] == 20
        assert line["ratio"] == pytest.approx(
            line["per_second"] / found["raw_commits_per_second"], abs=0.01
        )
    assert len(found["raw_commits_each_time"]) == 3
    json.dumps(found)


def test_detection_is_measured_without_knowing_the_writer(
    made_up: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detection, "TEXTS_EACH", 5)
    found = detection.measure(made_up)
    assert found["prior"] == []
    assert found["candidates"] > 100
    assert found["sentences"]["texts"] == found["snippets"]["texts"] == 35
    assert found["sentences"]["accuracy"] >= found["snippets"]["accuracy"] > 0.5
    json.dumps(found)


def test_translation_is_measured_from_owed_to_stored(
    made_up: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_there():
        needs.do_without("the bundled translator (pip install baraza[demo])")
    monkeypatch.setattr(translation, "TEXTS", 2)
    found = translation.measure(made_up)
    assert found["engine"] == "bundled"
    assert found["texts_stored"] == found["texts"] == 2
    assert found["segments"] >= 2
    assert 0 < found["ratio"] < 2
    json.dumps(found)


@pytest.mark.shared
def test_named_data_are_used(shared_data: Path) -> None:
    whole = data.find(shared_data)
    assert (whole.made_up, len(whole.consultation["posts"])) == (False, 335)
    same = data.find(shared_data / "consultation.json")
    assert same.consultation == whole.consultation


def test_a_consultation_is_moved_so_that_it_is_open(made_up: Data) -> None:
    now = datetime.fromisoformat("2027-05-01T12:00:00+00:00")
    moved = data.open_now(made_up.consultation, now)
    assert datetime.fromisoformat(moved["closes_at"]) == now + timedelta(hours=1)
    for key in ("opens_at", "closes_at"):
        before = datetime.fromisoformat(made_up.consultation[key])
        after = datetime.fromisoformat(moved[key])
        assert after - before == datetime.fromisoformat(moved["posts"][7]["written_at"]) - (
            datetime.fromisoformat(made_up.consultation["posts"][7]["written_at"])
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["quality"], "not built yet"),
        (["pages", "--data", "/nowhere/at/all.json"], "There is no consultation file"),
    ],
)
def test_what_cannot_be_measured_ends_with_2(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["bench", *arguments])
    assert done.exit_code == 2
    assert said in done.output
