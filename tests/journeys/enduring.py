"""People who post over a network and a server that fail, and who send again until they are told.

Used by test_endurance.py: an installation whose processes are killed, twenty clients, an audit.
"""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx2
from sqlalchemy import func, select

from app.database import Database
from app.discussion.models import Post
from app.translation.models import Translation, Words
from bench.serving import (
    AS_SERVE_DOES,
    HOST,
    end,
    environment,
    free_port,
    wait_until_it_listens,
)
from tests.serving import browser

THREADS = 3
RESENT = 0.2  # share of acknowledged posts that are sent once more
ASK_AGAIN = {408, 429, 500, 502, 503, 504}


@dataclass
class Installation:
    """A web process and a worker on one database, which can be killed and started again."""

    url: str
    folder: Path
    factory: str = "app.main:create_app"
    port: int = field(default_factory=free_port)
    kills: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start `web` or `worker`."""
        web = ["uvicorn", "--factory", self.factory, *AS_SERVE_DOES]
        web += [f"--host={HOST}", f"--port={self.port}"]
        command = [sys.executable, "-m", *(web if name == "web" else ["app", "worker"])]
        settings = {
            "BARAZA_DATA_DIR": str(self.folder),
            "BARAZA_DATABASE_URL": self.url,
            "BARAZA_TRANSLATOR": "echo",
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command,
                env=environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        """Return once the web process answers."""
        wait_until_it_listens(self.port, self._processes["web"])

    def kill(self, name: str) -> None:
        """Kill a process outright, as a power cut or the kernel would, and start it again."""
        process = self._processes[name]
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL  # it was alive until then
        self.kills[name] += 1
        self.start(name)

    def stop(self) -> None:
        """End both processes."""
        for process in self._processes.values():
            end(process)


@dataclass
class Client:
    """Somebody with a phone: joins, then posts every text until it is acknowledged."""

    number: int
    port: int
    texts: Sequence[str]
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    sent: int = 0

    def join(self) -> None:
        """Take part, and keep the session."""
        self.chance = random.Random(self.number)  # noqa: S311 - the same on every run
        self.browser = browser(self.port)
        form = {
            "name": f"Client {self.number}",
            "languages": "pt" if self.number % 2 else "en",
            "quotation": "pseudonym",
            "consent": "yes",
            "key": f"key of {self.number}",
        }
        answer = self.browser.post("/c/endure/join", data=form)
        assert answer.status_code == 200, answer.status_code

    def post_all(self, told: Callable[[], None]) -> None:
        """Post every text; call `told` after each acknowledgement."""
        try:
            for body in self.texts:
                self._post(body)
                told()
                if self.chance.random() < RESENT:  # a double click, or an answer that was lost
                    self._post(self.chance.choice(list(self.acknowledged)))
        finally:
            self.browser.close()

    def _post(self, body: str) -> None:
        # A browser sends the line ends of a form so.
        form = {"text": body.replace("\n", "\r\n"), "language": "en", "sure": "yes"}
        thread = self.texts.index(body) % THREADS + 1
        for attempt in count(1):
            self.sent += 1
            try:
                answer = self.browser.post(f"/c/endure/t/{thread}/posts", data=form)
            except httpx2.TransportError:
                threading.Event().wait(min(0.1 * attempt, 0.5))
                continue
            if answer.status_code == 303:
                post_id = answer.headers["location"].removeprefix("/p/").partition("?")[0]
                self.acknowledged.setdefault(body, set()).add(post_id)
                return
            assert answer.status_code in ASK_AGAIN, (answer.status_code, answer.text[:500])
            threading.Event().wait(0.05)


def endure(
    installation: Installation, clients: Sequence[Client], kills: Sequence[tuple[int, str]]
) -> None:
    """Let all clients post at once, and kill a process whenever so many posts are acknowledged.

    `kills` are (posts acknowledged, `web` or `worker`), in order.
    """
    acknowledged = 0
    progress = threading.Condition()

    def told() -> None:
        nonlocal acknowledged
        with progress:
            acknowledged += 1
            progress.notify_all()

    failures: list[BaseException] = []

    def run(client: Client) -> None:
        try:
            client.post_all(told)
        except BaseException as error:  # reported by the test's own thread
            failures.append(error)
            with progress:
                progress.notify_all()

    for client in clients:
        client.join()
    threads = [threading.Thread(target=run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for after, name in kills:
        with progress:
            progress.wait_for(lambda after=after: acknowledged >= after or failures)  # type: ignore[misc]
        installation.kill(name)
        if name == "web":
            installation.wait()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


@dataclass(frozen=True)
class Audit:
    """What became of everything that was acknowledged."""

    posts: int
    lost: list[str]
    doubled: list[str]
    unasked: list[str]
    orphans: int
    translated: int


def audit(url: str, clients: Sequence[Client]) -> Audit:
    """Compare what people were told with what the database has."""
    database = Database(url, pool_size=1)
    with database.reading() as session:
        in_words = select(Post.id, Words.body).join(Words, Words.id == Post.text_id)
        body_of = {row.id: row.body for row in session.execute(in_words)}
        in_posts = select(Post.text_id)
        unused = select(func.count()).select_from(Words).where(Words.id.not_in(in_posts))
        orphans = session.scalar(unused) or 0
        done = select(func.count()).select_from(Translation).where(Translation.state == "done")
        translated = session.scalar(done) or 0
    database.dispose()
    stored = Counter(body_of.values())
    told = {body: ids for client in clients for body, ids in client.acknowledged.items()}
    lost = [
        body
        for body, ids in told.items()
        if body not in stored or any(body_of.get(one) != body for one in ids)
    ]
    return Audit(
        posts=len(body_of),
        lost=lost,
        doubled=[body for body, times in stored.items() if times > 1],
        unasked=[body for body in stored if body not in told],
        orphans=orphans,
        translated=translated,
    )


def integrity(file: Path) -> list[str]:
    """Return what SQLite finds wrong with a file; `["ok"]` for nothing."""
    with closing(sqlite3.connect(file)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        return found + [str(row) for row in connection.execute("PRAGMA foreign_key_check")]
