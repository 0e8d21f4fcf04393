"""A consultation from joining to a closed thread, all through the API."""

from tests.api.conftest import Api, Water, joining

POSTS = "consultations/water/threads/1/posts"
CLOSURE = "consultations/water/threads/1/closure"


def test_two_people_who_share_no_language_speak_with_each_other(api: Api, water: Water) -> None:
    amina = api.of(api.join("water", name="Amina", languages=("en",)))
    joao = api.of(api.join("water", name="João", languages=("pt",)), language="pt")

    sent = {"text": "Our well has been dry since March."}
    first = amina.post(POSTS, json=sent)
    assert first.status_code == 201
    again = amina.post(POSTS, json=sent)
    assert (again.status_code, again.json()) == (200, first.json())
    post_id = first.json()["id"]
    assert first.headers["Location"] == f"/api/v1/posts/{post_id}"

    (before,) = joao.get(POSTS).json()["posts"]
    assert before["rendition"]["pending"] is False  # no engine is known yet
    api.translate()
    (read,) = joao.get(POSTS, params={"original": 1}).json()["posts"]
    assert read == {
        "id": post_id,
        "name": "Amina",
        "country": "KE",
        "written_on": "2026-03-10",
        "part_of_day": "afternoon",
        "edited": False,
        "reply_to": None,
        "rendition": {
            "text": "[pt] Our well has been dry since March.",
            "language": "pt",
            "source_language": "en",
            "by": "machine",
            "route": ["en", "pt"],
            "verdict": "show",
            "pending": False,
            "standing": "translated",
        },
        "original": {"text": "Our well has been dry since March.", "language": "en"},
    }

    reply = joao.post(POSTS, json={"text": "O nosso também, desde fevereiro.", "reply_to": post_id})
    assert reply.status_code == 201
    assert reply.json()["original"]["language"] == "pt"  # detected
    assert reply.json()["reply_to"] == post_id
    pending = amina.get(f"posts/{reply.json()['id']}").json()
    assert pending["rendition"]["pending"] is True
    api.translate()
    answered = amina.get(f"posts/{reply.json()['id']}").json()
    assert answered["rendition"]["text"] == "[en] O nosso também, desde fevereiro."
    assert [r["language"] for r in answered["renditions"]] == ["en"]


def test_a_closed_thread_refuses_holds_and_opens_again(api: Api, water: Water) -> None:
    amina, desk = api.of(api.join("water")), api.of(water.facilitator)
    amina.post(POSTS, json={"text": "Early enough."})

    closed = desk.post(CLOSURE, json={"reason": "We have what we need."})
    assert closed.status_code == 200
    assert closed.json()["is_open"] is False
    assert closed.json()["closed_because"]["text"] == "We have what we need."

    late = amina.post(POSTS, json={"text": "Too late."})
    assert late.status_code == 409
    assert late.headers["content-type"] == "application/problem+json"
    assert late.json()["code"] == "thread_closed"
    resent = amina.post(POSTS, json={"text": "Early enough."})
    assert resent.status_code == 200  # received before closing: the same post still

    held = amina.post(POSTS, json={"text": "Too late.", "late": True})
    assert (held.status_code, held.json()["state"]) == (201, "held")
    held_at = f"posts/{held.json()['id']}"
    assert api.of().get(held_at).status_code == 404
    assert desk.get(held_at).json()["original"]["text"] == "Too late."

    opened = desk.delete(CLOSURE)
    assert (opened.status_code, opened.json()["is_open"]) == (200, True)
    assert amina.post(POSTS, json={"text": "In time again."}).status_code == 201
    assert desk.post(CLOSURE).status_code == 200  # without a reason: no body at all


def test_a_consultation_closes_early_and_is_extended(api: Api, water: Water) -> None:
    desk, closure = api.of(water.facilitator), "consultations/water/closure"
    without = desk.post(closure, json={"reason": " "})
    assert (without.status_code, without.json()["field"]) == (422, "reason")

    closed = desk.post(closure, json={"reason": "The road is flooded.", "language": "en"})
    assert closed.status_code == 200
    assert closed.json()["phase"] == "closed"
    assert closed.json()["closes_at"] == "2026-03-10T12:00:00Z"
    api.site.clock.advance(hours=1)
    assert desk.post(closure, json={"reason": "Again."}).status_code == 409
    joined = api.of().post("consultations/water/participants", json=joining())
    assert (joined.status_code, joined.json()["code"]) == (409, "consultation_closed")

    past = {"closes_at": "2026-03-09T12:00:00Z", "reason": "The road is dry."}
    refused = desk.request("DELETE", closure, json=past)
    assert (refused.status_code, refused.json()["field"]) == (422, "closes_at")
    later = {"closes_at": "2026-03-12T20:00:00+03:00", "reason": "The road is dry."}
    opened = desk.request("DELETE", closure, json=later)
    assert opened.status_code == 200
    assert (opened.json()["phase"], opened.json()["closes_at"]) == ("open", "2026-03-12T17:00:00Z")

    call = api.of().get("consultations/water").json()
    reasons = [change["reason"]["text"] for change in call["changes"]]
    assert reasons == ["The road is dry.", "The road is flooded."]
