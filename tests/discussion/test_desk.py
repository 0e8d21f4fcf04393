"""The desk over HTTP: what needs doing, figures to the unit, questions, posts, people."""

from datetime import datetime, timedelta

import pytest

from app.database import Database
from app.discussion.desk_figures import live_figures, reaches
from app.discussion.desk_queries import PEOPLE_PER_PAGE, desk_people, desk_posts
from app.discussion.models import Hiding, Thread
from app.discussion.queries import post_facts
from app.reports.queries import consultation_figures
from app.translation.actions import refresh_routes
from app.translation.engine import RouteOffered
from tests.conftest import Clock, CountQueries, Site
from tests.consultations.desks import Desk, field, make_desk, reason_beside
from tests.factories import (
    a_consultation,
    a_facilitator,
    a_participation,
    a_post,
    a_text,
    a_thread,
)
from tests.journeys.people import somebody, typed_back, words_of

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(site: Site, now: datetime) -> Desk:
    return make_desk(site, now)


# --- figures --------------------------------------------------------------------------------------


def test_the_figures_are_right_to_the_unit_and_those_of_the_report(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        made = a_consultation(session, now=now)
        first = a_thread(session, consultation=made, now=now)
        second = a_thread(session, consultation=made, now=now, number=2)
        facilitator = a_facilitator(session, now=now)
        people = [
            a_participation(
                session,
                consultation=made,
                now=now,
                country=country,
                languages=languages,
                arrived_at=now if arrived else None,
            )
            for country, languages, arrived in (
                ("KE", ("sw", "en"), True),
                ("KE", ("en",), True),
                ("BR", ("pt",), False),
                (None, ("en",), True),
            )
        ]
        people[2].removed_at = now
        posts = [
            a_post(session, thread=place, author=author, now=now, language=language, body=body)
            for place, author, language, body in (
                (first, people[0], "sw", "Maji."),
                (first, people[0], "sw", "Maji tena."),
                (second, people[1], "en", "Hidden."),
                (second, people[2], "pt", "Withdrawn."),
                (second, people[3], "en", "Held."),
                (second, people[3], "en", "Held, then hidden."),
                (second, people[3], "en", "Water."),
            )
        ]
        posts[3].withdrawn_at = now
        posts[4].held_at = posts[5].held_at = now
        for hidden in (posts[2], posts[5]):
            reason = a_text(session, readership_id=made.readership_id, now=now)
            session.add(
                Hiding(
                    post_id=hidden.id,
                    hidden_at=now,
                    hidden_by=facilitator.id,
                    reason_id=reason.id,
                )
            )
        # Somebody else's consultation counts for nothing here.
        other = a_consultation(session, now=now)
        place = a_thread(session, consultation=other, now=now)
        stranger = a_participation(session, consultation=other, now=now, country="NP")
        a_post(session, thread=place, author=stranger, now=now)
        session.flush()
        consultation_id = made.id
    with database.reading() as session:
        live = live_figures(session, consultation_id=consultation_id, imported=False)
        report = consultation_figures(session, consultation_id=consultation_id)
    assert (live.registered, live.arrived, live.contributed) == (4, 3, 2)
    assert (live.countries_registered, live.countries_contributed) == (2, 1)
    assert (live.posts, live.waiting, live.hidden, live.withdrawn) == (3, 1, 2, 1)
    assert live.by_language == (("sw", 2), ("en", 1))
    assert live.readers == (("en", 3), ("sw", 1))
    for name in ("registered", "arrived", "contributed", "posts"):
        assert getattr(live, name) == getattr(report, name)
    for name in ("countries_registered", "countries_contributed"):
        assert getattr(live, name) == getattr(report, name)


def test_arrivals_of_an_import_are_not_known(database: Database, now: datetime) -> None:
    with database.writing() as session:
        made = a_consultation(session, now=now)
        a_participation(session, consultation=made, now=now)
    with database.reading() as session:
        assert live_figures(session, consultation_id=made.id, imported=True).arrived is None
        assert live_figures(session, consultation_id=made.id, imported=False).arrived == 0


def test_who_can_read_whom(database: Database, now: datetime) -> None:
    with database.writing() as session:
        made = a_consultation(session, now=now, languages=("en", "pt-BR"))
        a_text(session, readership_id=made.readership_id, now=now, language="ar")
        a_text(session, readership_id=made.readership_id, now=now, language="so")
    written = ["en", "pt", "ar", "so"]
    with database.reading() as session:
        assert reaches(session, readership_id=made.readership_id, written=written) == ()
    offered = [
        RouteOffered("ar", "en", ("ar", "en"), "e"),
        RouteOffered("en", "pt", ("en", "pt"), "e"),
        RouteOffered("ar", "pt", ("ar", "en", "pt"), "e"),
    ]
    with database.writing() as session:
        refresh_routes(session, routes=offered)
    with database.reading() as session:
        english, brazilian = reaches(session, readership_id=made.readership_id, written=written)
    assert (english.as_is, english.direct) == (("en",), ("ar",))
    assert (english.through, english.not_at_all) == ((), ("pt", "so"))
    assert (brazilian.as_is, brazilian.direct) == (("pt",), ("en",))
    assert (brazilian.through, brazilian.not_at_all) == ((("ar", "en"),), ("so",))


@pytest.mark.parametrize("posts", [10, 60])
def test_queries_do_not_grow_with_posts(
    database: Database, now: datetime, count_queries: CountQueries, posts: int
) -> None:
    with database.writing() as session:
        made = a_consultation(session, now=now)
        place = a_thread(session, consultation=made, now=now)
        for number in range(posts):
            author = a_participation(session, consultation=made, now=now)
            a_post(session, thread=place, author=author, now=now, body=f"Post {number}.")
    with database.reading() as session, count_queries(database, 5):
        live_figures(session, consultation_id=made.id, imported=False)
    with database.reading() as session, count_queries(database, 4):
        assert desk_posts(session, thread_id=place.id, reader="en", page=9).total == posts
    with database.reading() as session, count_queries(database, 4):
        found = desk_people(session, consultation_id=made.id, page=1)
        assert len(found.people) == min(posts, PEOPLE_PER_PAGE)


# --- the desk -------------------------------------------------------------------------------------


def test_the_desk_says_what_is_needed_and_how_it_goes(desk: Desk) -> None:
    page = words_of(desk.get())
    assert "You have not said what happens with people's words." in page
    assert "You have not said when the results will be back." in page
    assert "Registered people who joined 1" in page
    assert "Posts shown, replies included 1" in page
    assert "Open. Closes in 2 days." in page
    assert 'lang="pt"' not in desk.get().text.partition("<main")[2].partition("</main>")[0]


def test_what_is_urgent_comes_first(site: Site, now: datetime) -> None:
    desk = make_desk(site, now, closes_at=now + 3 * HOUR, by_invitation=True)
    page = words_of(desk.get())
    order = (
        "no code works now",
        "The consultation closes in 3 hours.",
        "You have not said what happens",
    )
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    desk.post_to("/invitations", label="All", cap="9", expires="2026-03-10T17:00")
    assert "no code works now" not in words_of(desk.get())


def test_nothing_to_do_says_what_is_next(site: Site, now: datetime) -> None:
    desk = make_desk(site, now)
    words = {"title": "T", "brief": "B", "organiser": "O", "promise": "P", "consent": "C"}
    form = desk.get("/words")
    desk.follow(
        desk.post_to(
            "/words",
            **words,
            language="en",
            results_due_on="2026-04-01",
            seen=field(form, "seen"),
        )
    )
    page = words_of(desk.get())
    assert "Nothing needs you now. The consultation closes in 2 days." in page


# --- questions ------------------------------------------------------------------------------------


def test_a_question_is_added_with_times_of_its_own(desk: Desk) -> None:
    typed = {
        "title": "Roads & <bridges>",
        "question": "Which\nroad?",
        "language": "pt",
        "opens": "2026-03-11T09:00",
        "closes": "2026-03-11T08:00",
        "theme_on": "2026-03-11",
    }
    refused = desk.post_to("/threads/new", **typed)
    assert refused.status_code == 422
    assert "must be after the opening" in reason_beside(refused, "closes")
    for name, value in typed.items():
        assert field(refused, name) == value
    page = desk.follow(desk.post_to("/threads/new", **typed | {"closes": "2026-03-12T08:00"}))
    assert "2. Roads & <bridges>" in words_of(page)
    assert "Opens Wed, Mar 11, 9:00" in words_of(page).replace("\u202f", " ")
    form = desk.get("/threads/2/words")
    assert (field(form, "opens"), field(form, "closes")) == ("2026-03-11T09:00", "2026-03-12T08:00")
    outside = {"title": "T", "question": "Q", "language": "en", "opens": "2026-05-01T09:00"}
    never = desk.post_to("/threads/2/words", **outside)
    assert "This thread never would be" in reason_beside(never, "opens")
    desk.follow(desk.post_to("/threads/2/words", **outside | {"opens": ""}))
    assert desk.verbs() == ["added a thread", "changed a thread"]


def test_a_question_is_closed_with_a_reason_and_opened_again(desk: Desk, clock: Clock) -> None:
    assert "Open until" in words_of(desk.get("/threads"))
    refused = desk.post_to("/threads/1/close", text="x" * 9000, language="pt")
    assert refused.status_code == 422
    assert (field(refused, "text"), field(refused, "language")) == ("x" * 9000, "pt")
    page = desk.follow(desk.post_to("/threads/1/close", text="We <heard> you.", language="en"))
    assert "Closed by a facilitator" in words_of(page)
    assert "We <heard> you." in words_of(page)
    assert "We <heard> you." in words_of(desk.strangers["a visitor"].get("/c/water/t/1"))
    clock.advance(minutes=1)
    assert "Open until" in words_of(desk.follow(desk.post_to("/threads/1/open")))
    assert desk.verbs() == ["closed a thread", "opened a thread"]


def test_no_question_opens_when_the_consultation_is_over(desk: Desk, clock: Clock) -> None:
    clock.advance(days=3)
    desk.sign_in_again()
    assert "Open it now" not in words_of(desk.get("/threads"))
    refused = desk.post_to("/threads/1/open")
    assert refused.status_code == 409
    assert "Extend it first" in words_of(refused)


def test_a_summary_is_written_on_from_the_newest(desk: Desk) -> None:
    refused = desk.post_to("/threads/1/summary", text=" \n", language="pt")
    assert "Write the summary." in reason_beside(refused, "text")
    desk.follow(desk.post_to("/threads/1/summary", text="Poços <secos>.", language="pt"))
    form = desk.get("/threads/1/summary")
    assert (field(form, "text"), field(form, "language")) == ("Poços <secos>.", "pt")
    assert "Poços <secos>." in words_of(desk.strangers["a visitor"].get("/c/water/t/1"))


def test_a_question_that_is_not_there(desk: Desk) -> None:
    for place in ("/threads/9", "/threads/9/words", "/threads/9/close", "/threads/9/summary"):
        assert desk.get(place).status_code == 404
    assert desk.post_to("/threads/9/open").status_code == 404


# --- posts ----------------------------------------------------------------------------------------


def test_a_post_is_hidden_and_shown_again(desk: Desk) -> None:
    visitor = desk.strangers["a visitor"]
    words = "Our well has been dry since March."
    refused = desk.post_to(f"/posts/{desk.post}/hide", text="", language="pt")
    assert "Write the reason" in reason_beside(refused, "text")
    assert words in words_of(refused)
    page = desk.follow(
        desk.post_to(f"/posts/{desk.post}/hide", text="It names <somebody>.", language="en")
    )
    assert "Hidden. The reason: It names <somebody>." in words_of(page)
    assert words not in words_of(visitor.get("/c/water/t/1"))
    author = desk.strangers["a participant"].get(f"/p/{desk.post}")
    assert "It names <somebody>." in words_of(author)
    page = desk.follow(desk.post_to(f"/posts/{desk.post}/unhide"))
    assert "Shown again to everybody." in words_of(page)
    assert words in words_of(visitor.get("/c/water/t/1"))
    assert desk.verbs() == ["hid a post", "showed a post again"]


def test_a_hidden_post_of_a_later_page_is_shown_on_its_page(desk: Desk, now: datetime) -> None:
    with desk.site.database.writing() as session:
        place = session.get_one(Thread, str(post_thread(desk)))
        made = [
            a_post(
                session,
                thread=place,
                author=a_participation(session, consultation=desk.row(), now=now),
                now=now + number * timedelta(seconds=1),
                body=f"Post {number}.",
            )
            for number in range(1, 25)
        ]
    page = desk.follow(desk.post_to(f"/posts/{made[22].id}/hide", text="So.", language="en"))
    assert "Hidden. The reason: So." in words_of(page)
    assert "Post 1." not in words_of(page)


def post_thread(desk: Desk) -> str:
    with desk.site.database.reading() as session:
        found = post_facts(session, desk.post)
        assert found is not None
        return found.thread_id


def test_late_posts_are_let_in_or_kept_out(desk: Desk, clock: Clock) -> None:
    author = somebody(desk.site, "water")
    author.joins("Zawadi")
    desk.post_to("/threads/1/close", text="", language="en")
    clock.advance(minutes=1)
    author.writes("Late but <true>.", late="yes")
    author.writes("Late and rude.", late="yes")
    assert "wait for you: 2" in words_of(desk.facilitator.get("/facilitate"))
    assert "wait for you: 2" in words_of(desk.get())
    held = desk.get("/held").text
    assert held.count("/admit") == 2
    first, second = (part.partition("/")[0] for part in held.split("/posts/")[1::2])
    assert "Let in." in words_of(desk.follow(desk.post_to(f"/posts/{first}/admit")))
    kept = desk.follow(desk.post_to(f"/posts/{second}/hide", text="Rude.", language="en"))
    assert "Kept out." in words_of(kept)
    assert "None is waiting." in words_of(kept)
    seen = words_of(desk.strangers["a visitor"].get("/c/water/t/1"))
    assert ("Late but <true>." in seen) != ("Late and rude." in seen)
    assert sorted(desk.verbs()) == ["closed a thread", "hid a post", "let a late post in"]


def test_posts_of_another_consultation_are_not_there(desk: Desk, now: datetime) -> None:
    with desk.site.database.writing() as session:
        other = a_consultation(session, now=now)
        theirs = a_post(
            session,
            thread=a_thread(session, consultation=other, now=now),
            author=a_participation(session, consultation=other, now=now),
            now=now,
        )
    for act in ("hide", "unhide", "admit"):
        answer = desk.post_to(f"/posts/{theirs.id}/{act}", text="So.", language="en")
        assert (act, answer.status_code) == (act, 404)
    assert desk.verbs() == []


@pytest.mark.parametrize(
    "place",
    [
        "/posts/{post}/hide",
        "/posts/{post}/unhide",
        "/people/{participant}/remove",
        "/threads/1/close",
        "/threads/1/open",
        "/threads/1/summary",
        "/threads/new",
        "/words",
    ],
)
def test_nobody_else_acts(desk: Desk, place: str) -> None:
    address = "/facilitate/c/water" + place.format(post=desk.post, participant=desk.participant)
    for who, browser in desk.strangers.items():
        form = {"text": "Words.", "language": "en", "title": "T", "question": "Q", "brief": "B"}
        answer = browser.post(address, data=form)
        assert (who, answer.status_code) == (who, 403 if who == "a visitor" else 404)
    assert desk.verbs() == []


def test_whoever_wrote_until_the_sign_in_was_over_keeps_the_words(desk: Desk, clock: Clock) -> None:
    form = {"title": "Roads", "question": "\nWhich <road>?\nWhy?", "language": "en"}
    clock.advance(hours=1)
    answer = desk.post_to("/threads/new", **form)
    assert answer.status_code == 403
    assert "You are not signed in as a facilitator any more." in words_of(answer)
    assert typed_back(answer) == "Roads\n\n\nWhich <road>?\nWhy?"
    assert 'href="/facilitate/sign-in"' in answer.text


# --- people ---------------------------------------------------------------------------------------


def test_people_are_listed_and_the_look_is_logged(desk: Desk) -> None:
    page = words_of(desk.get("/people"))
    assert "People who joined: 1." in page
    assert "Amina Kenya · 1 post reads: Portuguese, English" in page
    assert desk.verbs() == ["looked at the list of people"]


def test_somebody_is_removed_and_let_back(desk: Desk) -> None:
    amina = desk.strangers["a participant"]
    words = {"text": "More.", "language": "en", "sure": "yes"}
    page = desk.follow(desk.post_to(f"/people/{desk.participant}/remove"))
    assert "They cannot write any more." in words_of(page)
    assert amina.post("/c/water/t/1/posts", data=words).status_code == 403
    page = desk.follow(desk.post_to(f"/people/{desk.participant}/let-back"))
    assert "They cannot write any more." not in words_of(page)
    assert amina.post("/c/water/t/1/posts", data=words).status_code == 303
    acts = [verb for verb in desk.verbs() if not verb.startswith("looked")]
    assert acts == ["removed a participant", "let a participant back in"]


def test_people_are_shown_only_after_a_fresh_sign_in(desk: Desk, clock: Clock) -> None:
    for _ in range(2):
        clock.advance(minutes=15)
        assert desk.get().status_code == 200
        desk.site.write_notes()
    for answer in (desk.get("/people"), desk.post_to(f"/people/{desk.participant}/remove")):
        assert answer.status_code == 403
        assert 'href="/facilitate/sign-in"' in answer.text
        assert "Amina" not in answer.text
    assert desk.verbs() == []
    desk.sign_in_again()
    assert desk.get("/people").status_code == 200
