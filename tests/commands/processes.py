"""Real processes of `baraza`, started for a test and ended with it."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

CHECKOUT = Path(__file__).parents[2]


class Running:
    """A running `baraza`; what it prints can be waited for."""

    def __init__(self, *arguments: str, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            cwd=CHECKOUT,
            env=os.environ | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def line_with(self, words: str, *, seconds: float = 30) -> str:
        """Return the next line that holds these words."""
        end = monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, end - monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line with {words!r} in {self.printed}") from None
            self.printed.append(line)
            if words in line:
                return line

    def output(self) -> str:
        """Return everything a process that has ended printed."""
        self._reader.join(10)
        while not self._lines.empty():
            self.printed.append(self._lines.get())
        return "".join(self.printed)

    def children(self) -> dict[int, str]:
        """Return the command lines of its children by process id."""
        found = {}
        for listing in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            for pid in listing.read_text().split():
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(pid)] = command
        return found

    def worker(self) -> int | None:
        """Return the process id of its translation worker, if that runs now."""
        for pid, command in self.children().items():
            if command.endswith("-m app worker "):
                return pid
        return None


@contextmanager
def running(*arguments: str, env: dict[str, str]) -> Iterator[Running]:
    """Yield a running `baraza`; it is killed at the end if it runs still."""
    baraza = Running(*arguments, env=env)
    try:
        yield baraza
    finally:
        baraza.process.kill()
        baraza.process.wait()
        baraza.output()
        assert baraza.process.stdout is not None
        baraza.process.stdout.close()


def lives(pid: int) -> bool:
    """Say whether a process runs; one that ended and was not asked after does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait until something another process does has happened."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it did not happen in time"
        threading.Event().wait(0.05)
