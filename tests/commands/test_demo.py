"""`baraza demo`."""

import json
import signal
import stat
from datetime import datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pyotp
import pytest
from sqlalchemy import func, select

from app.commands.demo import SIGN_IN_KEPT_IN, facilitator_sign_in, moved, seed
from app.commands.schema import upgrade
from app.commands.serve import listen
from app.consultations.models import Consultation
from app.database import Database
from app.identity.models import Facilitator
from app.identity.queries import facilitator_by_password
from tests.commands.processes import running

DEMONSTRATION = Path(__file__).parents[2] / "demo" / "consultation.json"


def test_its_times_are_moved_and_nothing_else(now: datetime) -> None:
    document = json.loads(DEMONSTRATION.read_bytes())
    later = moved(document, now=now)

    assert later["closes_at"] == (now + timedelta(days=3)).isoformat()
    assert later["opens_at"] == (now - timedelta(days=1)).isoformat()
    by = now + timedelta(days=3) - datetime.fromisoformat(document["closes_at"])
    for before, after in zip(document["posts"], later["posts"], strict=True):
        written = datetime.fromisoformat(before["written_at"]) + by
        assert after == before | {"written_at": written.isoformat()}
        assert written < now
    assert later["results_due_on"] > later["closes_at"][:10]


def test_it_is_seeded_once(sqlite_database: Database, now: datetime) -> None:
    for start in (now, now + timedelta(days=9)):
        assert seed(sqlite_database, now=start) == "near-and-far"

    with sqlite_database.reading() as session:
        assert session.scalars(select(Consultation.closes_at)).all() == [now + timedelta(days=3)]


def test_its_sign_in_is_made_once_and_private(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    first = facilitator_sign_in(sqlite_database, tmp_path, now=now)
    assert facilitator_sign_in(sqlite_database, tmp_path, now=now) == first

    file = tmp_path / SIGN_IN_KEPT_IN
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with sqlite_database.reading() as session:
        assert facilitator_by_password(session, name=first["name"], password=first["password"])


def test_a_lost_sign_in_is_made_again(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    facilitator_sign_in(sqlite_database, tmp_path, now=now)
    (tmp_path / SIGN_IN_KEPT_IN).unlink()

    second = facilitator_sign_in(sqlite_database, tmp_path, now=now)

    with sqlite_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Facilitator)) == 2
        assert facilitator_by_password(session, name=second["name"], password=second["password"])


def test_a_sign_in_without_its_database_is_replaced(
    sqlite_database: Database, tmp_path: Path, now: datetime
) -> None:
    (tmp_path / SIGN_IN_KEPT_IN).write_text('{"name": "Demo facilitator", "password": "old"}')

    assert facilitator_sign_in(sqlite_database, tmp_path, now=now)["password"] != "old"


@pytest.mark.parametrize("starts", [2])
def test_it_starts_keeps_its_data_and_ends(tmp_path: Path, starts: int) -> None:
    sign_ins = []
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        for _ in range(starts):
            env = {"BARAZA_DATA_DIR": str(tmp_path / "data")}
            with running("demo", "--port", str(port), env=env) as baraza:
                assert f"Port {port} is taken" in baraza.line_with("is taken")
                page = baraza.line_with("Take part").split()[-1]
                password = baraza.line_with("password").split()[-1]
                digits = baraza.line_with("six digits").split()[2]
                secret = baraza.line_with("secret").split()[-1]
                assert pyotp.TOTP(secret).verify(digits, valid_window=1)
                answer = httpx.get(page, timeout=30)
                assert answer.status_code == 200
                assert "Partners near and far" in answer.text
                baraza.process.send_signal(signal.SIGTERM)
                assert baraza.process.wait(30) == 0
                assert "Traceback" not in baraza.output()
            sign_ins.append((password, secret))
    assert len(set(sign_ins)) == 1


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'baraza.sqlite3'}"
    upgrade(url)
    database = Database(url)
    with database.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.dispose()

    env = {"BARAZA_DATA_DIR": str(tmp_path)}
    with listen("127.0.0.1", 0) as free:
        port = str(free.getsockname()[1])
    with running("demo", "--port", port, env=env) as baraza:
        assert baraza.process.wait(30) == 1
        assert "newer" in baraza.output()
