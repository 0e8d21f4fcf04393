"""A whole journey on marked devices, against `baraza serve` in processes of its own.

Used by test_canary.py, which then searches everything for the marks.
"""

import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pyotp
from starlette.testclient import TestClient

from app.clock import utc_now
from app.commands.schema import upgrade
from app.database import Database
from app.identity.actions import NewFacilitator, add_facilitator
from bench.serving import HOST, end, environment, free_port, wait_until_it_listens
from tests.factories import a_consultation, a_participation, a_post, a_thread
from tests.serving import browser

ADDRESS = "198.51.100.77"
AGENT = "UA-CANARY-7f3"
CAME_FROM = "REFERRER-CANARY-5b1"
DEVICE = {
    "X-Forwarded-For": ADDRESS,
    "X-Real-IP": ADDRESS,
    "CF-Connecting-IP": ADDRESS,
    "Forwarded": f"for={ADDRESS};proto=https",
    "Via": f"1.1 {AGENT}",
    "User-Agent": AGENT,
    "Referer": f"http://elsewhere.example/{CAME_FROM}",
}
WORDS = "WORDS-CANARY-9c2"  # in the database of course, and never in a log
PSEUDONYM = "NAME-CANARY-1d4"
SERVE = ["app", "serve"]
SERVE_WITH_ACCESS_LOG = ["uvicorn", "--factory", "app.main:create_app"]


# --- an installation and its processes ------------------------------------------------------------


@dataclass
class Installed:
    """An installation in a folder, its facilitator, and everything that was answered."""

    folder: Path
    facilitator: NewFacilitator
    port: int = field(default_factory=free_port)
    answers: list[httpx2.Response] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """Return the environment of its processes."""
        return {"BARAZA_DATA_DIR": str(self.folder / "data"), "BARAZA_TRANSLATOR": "echo"}

    def browser(self) -> httpx2.Client:
        """Return a browser on a marked device; its answers are noted."""
        client = browser(self.port)
        client.headers.update(DEVICE)
        client.event_hooks = {"response": [self._note]}
        return client

    def _note(self, answer: httpx2.Response) -> None:
        answer.read()
        self.answers.append(answer)

    def database(self) -> sqlite3.Connection:
        """Open its database, as an operator could."""
        return sqlite3.connect(self.folder / "data" / "baraza.sqlite3")

    def run(self, *command: str) -> None:
        """Run a command of the installation."""
        with (self.folder / "commands.log").open("ab") as log:
            subprocess.run(
                [sys.executable, "-m", "app", *command],
                env=environment(self.settings),
                stdout=log,
                stderr=subprocess.STDOUT,
                check=True,
            )


def an_installation(folder: Path) -> Installed:
    """Return an installation with a consultation, not running yet."""
    (folder / "data").mkdir()
    url = f"sqlite:///{folder / 'data' / 'baraza.sqlite3'}"
    upgrade(url)
    now = utc_now()  # its processes read the real clock
    database = Database(url, pool_size=1)
    with database.writing() as session:
        consultation = a_consultation(
            session, slug="water", now=now, languages=("en", "pt"), published_at=now
        )
        a_thread(session, consultation=consultation, now=now)
        over = a_consultation(
            session, slug="over", now=now, closes_at=now - timedelta(hours=1), published_at=now
        )
        thread = a_thread(session, consultation=over, now=now)
        for number in range(6):
            author = a_participation(session, consultation=over, now=now, name=f"P{number}")
            a_post(session, thread=thread, author=author, now=now - timedelta(hours=2))
        facilitator = add_facilitator(session, name="Wanjiru", now=now)
    database.dispose()
    return Installed(folder, facilitator)


@contextmanager
def running(installed: Installed, command: list[str]) -> Iterator[None]:
    """Serve the installation, everything it says going to a file."""
    with (installed.folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command, f"--host={HOST}", f"--port={installed.port}"],
            env=environment(installed.settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_it_listens(installed.port, process)
            yield
        finally:
            end(process)


# --- the journey ----------------------------------------------------------------------------------


class Links(HTMLParser):
    """Finds every address in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of an element."""
        self.found += [
            value or "" for name, value in attrs if name in ("href", "action", "src", "formaction")
        ]


def crawl(client: httpx2.Client | TestClient, start: str, *, at_most: int = 60) -> int:
    """Open every page that can be reached by links, and return how many there were."""
    waiting, seen = [start], {start}
    while waiting and len(seen) < at_most:
        answer = client.get(waiting.pop(0))
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        for link in Links(answer.text).found:
            # Another language is the same page again.
            if link.startswith("/") and link not in seen and not re.search(r"lang=|from=", link):
                seen.add(link)
                waiting.append(link)
    return len(seen)


def take_part(installed: Installed) -> str:
    """Do all that a participant does; return their return code."""
    with installed.browser() as phone:
        for path in (
            "/",
            "/c/water",
            "/c/water/join",
            "/languages?from=/",
            "/?lang=pt&tz=Asia/Dili",
        ):
            assert phone.get(path).status_code == 200
        joined = phone.post(
            "/c/water/join",
            data={
                "name": PSEUDONYM,
                "country": "KE",
                "languages": ["en", "pt"],
                "organisation_type": "individual",
                "quotation": "pseudonym",
                "consent": "yes",
                "key": "a key",
            },
        )
        assert joined.status_code == 200
        code = " ".join(re.findall(r"<li>(\d+)</li>", joined.text))
        assert len(code.replace(" ", "")) == 21
        form = {"text": f"Our well is dry. {WORDS}", "language": "en", "sure": "yes"}
        posted = phone.post("/c/water/t/1/posts", data=form)
        assert posted.status_code == 303
        place = posted.headers["location"]
        assert phone.get(place).status_code == 200
        post_id = place.removeprefix("/p/").partition("?")[0]
        reply = {**form, "text": f"And the pump too. {WORDS}", "reply_to": post_id}
        assert phone.post("/c/water/t/1/posts", data=reply).status_code == 303
        changed = {"text": f"Our well is dry since May. {WORDS}", "language": "en"}
        own = f"/me/posts/{post_id}"
        assert phone.post(f"{own}/revision", data=changed).status_code == 303
        assert phone.post(f"{own}/quotation", data={"quotation": "none"}).status_code == 303
        assert phone.post(f"{own}/withdrawal").status_code == 303
        assert phone.post("/c/water/new").status_code == 303
        assert crawl(phone, "/c/water") > 10
        refused = phone.post("/c/water/t/1/posts", data={**form, "text": ""})
        assert refused.status_code == 422
        renewed = phone.post("/me/code")
        code = " ".join(re.findall(r"<li>(\d+)</li>", renewed.text))
        assert phone.post("/leave").status_code == 303
    with installed.browser() as other_phone:
        assert other_phone.post("/return", data={"code": "1234"}).status_code == 422
        assert other_phone.post("/return", data={"code": code}).status_code == 303
        assert other_phone.get("/me").status_code == 200
    return code


def facilitate(installed: Installed) -> None:
    """Sign in, look at everything there is, and take the report along."""
    who = installed.facilitator
    with installed.browser() as desk:
        wrong = {"name": who.name, "password": "wrong", "code": "000000"}
        assert desk.post("/facilitate/sign-in", data=wrong).status_code == 422
        digits = pyotp.TOTP(who.totp_secret).at(utc_now())
        right = {"name": who.name, "password": who.password, "code": digits}
        assert desk.post("/facilitate/sign-in", data=right).status_code == 303
        assert crawl(desk, "/facilitate") > 10
        for kind in ("html", "csv", "json"):
            report = desk.get(f"/facilitate/c/water/report?format={kind}&lang=en")
            assert report.status_code == 200
        assert desk.post("/facilitate/sign-out").status_code == 303


def use_the_api(installed: Installed) -> None:
    """Join, write and read as a program does."""
    with installed.browser() as program:
        base = "/api/v1/consultations"
        assert program.get(base).status_code == 200
        joining = {"name": "Program", "country": None, "languages": ["en"], "consent": True}
        joined = program.post(f"{base}/water/participants", json=joining)
        assert joined.status_code == 201
        program.headers["Authorization"] = f"Bearer {joined.json()['token']}"
        posts = f"{base}/water/threads/1/posts"
        assert (
            program.post(posts, json={"text": f"Written by a program. {WORDS}"}).status_code == 201
        )
        assert program.get(posts, params={"lang": "pt"}).status_code == 200
        assert program.post(posts, json={"words": WORDS}).status_code == 422


def break_things(installed: Installed) -> None:
    """Send what cannot be understood, and make a page and a form crash."""
    with installed.browser() as phone:
        for path in ("/nowhere", f"/c/{WORDS}", "/api/v1/nowhere"):
            assert phone.get(path).status_code == 404
        assert phone.put("/c/water").status_code == 405
        forged = phone.post("/return", headers={"Sec-Fetch-Site": "cross-site"})
        assert forged.status_code == 403
        assert b" 400 " in said_to(installed, f"NO {AGENT} HTTP\r\nForwarded: {ADDRESS}\r\n\r\n")
        large = f"POST /return HTTP/1.1\r\nHost: h\r\nUser-Agent: {AGENT}\r\n"
        assert b" 413 " in said_to(installed, large + "Content-Length: 2000000\r\n\r\n")
        phone.post("/c/water/join", data=a_form())
        alter(installed, "UPDATE consultations SET timezone = 'Nowhere/Never'")
        for path in ("/c/water", "/c/water/t/1"):
            assert phone.get(path).status_code == 500
        alter(installed, "UPDATE consultations SET timezone = 'Africa/Nairobi'")
        alter(installed, "ALTER TABLE revisions RENAME TO elsewhere")
        form = {"text": f"Kept by the page. {WORDS}", "language": "en", "sure": "yes"}
        crashed = phone.post("/c/water/t/1/posts", data=form)
        assert crashed.status_code == 503
        assert WORDS in crashed.text  # what was typed comes back
        alter(installed, "ALTER TABLE elsewhere RENAME TO revisions")


def said_to(installed: Installed, request: str) -> bytes:
    """Return the beginning of the answer to a request that no browser would send."""
    with socket.create_connection((HOST, installed.port), timeout=10) as connection:
        connection.sendall(request.encode())
        return connection.recv(1000)


def a_form() -> dict[str, str]:
    """Return a filled form for joining."""
    return {
        "name": "Somebody",
        "languages": "en",
        "quotation": "none",
        "consent": "yes",
        "key": "another key",
    }


def alter(installed: Installed, statement: str) -> None:
    """Do to the database what makes pages crash, or undo it."""
    with closing(installed.database()) as database, database:
        database.execute(statement)


def files_holding(folder: Path, mark: str) -> list[str]:
    """Return the files under a folder in which a mark stands, in any encoding it could have."""
    forms = [
        mark.encode(),
        mark.encode("utf-16-le"),
        mark.lower().encode(),
        mark.encode().hex().encode(),
    ]
    return sorted(
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and any(form in file.read_bytes() for form in forms)
    )
