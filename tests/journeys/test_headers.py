"""What every answer says to the browser, whatever it answers; and what no answer gives away.

TRUST T-28 and T-30, over the socket of a real server.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from app.database import Database
from app.identity.actions import begin_session
from app.main import create_app
from app.settings import Settings
from app.web.headers import LARGEST_BODY
from app.web.rendering import style_hash, stylesheet
from tests.conftest import Clock, Site
from tests.factories import a_consultation, a_participation, a_thread
from tests.serving import browser, served

POLICY = (
    f"default-src 'none'; style-src '{style_hash()}'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
TRANSPORT = "strict-transport-security"


def site_at(origin: str, database: Database, clock: Clock, folder: Path) -> Site:
    """Return the site at a public address."""
    settings = Settings(data_dir=folder, public_origin=origin)
    return Site(create_app(settings, clock=clock, database=database), database, clock)


@pytest.fixture
def site(database: Database, clock: Clock, tmp_path: Path) -> Site:
    """Return the site as people reach it over TLS."""
    return site_at("https://baraza.example", database, clock, tmp_path)


@pytest.fixture
def phone(site: Site, now: datetime) -> Iterator[httpx2.Client]:
    """Yield the browser of somebody who takes part."""
    with site.database.writing() as session:
        consultation = a_consultation(session, slug="water", now=now)
        a_thread(session, consultation=consultation, now=now)
        person = a_participation(session, consultation=consultation, now=now)
        ends_at = now + timedelta(days=3)
        token = begin_session(session, person_id=person.person_id, ends_at=ends_at, now=now)

    @site.app.get("/crash")
    def crash(text: str) -> None:
        raise ZeroDivisionError(text)

    with served(site.app) as port, browser(port) as client:
        client.headers["Cookie"] = f"__Host-baraza={token}"
        yield client


ANSWERS = {
    "page": ("GET", "/c/water/t/1", 200),
    "head": ("HEAD", "/c/water/t/1", 405),
    "redirect": ("POST", "/c/water/new", 303),
    "forbidden": ("GET", "/facilitate/acts", 403),
    "missing": ("GET", "/nowhere", 404),
    "method": ("DELETE", "/c/water", 405),
    "refused form": ("POST", "/c/water/t/1/posts", 422),
    "malformed address": ("GET", "/c/water/t/one", 422),
    "fault": ("GET", "/crash?text=CANARY", 500),
    "health": ("GET", "/healthz", 200),
    "favicon": ("GET", "/favicon.ico", 404),
    "static": ("GET", "/static/css/site.css", 404),
    "api": ("GET", "/api/v1/consultations", 200),
    "api missing": ("GET", "/api/v1/consultations/nowhere", 404),
    "api refused": ("POST", "/api/v1/consultations/water/participants", 422),
    "options": ("OPTIONS", "/c/water", 405),
    "leaving": ("POST", "/leave", 303),
}


def test_every_answer_carries_every_header(phone: httpx2.Client) -> None:
    for kind, (method, path, status) in ANSWERS.items():
        answer = phone.request(method, path)
        assert (kind, answer.status_code) == (kind, status)
        assert_guarded(answer)


def test_refused_before_it_is_read_carries_every_header(phone: httpx2.Client) -> None:
    # As much as the server's buffers hold: it does not wait for what it will not take.
    answer = phone.post("/return", content=b"x" * (LARGEST_BODY + 1))
    assert answer.status_code == 413
    assert_guarded(answer)


def test_sent_from_another_site_carries_every_header(phone: httpx2.Client) -> None:
    answer = phone.post("/c/water/new", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert_guarded(answer)


def assert_guarded(answer: httpx2.Response) -> None:
    """Assert that an answer has every header, and none that tells too much."""
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "camera=()" in answer.headers["permissions-policy"]
    seconds = re.match(r"max-age=(\d+)", answer.headers[TRANSPORT])
    assert seconds is not None
    assert int(seconds[1]) >= 31_536_000  # a year
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers
    for cookie in answer.headers.get_list("set-cookie"):
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax"} <= flags
    if "text" in answer.headers.get("content-type", ""):
        assert "charset=utf-8" in answer.headers["content-type"].lower()


def test_without_tls_no_browser_is_told_to_insist_on_it(
    sqlite_database: Database, clock: Clock, tmp_path: Path
) -> None:
    site = site_at("http://127.0.0.1:8000", sqlite_database, clock, tmp_path)
    with served(site.app) as port, browser(port) as client:
        assert TRANSPORT not in client.get("/").headers


class Inline(HTMLParser):
    """Finds what the policy would refuse to apply."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note inline styles, handlers and scripts."""
        names = {name for name, _ in attrs}
        if tag == "script" and "src" not in names:
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]


def test_pages_hold_nothing_that_their_own_policy_refuses(phone: httpx2.Client) -> None:
    for path in ("/", "/c/water", "/c/water/t/1", "/c/water/join", "/me", "/return", "/nowhere"):
        html = phone.get(path).text
        assert Inline(html).found == []
        assert re.findall(r"<style>(.*?)</style>", html, re.DOTALL) == [stylesheet()]


# --- what is not there ----------------------------------------------------------------------------

PROBES = """
/docs /redoc /openapi.json /api/v1/openapi.json /docs/oauth2-redirect /.git/config /.git/HEAD
/.env /.svn/entries /.DS_Store /server-status /server-info /nginx_status /status /metrics /debug
/debug/pprof/ /_debug /__debug__/ /console /admin /admin/ /wp-login.php /phpinfo.php /info.php
/robots.txt.bak /backup.zip /baraza.sqlite3 /data/baraza.sqlite3 /data/secret_key /secret_key
/alembic.ini /pyproject.toml /requirements.lock /app/main.py /static/ /static/../app/main.py
/static/%2e%2e/app/main.py /static/..%2fapp/main.py /..%2f..%2fetc/passwd /%2e%2e/%2e%2e/etc/passwd
/api /api/ /api/v1 /api/v2/consultations /graphql /actuator/health /.well-known/openid-configuration
/c/ /c/%00 /c/%ff%fe /p/%00 /p/' /p/1%20OR%201=1 /c/water/t/0 /c/water/t/-1 /c/water/t/2
""".split()  # noqa: SIM905 - a list of addresses is read more easily so
TELLING = re.compile(
    r"traceback|most recent call|site-packages|\.py\b|uvicorn|starlette|fastapi|sqlalchemy|sqlite|"
    r"psycopg|python/?\d|pydantic|exception|ZeroDivision|CANARY|/home/|/tmp/|/usr/|/root/",
    re.IGNORECASE,
)


def test_what_probes_look_for_is_not_there(phone: httpx2.Client) -> None:
    for path in PROBES:
        answer = phone.get(path)
        # 422: not even the form of an address.
        assert (path, answer.status_code) in ((path, 404), (path, 422))
        assert telling(answer) == []
        assert_guarded(answer)


def test_no_answer_tells_what_it_is_made_of(phone: httpx2.Client) -> None:
    for method, path, _ in ANSWERS.values():
        assert telling(phone.request(method, path)) == []


def telling(answer: httpx2.Response) -> list[str]:
    """Return what an answer gives away; its own address, which a page may repeat, is no secret."""
    asked = answer.request.url
    said = answer.text + str(answer.headers)
    for own in (asked.path, quote(asked.path), asked.raw_path.decode()):
        said = said.replace(own, "")
    return TELLING.findall(said)


def test_a_deep_number_is_not_a_fault(phone: httpx2.Client) -> None:
    for number in ("9" * 18, "9" * 30, "9" * 5000):
        for path in (f"/c/water/t/{number}", f"/c/water/t/1?page={number}"):
            assert (path, phone.get(path).status_code) not in ((path, 500), (path, 503))


def test_the_description_of_the_api_is_there_when_it_is_asked_for(
    sqlite_database: Database, clock: Clock, tmp_path: Path
) -> None:
    app = create_app(
        Settings(data_dir=tmp_path, api_docs=True), clock=clock, database=sqlite_database
    )
    with served(app) as port, browser(port) as client:
        assert client.get("/api/v1/openapi.json").json()["info"]["title"] == "Baraza"
        assert client.get("/docs").status_code == 404
