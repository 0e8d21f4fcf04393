"""The desk over HTTP: making and changing a consultation; what is refused comes back as typed."""

import re
from datetime import datetime, timedelta

import pytest

from app.consultations.queries import consultation, invitations
from tests.conftest import Clock, Site
from tests.consultations.desks import Desk, field, make_desk, reason_beside
from tests.journeys.people import words_of

NEW = {
    "language": "en",
    "title": "Roads <for> all",
    "brief": "Which road?\nAnd why?",
    "organiser": "The Road & Bridge Council",
    "timezone": "Africa/Cairo",
    "opens": "2026-10-29T23:30",
    "closes": "2026-11-02T18:00",
    "who": "invited",
    "promise": "We report.",
    "results_due_on": "2026-12-01",
    "consent": "I agree.",
    "slug": "",
    "word_limit": "300",
    "small_count": "5",
}


@pytest.fixture
def desk(site: Site, now: datetime) -> Desk:
    return make_desk(site, now)


def test_a_consultation_is_made_after_the_choice_of_a_doubled_hour(desk: Desk) -> None:
    form = desk.facilitator.get("/facilitate/new")
    assert field(form, "small_count") == "5"
    assert "of my own free will" in field(form, "consent")
    refused = desk.facilitator.post("/facilitate/new", data=NEW)
    assert refused.status_code == 422
    assert "23:30 comes twice" in reason_beside(refused, "opens")
    for name in set(NEW) - {"who"}:
        assert field(refused, name) == NEW[name]
    assert re.search(r'value="invited" checked', refused.text)
    assert 'name="opens_choice" value="second"' in refused.text
    assert 'name="closes_choice"' not in refused.text
    chosen = NEW | {"opens_choice": "second"}
    page = desk.follow(desk.facilitator.post("/facilitate/new", data=chosen))
    assert "Roads <for> all" in words_of(page)
    assert "Created. Now add the first question." in words_of(page)
    with desk.site.database.reading() as session:
        made = consultation(session, "roads-for-all")
        assert made is not None
        assert made.schedule.opens_at.isoformat() == "2026-10-29T21:30:00+00:00"
        assert made.by_invitation
    assert "Roads <for> all" in words_of(desk.facilitator.get("/facilitate"))
    for who, browser in desk.strangers.items():
        answer = browser.get("/facilitate/c/roads-for-all")
        assert (who, answer.status_code) == (who, 403 if who == "a visitor" else 404)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("title", " ", "Write a title"),
        ("brief", "word " * 1001, "at most 1000 fit"),
        ("timezone", "Cairo", "Choose the time zone"),
        ("closes", "2026-10-01T10:00", "must be after the opening"),
        ("opens", "soon", "Give day and time"),
        ("small_count", "2", "from 3 to 50"),
        ("slug", "Wa ter", "letters a to z"),
    ],
)
def test_a_refused_draft_comes_back_whole(desk: Desk, name: str, value: str, reason: str) -> None:
    form = NEW | {"opens": "2026-10-28T09:00", name: value}
    refused = desk.facilitator.post("/facilitate/new", data=form)
    assert refused.status_code == 422
    assert reason in reason_beside(refused, name)
    for other in set(form) - {"who", "timezone"}:
        assert field(refused, other) == form[other].strip("\n")
    assert f'href="#{name}"' in refused.text


@pytest.mark.parametrize(
    "place",
    [
        "",
        "/announce",
        "/facilitators",
        "/held",
        "/invitations",
        "/people",
        "/schedule",
        "/schedule/close",
        "/settings",
        "/threads",
        "/threads/1",
        "/threads/new",
        "/words",
    ],
)
def test_nobody_else_gets_in(desk: Desk, place: str) -> None:
    assert desk.get(place).status_code == 200
    for who, browser in desk.strangers.items():
        answer = browser.get(f"/facilitate/c/water{place}")
        assert (who, answer.status_code) == (who, 403 if who == "a visitor" else 404)
        assert "Water for all" not in answer.text


def test_words_are_changed_and_two_tabs_notice_each_other(desk: Desk) -> None:
    form = desk.get("/words")
    names = ("seen", "language", "title", "brief", "organiser", "promise", "consent")
    typed = {name: field(form, name) for name in names} | {"consent": "I agree."}
    first = desk.post_to("/words", **typed | {"title": "Water for everybody"})
    assert "Saved." in words_of(desk.follow(first))
    second = desk.post_to("/words", **typed | {"title": "Water <now>"})
    assert second.status_code == 409
    assert "Somebody else changed these words" in words_of(second)
    assert field(second, "title") == "Water <now>"
    again = desk.post_to(
        "/words", **typed | {"title": "Water <now>", "seen": field(second, "seen")}
    )
    assert "Water <now>" in words_of(desk.follow(again))
    assert desk.verbs() == ["changed the words of a consultation"] * 2
    refused = desk.post_to("/words", **typed | {"brief": "", "promise": "Kept."})
    assert "Write what you ask" in reason_beside(refused, "brief")
    assert field(refused, "promise") == "Kept."


def test_times_are_extended_with_a_reason_all_can_read(desk: Desk, now: datetime) -> None:
    before = desk.row().closes_at
    assert field(desk.get("/schedule"), "closes") == "2026-03-12T15:00"  # in Nairobi
    refused = desk.post_to("/schedule", closes="2026-03-13T15:00", text=" ", language="pt")
    assert "Write the reason" in reason_beside(refused, "text")
    assert (field(refused, "closes"), field(refused, "language")) == ("2026-03-13T15:00", "pt")
    assert desk.row().closes_at == before
    done = desk.post_to("/schedule", closes="2026-03-13T15:00", text="<Rain>.", language="en")
    assert "<Rain>." in words_of(desk.follow(done))
    assert desk.row().closes_at == before + timedelta(days=1)
    assert "<Rain>." in words_of(desk.strangers["a visitor"].get("/c/water"))
    past = desk.post_to("/schedule", closes="2026-03-01T15:00", text="Why not", language="en")
    assert "already over" in reason_beside(past, "closes")
    assert field(past, "text") == "Why not"


def test_it_is_closed_now_and_opened_again(desk: Desk, clock: Clock) -> None:
    refused = desk.post_to("/schedule/close", text="", language="en")
    assert "Write the reason" in reason_beside(refused, "text")
    assert "Closed." in words_of(
        desk.follow(desk.post_to("/schedule/close", text="Enough.", language="en"))
    )
    assert desk.row().closes_at == clock.now
    clock.advance(minutes=5)
    twice = desk.post_to("/schedule/close", text="Enough!", language="en")
    assert twice.status_code == 409
    assert field(twice, "text") == "Enough!"
    again = desk.post_to("/schedule", closes="2026-03-20T12:00", text="More time.", language="en")
    assert "More time." in words_of(desk.follow(again))
    assert desk.verbs() == ["closed a consultation early", "opened a consultation again"]


def test_the_report_is_published_only_once_it_is_over(desk: Desk, clock: Clock) -> None:
    early = desk.post_to("/settings/publish")
    assert early.status_code == 409
    assert "once the consultation has closed" in words_of(early)
    clock.advance(days=3)
    desk.sign_in_again()
    assert "Published." in words_of(desk.follow(desk.post_to("/settings/publish")))
    assert desk.row().published_at == clock.now
    assert "Taken back." in words_of(desk.follow(desk.post_to("/settings/unpublish")))
    assert desk.row().published_at is None


def test_settings_and_languages(desk: Desk) -> None:
    refused = desk.post_to("/settings", who="invited", word_limit="lots", small_count="4")
    assert "from 20 to 5000" in reason_beside(refused, "word_limit")
    assert (field(refused, "word_limit"), field(refused, "small_count")) == ("lots", "4")
    assert 'value="invited" checked' in refused.text
    assert not desk.row().by_invitation
    desk.follow(desk.post_to("/settings", who="invited", word_limit="200", small_count="4"))
    assert (desk.row().by_invitation, desk.row().word_limit) == (True, 200)
    page = desk.follow(desk.post_to("/settings/languages", offered="so"))
    assert "Somali" in words_of(page)
    unknown = desk.post_to("/settings/languages", offered="xx")
    assert "We do not know the language xx" in reason_beside(unknown, "offered")


def test_announcements_are_read_on_the_call_page(desk: Desk) -> None:
    refused = desk.post_to("/announce", text="a\x07b", language="pt")
    assert refused.status_code == 422
    assert (field(refused, "text"), field(refused, "language")) == ("a\x07b", "pt")
    desk.follow(desk.post_to("/announce", text="Tonight <we> talk.", language="en"))
    assert "Tonight <we> talk." in words_of(desk.strangers["a visitor"].get("/c/water"))
    assert desk.verbs() == ["announced something"]


def test_an_invitation_is_shown_once_and_lets_people_in(site: Site, now: datetime) -> None:
    desk = make_desk(site, now, by_invitation=True)
    refused = desk.post_to("/invitations", label="Kisumu", cap="0", expires="2026-03-12T15:00")
    assert "from 1 to 5000" in reason_beside(refused, "cap")
    assert field(refused, "label") == "Kisumu"
    made = desk.post_to("/invitations", label="Kisumu", cap="2", expires="2026-03-12T15:00")
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    shown = re.search(r'<p class="code"><bdi dir="ltr">([^<]+)</bdi>', made.text)
    assert shown is not None
    assert shown[1] not in desk.get("/invitations").text
    with site.database.reading() as session:
        [one] = invitations(session, desk.id)
    joined = site.browser().post(
        "/c/water/join",
        data={
            "invitation": shown[1].lower().replace(" ", "-"),
            "name": "Bento",
            "languages": ["pt"],
            "quotation": "none",
            "consent": "yes",
        },
    )
    assert joined.status_code == 200
    assert "1 of 2 have joined with it" in words_of(desk.get("/invitations"))
    assert "Revoked." in words_of(desk.follow(desk.post_to(f"/invitations/{one.id}/revoke")))
    assert desk.verbs() == ["made an invitation", "revoked an invitation"]


def test_another_facilitator_is_added_and_removed(desk: Desk) -> None:
    refused = desk.post_to("/facilitators/add", name="Nobody <here>")
    assert refused.status_code == 422
    assert "no facilitator called Nobody <here>" in reason_beside(refused, "name")
    assert field(refused, "name") == "Nobody <here>"
    assert "Moussa" in words_of(desk.follow(desk.post_to("/facilitators/add", name=" Moussa ")))
    moussa = desk.strangers["a facilitator elsewhere"]
    assert moussa.get("/facilitate/c/water").status_code == 200
    desk.follow(desk.post_to("/facilitators/remove", name="Moussa"))
    assert moussa.get("/facilitate/c/water").status_code == 404
    last = desk.post_to("/facilitators/remove", name="Grace")
    assert "Somebody must run this consultation" in words_of(last)


def test_a_change_of_roles_asks_for_a_fresh_sign_in(desk: Desk, clock: Clock) -> None:
    for _ in range(3):
        clock.advance(minutes=15)
        assert desk.get().status_code == 200
        desk.site.write_notes()
    refused = desk.post_to("/facilitators/add", name="Moussa")
    assert refused.status_code == 403
    assert 'href="/facilitate/sign-in"' in refused.text
    assert field(refused, "name") == "Moussa"
    assert desk.post_to("/announce", text="Still here.", language="en").status_code == 303
