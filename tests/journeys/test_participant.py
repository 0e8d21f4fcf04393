"""The participant's whole way, over HTTP, without script."""

import re
from datetime import datetime, timedelta

import pytest

from app.translation.engine import EchoTranslator
from app.translation.worker import round_once
from tests.conftest import Clock, Site
from tests.factories import a_consultation, a_thread
from tests.journeys.people import somebody, typed_back, words_of


@pytest.fixture
def slug(site: Site, now: datetime) -> str:
    with site.database.writing() as session:
        consultation = a_consultation(session, now=now, slug="water", word_limit=50)
        a_thread(session, consultation=consultation, now=now, number=1)
        a_thread(
            session,
            consultation=consultation,
            now=now,
            number=2,
            title="Roads",
            question="Which road is missing?",
            opens_at=now + timedelta(hours=3),
        )
    return "water"


def translate(site: Site) -> None:
    engine = EchoTranslator(["en", "pt", "ar"])
    while round_once(site.database, engine, worker_name="w", now=site.clock()):
        pass


def test_from_the_first_visit_to_leaving(site: Site, slug: str, clock: Clock) -> None:
    amina = somebody(site, slug)
    assert "Water for all" in words_of(amina.browser.get("/"))
    assert "Where is a well missing?" in words_of(amina.browser.get(f"/c/{slug}"))

    joined = amina.joins("Amina")
    assert re.fullmatch(r"\d{4}( \d{4}){4} \d", amina.return_code)
    assert joined.cookies

    sent = amina.writes("Our well is <dry> & far.")
    assert sent.status_code == 303
    assert "Received." in words_of(amina.browser.get(sent.headers["location"]))
    assert "Our well is <dry> & far." in words_of(amina.reads())

    clock.advance(minutes=5)
    bento = somebody(site, slug, language="pt")
    bento.joins("Bento", country="", languages=["pt", "en"])
    translate(site)
    page = bento.reads()
    assert "[pt] Our well is <dry> & far." in words_of(page)
    assert 'lang="pt"' in page.text
    post = sent.headers["location"].partition("?")[0]
    permanent = words_of(bento.browser.get(post))
    assert "[pt] Our well is <dry> & far." in permanent
    assert permanent.count("Our well is <dry> & far.") == 2

    clock.advance(minutes=5)
    bento.writes("Onde fica?", language="pt", reply_to=post.rpartition("/")[2])
    translate(site)
    news = words_of(amina.browser.get(f"/c/{slug}/new"))
    assert "[en] Onde fica?" in news
    assert "Machine translation from Portuguese" in news
    amina.browser.post(f"/c/{slug}/new")
    assert "Nothing new." in words_of(amina.browser.get(f"/c/{slug}/new"))

    left = amina.browser.post("/leave")
    assert left.headers["clear-site-data"]
    assert "You are not signed in" in words_of(amina.browser.get("/me"))

    elsewhere = somebody(site, slug)
    back = elsewhere.browser.post("/return", data={"code": amina.return_code.replace(" ", "-")})
    assert back.status_code == 303
    assert "Our well is <dry> & far." in words_of(elsewhere.browser.get("/me"))


def test_a_thread_page_is_the_same_for_every_participant(site: Site, slug: str) -> None:
    amina, bento = somebody(site, slug), somebody(site, slug)
    amina.joins("Amina")
    bento.joins("Bento")
    amina.writes("Only the words.")
    assert amina.reads().content == bento.reads().content


def test_a_visitor_reads_but_does_not_write_and_loses_nothing(site: Site, slug: str) -> None:
    visitor = somebody(site, slug)
    refused = visitor.writes("  Words of a visitor\n\nthat stay. ")
    assert refused.status_code == 403
    assert typed_back(refused) == "  Words of a visitor\n\nthat stay. "


@pytest.mark.parametrize(
    ("said", "status", "says"),
    [
        ({"text": "   "}, 422, "Write something first."),
        ({"text": "word " * 51}, 422, "51 words; at most 50"),
        ({"text": "bell \x07"}, 422, "signs that cannot be shown"),
        ({"text": "Words.", "language": "xx"}, 422, "We do not know the language xx."),
        ({"text": "Words.", "reply_to": "nobodys"}, 404, "There is nothing here"),
    ],
)
def test_refused_words_come_back(
    site: Site, slug: str, said: dict[str, str], status: int, says: str
) -> None:
    amina = somebody(site, slug)
    amina.joins("Amina")
    refused = amina.browser.post(
        f"/c/{slug}/t/1/posts", data={"language": "en", "sure": "yes", **said}
    )
    assert (refused.status_code, says in words_of(refused)) == (status, True)
    assert typed_back(refused) == said["text"]


@pytest.mark.parametrize("text", ["Maji!", "Вода", "ماء\u200f", "水", "ရေ", "पानी 👍🏾"])
def test_words_of_every_script_come_back_from_a_closed_thread_and_can_be_held(
    site: Site, slug: str, clock: Clock, text: str
) -> None:
    amina = somebody(site, slug)
    amina.joins("Amina")
    early = amina.writes(text, thread=2)
    assert (early.status_code, typed_back(early)) == (409, text)
    clock.advance(days=2, hours=1)
    amina.browser.post("/return", data={"code": amina.return_code})
    late = amina.writes(text)
    assert late.status_code == 409
    assert "You can send it to the facilitators." in words_of(late)
    assert typed_back(late) == text
    held = amina.writes(text, late="yes")
    assert held.status_code == 303
    assert "Held: arrived after closing." in words_of(amina.browser.get(held.headers["location"]))
    assert text not in words_of(amina.reads())
    stranger = somebody(site, slug)
    assert stranger.browser.get(held.headers["location"]).status_code == 404


def test_an_ended_session_gives_the_words_back(site: Site, slug: str, clock: Clock) -> None:
    amina = somebody(site, slug)
    amina.joins("Amina")
    clock.advance(hours=12)
    refused = amina.writes("Typed for a long time.")
    assert refused.status_code == 403
    assert typed_back(refused) == "Typed for a long time."


def test_the_writer_is_asked_when_the_language_looks_different_and_always_wins(
    site: Site, slug: str
) -> None:
    text = "A aldeia precisa de água limpa e a escola está fechada desde o mês de março."
    amina = somebody(site, slug)
    amina.joins("Amina")
    asked = amina.writes(text, language="en", sure="")
    assert asked.status_code == 200
    assert "In which language did you write?" in words_of(asked)
    assert 'value="pt" checked' in asked.text
    assert typed_back(asked) == text
    wins = amina.writes(text, language="en")
    assert wins.status_code == 303
    shown = amina.browser.get(wins.headers["location"])
    assert "Original · English" in words_of(shown)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"name": " \u202e "}, "Write a name to be seen by."),
        ({"name": "x" * 61}, "This name is too long."),
        ({"country": "XX"}, "We do not know the country XX."),
        ({"languages": ["qq"]}, "We do not know the language qq."),
        ({"languages": []}, "Choose at least one language you read."),
        ({"quotation": "shout"}, "Choose how your words may be quoted."),
        ({"organisation_type": "cult"}, "Choose a kind of organisation"),
        ({"consent": ""}, "please tick that you agree"),
    ],
)
def test_a_refused_join_keeps_what_was_typed(
    site: Site, slug: str, said: dict[str, object], says: str
) -> None:
    amina = somebody(site, slug)
    refused = amina.joins("Amina O.", **said)
    assert refused.status_code == 422
    assert says in words_of(refused)
    if "name" not in said:
        assert 'value="Amina O."' in refused.text
    assert amina.return_code == ""


def test_a_join_form_sent_twice_is_one_person(site: Site, slug: str) -> None:
    first, again = somebody(site, slug), somebody(site, slug)
    first.joins("Amina", key="the key of one form")
    again.joins("Amina", key="the key of one form")
    assert again.return_code != first.return_code
    with site.database.reading() as session:
        from_db = session.connection().exec_driver_sql("SELECT count(*) FROM participations")
        assert from_db.scalar() == 1
    other = somebody(site, slug)
    assert other.browser.post("/return", data={"code": again.return_code}).status_code == 303


def test_a_post_is_changed_and_taken_back_by_its_author_only(
    site: Site, slug: str, clock: Clock
) -> None:
    amina, bento = somebody(site, slug), somebody(site, slug)
    amina.joins("Amina")
    bento.joins("Bento")
    post = amina.writes("Watter.").headers["location"].partition("?")[0].rpartition("/")[2]
    own = f"/me/posts/{post}"
    assert bento.browser.get(own).status_code == 404
    assert bento.browser.post(f"{own}/withdrawal").status_code == 404
    changed = amina.browser.post(f"{own}/revision", data={"text": "Water.", "language": "en"})
    assert changed.status_code == 303
    assert "Water." in words_of(bento.reads())
    long = amina.browser.post(f"{own}/revision", data={"text": "word " * 51, "language": "en"})
    assert (long.status_code, typed_back(long)) == (422, "word " * 51)
    amina.browser.post(f"{own}/quotation", data={"quotation": "none"})
    assert re.search(r'value="none" checked', amina.browser.get(own).text)
    clock.advance(minutes=31)
    assert "can be changed for 30 minutes" in words_of(amina.browser.get(own))
    amina.browser.post(f"{own}/withdrawal")
    assert "Water." not in words_of(bento.reads())
    assert "Its author took this post back." in words_of(bento.browser.get(f"/p/{post}"))


def test_a_consultation_by_invitation_shows_nothing_of_its_threads(
    site: Site, now: datetime
) -> None:
    with site.database.writing() as session:
        consultation = a_consultation(session, now=now, slug="closed-circle", by_invitation=True)
        a_thread(session, consultation=consultation, now=now, question="A secret question?")
    visitor = somebody(site, "closed-circle")
    assert "secret" not in visitor.browser.get("/c/closed-circle").text
    assert visitor.reads().status_code == 404
    refused = visitor.joins("Eve", invitation="AAAA BBBB CCCC DDDD")
    assert refused.status_code == 422
    assert "This invitation code does not work." in words_of(refused)


def test_pending_and_missing_translations_are_said(site: Site, slug: str) -> None:
    amina, bento = somebody(site, slug), somebody(site, slug, language="pt")
    amina.joins("Amina", languages=["en", "sw"])
    bento.joins("Bento", languages=["pt"])
    amina.writes("Water.")
    amina.writes("Maji ni uhai.", language="sw")
    assert "Water." in words_of(bento.reads())  # never a blank
    translate(site)
    page = words_of(bento.reads(lang="pt"))
    assert "[pt] Water." in page
    assert "Maji ni uhai." in page
    english = words_of(amina.reads(lang="en"))
    assert "No translation from Swahili: this is the original" in english


def test_what_one_wrote_oneself_is_not_new(site: Site, slug: str, clock: Clock) -> None:
    amina = somebody(site, slug)
    amina.joins("Amina")
    clock.advance(minutes=1)
    amina.writes("My own words.")
    assert "Nothing new." in words_of(amina.browser.get(f"/c/{slug}/new"))


def test_a_reply_to_what_was_taken_back_is_given_back_and_can_stand_alone(
    site: Site, slug: str
) -> None:
    amina, bento = somebody(site, slug), somebody(site, slug)
    amina.joins("Amina")
    bento.joins("Bento")
    post = amina.writes("Water.").headers["location"].partition("?")[0].rpartition("/")[2]
    amina.browser.post(f"/me/posts/{post}/withdrawal")
    refused = bento.writes("I agree.", reply_to=post)
    assert refused.status_code == 409
    assert "The post you answer is no longer shown." in words_of(refused)
    assert typed_back(refused) == "I agree."
    assert 'name="reply_to" value=""' in refused.text
    assert bento.writes("I agree.").status_code == 303


def test_a_closed_thread_offers_no_reply_and_says_why_before_anything_is_typed(
    site: Site, slug: str, clock: Clock
) -> None:
    amina = somebody(site, slug)
    amina.joins("Amina")
    amina.writes("Water.")
    assert "/write?to=" in amina.reads().text
    clock.advance(days=2, hours=1)
    amina.browser.post("/return", data={"code": amina.return_code})
    closed = amina.reads()
    assert "/write?to=" not in closed.text
    opened = amina.browser.get(f"/c/{slug}/t/1/write")
    assert "This thread closed on" in words_of(opened)
    assert "Your text was not posted" not in words_of(opened)


def test_the_original_of_a_translated_question_is_one_tap_away(site: Site, slug: str) -> None:
    bento = somebody(site, slug, language="pt")
    bento.joins("Bento", languages=["pt"])
    translate(site)
    for path in (f"/c/{slug}", f"/c/{slug}/t/1"):
        page = bento.browser.get(path).text
        details = re.findall(r"<details.*?</details>", page, re.S)
        assert any("Where is a well missing?" in shown for shown in details)
        assert "[pt] Where is a well missing?" in page
