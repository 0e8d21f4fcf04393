"""`baraza serve`: real processes on a free port."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from app.commands.schema import upgrade
from app.commands.serve import Kept, listen
from tests.commands.processes import Running, lives, running, until

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="children are looked up in /proc"
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the settings of a migrated installation of this test."""
    upgrade(f"sqlite:///{tmp_path / 'baraza.sqlite3'}")
    return {"BARAZA_DATA_DIR": str(tmp_path), "BARAZA_TRANSLATOR": "echo"}


def serving(env: dict[str, str], *arguments: str) -> Iterator[tuple[Running, str]]:
    with running("serve", "--port", "0", *arguments, env=env) as baraza:
        origin = baraza.line_with("Baraza serves").split()[2]
        assert httpx.get(f"{origin}/healthz", timeout=30).status_code == 200
        yield baraza, origin


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[tuple[Running, str]]:
    """Yield a server and its address."""
    yield from serving(environment)


def test_a_killed_worker_comes_back(served: tuple[Running, str]) -> None:
    baraza, origin = served
    until(baraza.worker)
    first = baraza.worker()
    assert first is not None

    os.kill(first, signal.SIGKILL)

    baraza.line_with("The translation worker ended (by signal 9).")
    until(lambda: baraza.worker() not in (None, first))
    assert httpx.get(f"{origin}/healthz").status_code == 200


def test_one_signal_ends_everything_and_nothing_was_written_of_who_came(
    served: tuple[Running, str],
) -> None:
    baraza, origin = served
    until(baraza.worker)
    children = list(baraza.children())
    answer = httpx.get(
        f"{origin}/marked-path",
        headers={"User-Agent": "UA-CANARY-7f3", "X-Forwarded-For": "198.51.100.77"},
    )
    assert answer.status_code == 404
    assert "server" not in answer.headers

    baraza.process.terminate()

    assert baraza.process.wait(30) == 0
    until(lambda: not any(lives(pid) for pid in children))
    with pytest.raises(httpx.ConnectError):
        httpx.get(origin)
    for word in ("Traceback", "marked-path", "CANARY", "198.51.100.77"):
        assert word not in baraza.output()


def test_the_worker_does_not_outlive_a_killed_server(served: tuple[Running, str]) -> None:
    baraza, _ = served
    until(baraza.worker)
    children = list(baraza.children())

    baraza.process.kill()

    until(lambda: not any(lives(pid) for pid in children))


@pytest.fixture
def served_by_two(environment: dict[str, str]) -> Iterator[tuple[Running, str]]:
    """Yield a server with two web processes, and its address."""
    yield from serving(environment, "--workers", "2")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_several_web_processes_end_together(
    served_by_two: tuple[Running, str], how: signal.Signals
) -> None:
    baraza, _ = served_by_two
    until(lambda: len(baraza.children()) >= 4)  # the worker, and what tracks resources
    children = list(baraza.children())

    baraza.process.send_signal(how)

    baraza.process.wait(30)
    until(lambda: not any(lives(pid) for pid in children))


def test_pages_need_no_worker(environment: dict[str, str]) -> None:
    unusable = {"BARAZA_TRANSLATOR": "libretranslate"}  # without its address the worker ends
    for baraza, origin in serving(environment | unusable):
        for _ in range(2):
            baraza.line_with("The translation worker ended (with status 2).")
            assert httpx.get(f"{origin}/healthz").status_code == 200


def test_without_a_schema_the_next_step_is_named(tmp_path: Path) -> None:
    with running("serve", "--port", "0", env={"BARAZA_DATA_DIR": str(tmp_path)}) as baraza:
        assert baraza.process.wait(30) == 1
        assert baraza.output() == "There is no database yet. Run: baraza migrate\n"


def test_a_taken_port_is_named(environment: dict[str, str]) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        with running("serve", "--port", port, env=environment) as baraza:
            assert baraza.process.wait(30) == 1
            assert f"Cannot listen on 127.0.0.1, port {port}: Address" in baraza.output()


def test_a_taken_port_is_not_shared() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_it_listens_on_ipv6_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("not had: IPv6")
    with listen("::1", 0) as listener:
        assert listener.family == socket.AF_INET6


def test_a_process_that_ignores_the_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.commands.serve._SECONDS_TO_END", 0.2)
    told = tmp_path / "pid"
    stubborn = (
        "import os, pathlib, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"pathlib.Path({str(told)!r}).write_text(str(os.getpid())); signal.pause()"
    )
    kept = Kept([sys.executable, "-c", stubborn])
    kept.start()
    until(lambda: told.exists() and told.read_text())

    kept.end()

    assert not lives(int(told.read_text()))
