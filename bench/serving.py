"""A real server of this checkout in processes of its own, on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

HOST = "127.0.0.1"

_CHECKOUT = Path(__file__).parents[1]
_SECONDS_TO_START = 60
_SECONDS_TO_END = 15

AS_SERVE_DOES = (
    "--no-access-log",
    "--no-server-header",
    "--no-proxy-headers",
    "--log-level=warning",
    "--ws=none",
    "--backlog=2048",
)
"""The options of uvicorn that make it what `baraza serve` is, without the worker beside it."""


@dataclass(frozen=True)
class Serving:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float | None:
        """Return the processor time it has used so far; None where the system does not say."""
        try:
            stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_memory(self) -> int | None:
        """Return the most bytes of memory it has held; None where the system does not say."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        return next(
            (int(line.split()[1]) * 1024 for line in status.splitlines() if "VmHWM" in line), None
        )


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a process of Baraza: this one's, with these settings alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BARAZA_")}
    path = os.pathsep.join(filter(None, (str(_CHECKOUT), kept.get("PYTHONPATH"))))
    return kept | {"PYTHONPATH": path} | dict(settings)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving(factory: str, settings: Mapping[str, str]) -> Iterator[Serving]:
    """Serve the application that `module:function` makes, and yield it once it answers.

    Raises RuntimeError where it does not start.
    """
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, *AS_SERVE_DOES]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, f"--host={HOST}", f"--port={port}"],
        env=environment(settings),
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_until_it_listens(port, process)
        yield Serving(port, process)
    finally:
        end(process)


def wait_until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return when the process listens on the port; raise RuntimeError if it ended instead."""
    begun = monotonic()
    while monotonic() - begun < _SECONDS_TO_START:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            _pause(process)
        else:
            return
    raise RuntimeError("the server did not start")


def _pause(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process: ask first, then kill."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
