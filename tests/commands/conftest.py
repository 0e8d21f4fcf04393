"""What tests of commands share: an installation of their own, and `baraza` to run in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from app.commands.schema import upgrade

Baraza = Callable[..., Result]


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the empty data folder of an installation that the commands of this test use."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("BARAZA_DATA_DIR", str(folder))
    monkeypatch.delenv("BARAZA_DATABASE_URL", raising=False)
    return folder


@pytest.fixture
def database_file(data_dir: Path) -> Path:
    """Return the migrated database of that installation."""
    file = data_dir / "baraza.sqlite3"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def baraza() -> Baraza:
    """Return what runs `baraza` with arguments and gives its output and exit status."""
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])
