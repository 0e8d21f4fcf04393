"""Reading a thread and writing in it through the API."""

from datetime import datetime, timedelta

import pytest

from app.consultations.models import Consultation
from app.discussion.api_models import PartOfDay, part_of_day
from app.discussion.models import Thread
from app.discussion.moderation import hide_post
from app.identity.models import Facilitator
from tests.api.conftest import Api, Water
from tests.conftest import CountQueries
from tests.factories import a_participation, a_post

POSTS = "consultations/water/threads/1/posts"


def fill(api: Api, water: Water, now: datetime, count: int) -> list[str]:
    """Write posts, two in each minute; return their ids in the order of the thread."""
    with api.site.database.writing() as session:
        consultation = session.get_one(Consultation, water.consultation_id)
        thread = session.get_one(Thread, water.thread_id)
        author = a_participation(session, consultation=consultation, now=now)
        posts = []
        for i in range(count):
            at = now - timedelta(minutes=count - i // 2)
            posts.append(a_post(session, thread=thread, author=author, now=at, body=f"Post {i}."))
        return [post.id for post in sorted(posts, key=lambda post: (post.written_at, post.id))]


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_page_by_page_every_post_is_read_once(
    api: Api, water: Water, now: datetime, limit: int
) -> None:
    written = fill(api, water, now, 7)
    read: list[str] = []
    after: str | None = None
    while True:
        asked = {"limit": limit} | ({"after": after} if after else {})
        answer = api.of().get(POSTS, params=asked).json()
        read += [post["id"] for post in answer["posts"]]
        after = answer["next"]
        if after is None:
            break
        assert after == read[-1]
    assert read == written


def test_who_asks_after_the_last_post_gets_what_came_since(
    api: Api, water: Water, now: datetime
) -> None:
    last = fill(api, water, now, 2)[-1]
    assert api.of().get(POSTS, params={"after": last}).json() == {"posts": [], "next": None}
    newer = api.participant().post(POSTS, json={"text": "Newer."}).json()["id"]
    answer = api.of().get(POSTS, params={"after": last}).json()
    assert [post["id"] for post in answer["posts"]] == [newer]


def test_a_post_that_was_taken_back_still_marks_its_place(
    api: Api, water: Water, now: datetime
) -> None:
    fill(api, water, now, 2)
    amina = api.participant()
    mine = amina.post(POSTS, json={"text": "Mine."}).json()["id"]
    assert amina.delete(f"posts/{mine}").status_code == 204
    answer = api.of().get(POSTS, params={"after": mine})
    assert answer.json() == {"posts": [], "next": None}
    unknown = api.of().get(POSTS, params={"after": "abcdefghjkmnpqrs"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "after_unknown")


def test_reading_takes_as_many_queries_for_10_posts_as_for_100(
    api: Api, water: Water, now: datetime, count_queries: CountQueries
) -> None:
    fill(api, water, now, 10)
    with count_queries(api.site.database, 6):
        assert len(api.of().get(POSTS, params={"limit": 100, "original": 1}).json()["posts"]) == 10
    fill(api, water, now, 90)
    with count_queries(api.site.database, 6):
        assert len(api.of().get(POSTS, params={"limit": 100, "original": 1}).json()["posts"]) == 100


def test_a_consultation_takes_as_many_queries_for_any_number_of_posts(
    api: Api, water: Water, now: datetime, count_queries: CountQueries
) -> None:
    fill(api, water, now, 10)
    with count_queries(api.site.database, 9):
        assert api.of().get("consultations/water").json()["threads"][0]["posts"] == 10
    fill(api, water, now, 90)
    with count_queries(api.site.database, 9):
        assert api.of().get("consultations/water").json()["threads"][0]["posts"] == 100


def test_the_language_is_detected_unless_it_is_said(api: Api, water: Water) -> None:
    amina = api.participant()
    text = "L'eau du puits est trouble depuis le mois de mars."
    detected = amina.post(POSTS, json={"text": text}).json()
    assert detected["original"] == {"text": text, "language": "fr"}
    said = amina.post(POSTS, json={"text": text + " Oui.", "language": "PT_br"}).json()
    assert said["original"]["language"] == "pt-BR"
    short = amina.post(POSTS, json={"text": "Ok"}).json()
    assert short["original"]["language"] == "en"  # says too little: as its writer usually writes


def test_line_ends_are_those_of_the_form_and_all_else_stays(api: Api, water: Water) -> None:
    amina = api.participant()
    text = " \r\nA\r\nB\tC  D 👩🏽‍🌾 e\u0301 \u200fمرحبا\u200c؟\n\n<b>&amp;</b>\r\n"
    sent = amina.post(POSTS, json={"text": text, "language": "en"})
    words = "A\nB\tC  D 👩🏽‍🌾 e\u0301 \u200fمرحبا\u200c؟\n\n<b>&amp;</b>"
    assert sent.json()["original"]["text"] == words
    again = amina.post(POSTS, json={"text": words, "language": "en"})
    assert (again.status_code, again.json()["id"]) == (200, sent.json()["id"])


def test_the_same_words_in_another_place_are_another_post(api: Api, water: Water) -> None:
    amina = api.participant()
    first = amina.post(POSTS, json={"text": "Yes."}).json()["id"]
    key = {"Idempotency-Key": "a-key-of-at-least-sixteen"}
    reply = amina.post(POSTS, json={"text": "Yes.", "reply_to": first}, headers=key)
    assert (reply.status_code, reply.json()["reply_to"]) == (201, first)
    other = amina.post(POSTS, json={"text": "No.", "reply_to": first}, headers=key)
    assert other.status_code == 201  # the key changes nothing: other words are another post


def test_a_post_is_changed_within_half_an_hour_and_taken_back_at_any_time(
    api: Api, water: Water
) -> None:
    amina = api.participant()
    post = f"posts/{amina.post(POSTS, json={'text': 'One.'}).json()['id']}"
    changed = amina.put(post, json={"text": "Two.", "language": "pt"})
    assert changed.status_code == 200
    assert changed.json()["original"] == {"text": "Two.", "language": "pt"}
    assert changed.json()["edited"] is True

    api.site.clock.advance(minutes=30)
    late = amina.put(post, json={"text": "Three."})
    assert (late.status_code, late.json()["code"]) == (409, "edit_window_over")
    assert [amina.delete(post).status_code for _ in range(2)] == [204, 204]
    gone = api.of().get(post).json()
    told = {name: gone[name] for name in ("state", "name", "original", "rendition", "renditions")}
    assert told == {
        "state": "withdrawn",
        "name": None,
        "original": None,
        "rendition": None,
        "renditions": [],
    }
    assert amina.get(post).json()["original"]["text"] == "Two."
    assert api.of().get(POSTS).json()["posts"] == []


def test_a_hidden_post_says_why_and_no_more(api: Api, water: Water, now: datetime) -> None:
    amina = api.participant()
    post_id = amina.post(POSTS, json={"text": "Names somebody."}).json()["id"]
    with api.site.database.writing() as session:
        hide_post(
            session,
            consultation_id=water.consultation_id,
            post_id=post_id,
            reason="It names a person.",
            language="en",
            facilitator_id=session.query(Facilitator).one().id,
            now=now,
        )
    hidden = api.of().get(f"posts/{post_id}").json()
    assert (hidden["state"], hidden["name"], hidden["original"]) == ("hidden", None, None)
    assert hidden["hidden_because"]["text"] == "It names a person."
    for known in (amina, api.of(water.facilitator)):
        assert known.get(f"posts/{post_id}").json()["original"]["text"] == "Names somebody."
    (mine,) = amina.get("me").json()["posts"]
    assert (mine["state"], mine["hidden_because"]["text"]) == ("hidden", "It names a person.")


def test_a_reply_needs_a_post_of_the_same_thread_that_is_shown(api: Api, water: Water) -> None:
    amina = api.participant()
    for reply_to, status in (("abcdefghjkmnpqrs", 404), ("not an id", 422), ("\0", 422)):
        answer = amina.post(POSTS, json={"text": "To whom?", "reply_to": reply_to})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (5, PartOfDay.NIGHT),
        (6, PartOfDay.MORNING),
        (11, PartOfDay.MORNING),
        (12, PartOfDay.AFTERNOON),
        (17, PartOfDay.AFTERNOON),
        (18, PartOfDay.EVENING),
        (20, PartOfDay.EVENING),
        (21, PartOfDay.NIGHT),
        (0, PartOfDay.NIGHT),
    ],
)
def test_the_part_of_a_day(now: datetime, hour: int, part: PartOfDay) -> None:
    assert part_of_day(now.replace(hour=hour)) == part


def test_the_day_is_that_of_the_consultation(api: Api, water: Water, now: datetime) -> None:
    amina = api.participant()
    api.site.clock.set(now.replace(hour=22))  # in Nairobi one o'clock, the day after
    sent = amina.post(POSTS, json={"text": "Late at night."}).json()
    assert (sent["written_on"], sent["part_of_day"]) == ("2026-03-11", "night")
