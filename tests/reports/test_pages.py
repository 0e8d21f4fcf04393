"""Results, reports and figures through the whole web application."""

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from app.consultations.models import Consultation
from app.identity.actions import begin_session
from tests.conftest import Site
from tests.factories import (
    a_consultation,
    a_facilitator,
    a_participation,
    a_post,
    a_thread,
)

CLOSES_AFTER = timedelta(days=2)
EVERY_ADDRESS = (
    "/c/water/results/report?format=json",
    "/api/v1/consultations/water/report",
    "/api/v1/consultations/water/figures",
)


@dataclass(frozen=True)
class Running:
    """A site with the consultation `water`, open now, and a token of who runs it."""

    site: Site
    token: str

    def facilitator(self) -> TestClient:
        return self.site.browser(Authorization=f"Bearer {self.token}")

    def publish(self) -> None:
        """Let the consultation be over, and its report published."""
        with self.site.database.writing() as session:
            consultation = session.query(Consultation).one()
            consultation.published_at = self.site.clock.now + CLOSES_AFTER
        self.site.clock.advance(days=3)


@pytest.fixture
def running(site: Site) -> Running:
    now = site.clock.now
    with site.database.writing() as session:
        consultation = a_consultation(
            session, now=now, slug="water", languages=("en", "pt"), closes_at=now + CLOSES_AFTER
        )
        consultation.results_due_on = (now + timedelta(days=30)).date()
        thread = a_thread(session, consultation=consultation, now=now)
        author = a_participation(session, consultation=consultation, now=now, quotation="name")
        a_post(session, thread=thread, author=author, now=now, body="Água!", language="pt")
        facilitator = a_facilitator(session, now=now, consultation=consultation)
        token = begin_session(
            session,
            facilitator_id=facilitator.id,
            for_api=True,
            ends_at=now + timedelta(days=9),
            now=now,
        )
    return Running(site, token)


def test_results_that_are_not_there_yet_are_announced(running: Running) -> None:
    page = running.site.browser().get("/c/water/results")
    assert page.status_code == 200
    assert "April 9, 2026" in page.text
    assert "Água" not in page.text
    assert "People who registered" not in page.text


@pytest.mark.parametrize("address", EVERY_ADDRESS)
def test_nobody_has_the_report_before_it_is_published_but_who_runs_it(
    running: Running, address: str
) -> None:
    visitor = running.site.browser().get(address)
    assert visitor.status_code == 409
    assert "registered" not in visitor.text
    assert running.facilitator().get(address).status_code == 200


@pytest.mark.parametrize("address", EVERY_ADDRESS)
def test_everybody_has_the_report_once_it_is_published(running: Running, address: str) -> None:
    running.publish()
    answer = running.site.browser().get(address)
    assert answer.status_code == 200
    body = json.loads(answer.text)
    figures = body.get("figures", body)
    assert (figures["registered"], figures["contributed"], figures["words"]) == (1, 1, 1)


def test_published_results_have_figures_and_the_report_to_take_away(running: Running) -> None:
    running.publish()
    browser = running.site.browser()
    page = browser.get("/c/water/results?lang=pt")
    assert page.status_code == 200
    for format, kind in (("html", "text/html"), ("csv", "text/csv"), ("json", "application/json")):
        address = f"/c/water/results/report?format={format}&amp;lang=pt"
        assert address in page.text
        file = browser.get(address.replace("&amp;", "&"))
        assert file.headers["content-type"].startswith(kind)
        assert "Água!" in file.text


def test_the_reports_own_style_is_admitted_and_nothing_else(running: Running) -> None:
    running.publish()
    file = running.site.browser().get("/c/water/results/report")
    policy = file.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.text.count("<style>") == 1


def test_who_runs_it_sees_the_report_at_any_time(running: Running) -> None:
    page = running.facilitator().get("/facilitate/c/water/report")
    assert page.status_code == 200
    assert "/facilitate/c/water/report?format=csv&amp;lang=en" in page.text
    file = running.facilitator().get("/facilitate/c/water/report?format=csv&lang=pt")
    assert file.headers["content-disposition"] == 'attachment; filename="water-pt.csv"'


def test_nobody_else_sees_that_there_is_such_a_page(running: Running) -> None:
    running.publish()
    visitor = running.site.browser()
    there, nowhere = (
        visitor.get(f"/facilitate/c/{slug}/report") for slug in ("water", "no-such-thing")
    )
    assert (there.status_code, nowhere.status_code) == (403, 403)
    assert there.text.replace("water", "no-such-thing") == nowhere.text


@pytest.mark.parametrize(
    ("question", "status"),
    [("format=pdf", 422), ("format=odt", 422), ("lang=not-a-language", 422), ("lang=so", 200)],
)
def test_the_api_says_what_it_cannot_make(running: Running, question: str, status: int) -> None:
    answer = running.facilitator().get(f"/api/v1/consultations/water/report?{question}")
    assert answer.status_code == status
    if status == 422:
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_format_is_refused_on_the_pages_too(running: Running) -> None:
    answer = running.facilitator().get("/facilitate/c/water/report?format=pdf")
    assert answer.status_code == 422
    assert "Reports as pdf are not built yet" in answer.text


def test_an_unknown_consultation_has_no_results(running: Running) -> None:
    browser = running.site.browser()
    assert browser.get("/c/nowhere/results").status_code == 404
    assert browser.get("/api/v1/consultations/nowhere/figures").status_code == 404


def test_the_figures_are_those_of_the_report(running: Running) -> None:
    client = running.facilitator()
    figures = client.get("/api/v1/consultations/water/figures").json()
    report = client.get("/api/v1/consultations/water/report?lang=pt").json()
    assert figures == report["figures"]
    assert report["language"] == "pt"
