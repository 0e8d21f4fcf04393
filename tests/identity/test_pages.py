"""Coming back, leaving and facilitators' sign-in, through the whole web application."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyotp
import pytest
from httpx2 import Response
from sqlalchemy import event, select, text
from starlette.testclient import TestClient

from app.database import Database
from app.identity.actions import (
    NewFacilitator,
    add_facilitator,
    begin_session,
    enrol,
    record_act,
    remove_facilitator,
)
from app.identity.attempts import Attempts
from app.identity.hashing import fresh_return_code
from app.identity.models import Act, SignIn
from app.identity.queries import verify_acts, who
from app.identity.rules import check_digit
from app.main import create_app
from app.settings import Settings
from tests.conftest import Clock, Site
from tests.factories import a_consultation, a_participation

KEY = "the secret key of the tests, long enough"
HTTPS = "https://baraza.example"
HTTP = "http://baraza.example"
UNKNOWN_CODE = "0" * 20 + check_digit("0" * 20)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class OriginSite(Site):
    """The site at a public address of its own, by which browsers reach it."""

    origin: str

    def browser(self, *, language: str = "en", **headers: str) -> TestClient:
        browser = super().browser(language=language, **headers)
        browser.base_url = self.origin
        return browser


@pytest.fixture(params=[HTTPS])
def site(
    request: pytest.FixtureRequest, database: Database, clock: Clock, tmp_path: Path
) -> OriginSite:
    """Return the site at an https address, on an empty database."""
    settings = Settings(data_dir=tmp_path, secret_key=KEY, public_origin=request.param)
    app = create_app(settings, clock=clock, database=database)
    return OriginSite(app, database, clock, request.param)


@pytest.fixture
def code(site: Site, now: datetime) -> str:
    """Return the return code of somebody who takes part in /c/water."""
    made = fresh_return_code(KEY.encode())
    with site.database.writing() as session:
        person_id = enrol(session, code=made, now=now)
        consultation = a_consultation(session, slug="water", now=now)
        part = a_participation(session, consultation=consultation, now=now)
        part.person_id = person_id
    return made.shown


@pytest.fixture
def amina(site: Site, now: datetime) -> NewFacilitator:
    """Return a facilitator called Amina."""
    with site.database.writing() as session:
        return add_facilitator(session, name="Amina", now=now)


def sign_in(browser: TestClient, site: Site, who: NewFacilitator, **other: str) -> Response:
    digits = pyotp.TOTP(who.totp_secret).at(site.clock())
    form = {"name": who.name, "password": who.password, "code": digits} | other
    return browser.post("/facilitate/sign-in", data=form)


def fields_of(page: str) -> dict[str, str | None]:
    """Return the values of the fields of a page by name."""
    found: dict[str, str | None] = {}

    class Fields(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "input":
                attributes = dict(attrs)
                found[attributes["name"] or ""] = attributes.get("value")

    Fields().feed(page)
    return found


# --- Coming back -----------------------------------------------------------------------------


def test_a_code_opens_a_session_and_leads_to_the_consultation(site: Site, code: str) -> None:
    browser = site.browser()
    assert fields_of(browser.get("/return").text) == {"code": ""}

    answer = browser.post("/return", data={"code": code.replace(" ", "-")})

    assert (answer.status_code, answer.headers["location"]) == (303, "/c/water")
    cookie = answer.headers["set-cookie"]
    token = browser.cookies["__Host-baraza"]
    assert re.fullmatch(
        r"__Host-baraza=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", cookie
    ), cookie
    with site.database.reading() as session:
        known = who(session, token=token, now=site.clock())
        kept = session.scalars(select(SignIn)).one()
    assert known is not None
    assert kept.ends_at == site.clock() + 3 * DAY  # the consultation ends in two
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("site", [HTTP], indirect=True)
def test_over_plain_http_the_cookie_works_too(site: Site, code: str) -> None:
    answer = site.browser().post("/return", data={"code": code})

    assert re.fullmatch(
        r"baraza=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", answer.headers["set-cookie"]
    )


def test_a_code_never_stands_in_an_address(site: Site, code: str) -> None:
    digits = code.replace(" ", "")
    browser = site.browser()

    location = browser.post("/return", data={"code": code}).headers["location"]
    page = browser.get(location).text

    for addresses in (location, *re.findall(r'(?:href|action)="([^"]*)"', page)):
        assert digits not in addresses.replace("-", "").replace("%20", "").replace(" ", "")
    # A code in the query is not even looked at.
    assert fields_of(browser.get(f"/return?code={digits}").text) == {"code": ""}


def test_a_wrong_code_comes_back_with_the_reason(site: Site, code: str) -> None:
    browser = site.browser()
    mistyped = str((int(code[0]) + 1) % 10) + code[1:]
    reasons = {
        UNKNOWN_CODE: "We do not know this code.",
        mistyped: "One digit is wrong, or two are swapped.",
        "١٢٣ ٤": "You typed 4 digits. A return code has 21.",
        "my code": "A return code has only digits, spaces and dashes.",
        "": "Please type your return code.",
        '"><script>1</script>': "A return code has only digits, spaces and dashes.",
    }

    for typed, reason in reasons.items():
        answer = browser.post("/return", data={"code": typed})
        assert answer.status_code == 422
        assert reason in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert fields_of(answer.text) == {"code": typed}
        assert "set-cookie" not in answer.headers
    assert browser.post("/return").status_code == 422


def test_a_code_is_known_by_nothing_but_itself(site: Site, code: str) -> None:
    """Unknown, and once known but renewed since: the same page."""
    browser = site.browser()
    with site.database.writing() as session:
        session.execute(text("UPDATE persons SET return_code_hash = NULL"))

    renewed = browser.post("/return", data={"code": code}).text
    unknown = browser.post("/return", data={"code": UNKNOWN_CODE}).text

    assert renewed.replace(code, "") == unknown.replace(UNKNOWN_CODE, "")


def test_guesses_wait_longer_and_longer_and_the_owner_still_comes_in(site: Site, code: str) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    site.app.state.attempts = Attempts(sleep)
    browser = site.browser()
    for _ in range(6):
        browser.post("/return", data={"code": UNKNOWN_CODE})
    assert waited == [0.5, 1]

    for _ in range(100):  # a form that cannot be a code costs nothing
        browser.post("/return", data={"code": "123"})
    answers = [site.browser().post("/return", data={"code": code}) for _ in range(10)]

    assert [answer.status_code for answer in answers] == [303] * 10
    assert waited == [0.5, 1]


def test_the_old_session_of_a_browser_ends_when_another_begins(site: Site, code: str) -> None:
    browser = site.browser()
    browser.post("/return", data={"code": code})
    first = browser.cookies["__Host-baraza"]
    browser.post("/return", data={"code": code})
    second = browser.cookies["__Host-baraza"]

    with site.database.reading() as session:
        assert who(session, token=first, now=site.clock()) is None
        assert who(session, token=second, now=site.clock()) is not None
    assert first != second


def test_who_takes_part_in_nothing_goes_to_their_own_page(site: Site, now: datetime) -> None:
    made = fresh_return_code(KEY.encode())
    with site.database.writing() as session:
        enrol(session, code=made, now=now)

    assert site.browser().post("/return", data={"code": made.shown}).headers["location"] == "/me"


# --- Leaving ---------------------------------------------------------------------------------


def test_leaving_ends_the_session_and_clears_the_browser(site: Site, code: str) -> None:
    browser = site.browser()
    browser.post("/return", data={"code": code})
    token = browser.cookies["__Host-baraza"]

    answer = browser.post("/leave")

    assert (answer.status_code, answer.headers["location"]) == (303, "/left")
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert "__Host-baraza" not in browser.cookies
    cleared = answer.headers.get_list("set-cookie")
    assert [cookie.split("=")[0] for cookie in cleared] == ["__Host-baraza", "lang", "tz"]
    assert all("Max-Age=0" in cookie for cookie in cleared)
    with site.database.reading() as session:
        assert who(session, token=token, now=site.clock()) is None

    page = browser.get("/left").text
    assert "Goodbye" in page
    assert "consultation" not in page.lower().split("<main")[1].split("</main>")[0]


def test_an_old_cookie_is_nobody_after_leaving(site: Site, amina: NewFacilitator) -> None:
    browser = site.browser()
    sign_in(browser, site, amina)
    token = browser.cookies["__Host-baraza"]
    assert browser.get("/facilitate/acts").status_code == 200
    browser.post("/leave")

    stolen = site.browser()
    stolen.cookies.set("__Host-baraza", token)

    for path in ("/facilitate/acts", "/facilitate/password"):
        assert stolen.get(path).status_code == 403


def test_leaving_works_for_who_is_not_signed_in_and_with_a_broken_cookie(site: Site) -> None:
    browser = site.browser()
    assert browser.post("/leave").status_code == 303
    browser.cookies.set("__Host-baraza", "nonsense")
    assert browser.post("/leave").status_code == 303


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """Let nothing be written, as on a full disk."""
    setting = (
        "PRAGMA query_only = ON" if database.is_sqlite else "SET default_transaction_read_only = on"
    )

    def refuse_writing(connection: Any, _record: object) -> None:
        connection.execute(setting)
        connection.commit()  # else the pool takes it back

    database.engine.dispose()
    event.listen(database.engine, "connect", refuse_writing)
    try:
        yield
    finally:
        event.remove(database.engine, "connect", refuse_writing)
        database.engine.dispose()


def test_leaving_works_when_nothing_can_be_written(site: Site, code: str) -> None:
    browser = site.browser()
    browser.post("/return", data={"code": code})

    with read_only(site.database):
        answer = browser.post("/leave")

    assert (answer.status_code, answer.headers["location"]) == (303, "/left")
    assert "__Host-baraza" not in browser.cookies
    with site.database.reading() as session:  # nothing was written, so the test tried something
        assert len(session.scalars(select(SignIn)).all()) == 1


def test_leaving_is_not_done_by_a_link(site: Site) -> None:
    assert site.browser().get("/leave").status_code == 405


# --- Facilitators ----------------------------------------------------------------------------


def test_a_facilitator_signs_in_and_out(site: Site, amina: NewFacilitator) -> None:
    browser = site.browser()
    assert set(fields_of(browser.get("/facilitate/sign-in").text)) == {"name", "password", "code"}

    answer = sign_in(browser, site, amina)
    assert (answer.status_code, answer.headers["location"]) == (303, "/facilitate")
    assert "__Host-baraza=" in answer.headers["set-cookie"]
    page = browser.get("/facilitate/acts")
    assert page.status_code == 200
    assert "signed in" in page.text
    assert "no line was changed" in page.text

    answer = browser.post("/facilitate/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/facilitate/sign-in")
    assert browser.get("/facilitate/acts").status_code == 403
    with site.database.reading() as session:
        assert list(session.scalars(select(Act.verb).order_by(Act.number))) == [
            "signed in",
            "signed out",
        ]
        assert verify_acts(session) is None


def test_a_refused_sign_in_gives_back_the_name_and_no_secret(
    site: Site, amina: NewFacilitator
) -> None:
    browser = site.browser()
    wrong = [
        sign_in(browser, site, amina, password="CANARY-password"),
        sign_in(browser, site, amina, name="Nobody", password="CANARY-password"),
        sign_in(browser, site, amina, code="CANARY-code"),
        sign_in(browser, site, amina, code=""),
        browser.post("/facilitate/sign-in"),
    ]

    assert [answer.status_code for answer in wrong] == [422] * 5
    assert [fields_of(answer.text)["name"] for answer in wrong[:3]] == ["Amina", "Nobody", "Amina"]
    for answer in wrong:
        assert "Name, password or code is not right." in answer.text
        assert "CANARY" not in answer.text
        assert "set-cookie" not in answer.headers
    assert wrong[0].text == wrong[2].text
    with site.database.reading() as session:
        assert session.scalars(select(SignIn)).all() == []
        assert session.scalars(select(Act)).all() == []


def test_a_facilitator_is_out_after_half_an_hour_without_a_visit(
    site: Site, amina: NewFacilitator
) -> None:
    browser = site.browser()
    sign_in(browser, site, amina)

    site.clock.advance(minutes=30)

    answer = browser.get("/facilitate/acts")
    assert answer.status_code == 403
    assert "Please sign in first." in answer.text
    assert '<a href="/facilitate/sign-in">' in answer.text


def test_only_a_signed_in_facilitator_sees_facilitators_pages(
    site: Site, amina: NewFacilitator, code: str, now: datetime
) -> None:
    participant = site.browser()
    participant.post("/return", data={"code": code})
    program, removed = site.browser(), site.browser()
    with site.database.writing() as session:
        token = begin_session(
            session, facilitator_id=amina.id, for_api=True, ends_at=now + DAY, now=now
        )
        gone = add_facilitator(session, name="Gone", now=now)
    program.headers["authorization"] = f"Bearer {token}"
    sign_in(removed, site, gone)
    assert removed.get("/facilitate/acts").status_code == 200
    with site.database.writing() as session:
        remove_facilitator(session, name="Gone", now=now)

    for browser in (site.browser(), participant, program, removed):
        assert browser.get("/facilitate/acts").status_code == 403
        assert browser.get("/facilitate/password").status_code == 403
        for path in ("password", "sign-out", "sign-out-elsewhere"):
            assert browser.post(f"/facilitate/{path}").status_code == 403


def test_a_form_of_another_site_is_not_taken(site: Site, amina: NewFacilitator) -> None:
    browser = site.browser()
    sign_in(browser, site, amina)

    forged = {"sec-fetch-site": "cross-site"}
    for path in ("/leave", "/return", "/facilitate/sign-out", "/facilitate/password"):
        assert browser.post(path, headers=forged).status_code == 403
    assert browser.get("/facilitate/acts").status_code == 200


def test_a_changed_password_signs_out_everywhere_else(site: Site, amina: NewFacilitator) -> None:
    here, there = site.browser(), site.browser()
    sign_in(there, site, amina)
    site.clock.advance(minutes=1)
    sign_in(here, site, amina)
    form = {"old_password": amina.password, "new_password": "CANARY of four words"}

    refused = here.post("/facilitate/password", data=form | {"old_password": "CANARY wrong"})
    assert refused.status_code == 422
    assert "Your present password is not right." in refused.text
    assert "CANARY" not in refused.text
    assert there.get("/facilitate/acts").status_code == 200

    answer = here.post("/facilitate/password", data=form)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/facilitate/password?done=password",
    )
    assert "Your password is changed." in here.get(answer.headers["location"]).text
    assert there.get("/facilitate/acts").status_code == 403
    site.clock.advance(minutes=1)
    assert sign_in(site.browser(), site, amina).status_code == 422
    assert sign_in(site.browser(), site, amina, password="CANARY of four words").status_code == 303


def test_one_sees_where_one_is_signed_in_and_can_end_it(site: Site, amina: NewFacilitator) -> None:
    here, there = site.browser(), site.browser()
    sign_in(there, site, amina)
    site.clock.advance(minutes=1)
    sign_in(here, site, amina)
    page = here.get("/facilitate/password").text
    assert page.count("This browser") == 1
    assert page.count("Another browser") == 1

    assert here.post("/facilitate/sign-out-elsewhere").status_code == 303

    assert "Another browser" not in here.get("/facilitate/password").text
    assert there.get("/facilitate/password").status_code == 403


def test_the_log_shows_one_consultation_and_what_was_tampered_with(
    site: Site, amina: NewFacilitator, now: datetime
) -> None:
    browser = site.browser()
    sign_in(browser, site, amina)
    with site.database.writing() as session:
        for consultation in ("c1", "c2"):
            record_act(
                session,
                actor_kind="facilitator",
                actor_id=amina.id,
                verb="closed a thread",
                object_kind="thread",
                object_id=f"thread-of-{consultation}",
                consultation_id=consultation,
                now=now,
            )

    one = browser.get("/facilitate/acts?consultation=c1").text
    assert "thread-of-c1" in one
    assert "thread-of-c2" not in one
    assert "Amina" in one
    assert browser.get("/facilitate/acts?consultation=%00").status_code == 404

    with site.database.writing() as session:
        session.execute(text("UPDATE acts SET verb = 'opened a thread' WHERE number = 2"))
    assert "Line 2 was changed or removed" in browser.get("/facilitate/acts").text


@pytest.mark.parametrize("language", ["pt", "ar"])
@pytest.mark.parametrize("path", ["/return", "/left", "/facilitate/sign-in"])
def test_pages_are_shown_in_other_languages(site: Site, path: str, language: str) -> None:
    answer = site.browser().get(path, headers={"accept-language": language})

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["content-language"] == language
