"""Whatever is sent, the API never breaks, and words come back as they were sent."""

import json
import unicodedata
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.web.forms import same_line_ends
from tests.api.conftest import Api, Water, joining

JSON = {"Content-Type": "application/json"}

FUZZ = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SCRIPTS = st.text(
    st.characters(exclude_categories=["Cc"]) | st.sampled_from("\n\t\r\u2028\u200c\u202e👩🏽‍🌾ߊ")
)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=20)
    | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def mangled(body: dict[str, Any], names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies in which any of the fields is something else, missing, or unheard of."""
    change = st.dictionaries(st.sampled_from(names) | st.text(max_size=5), anything, max_size=3)
    return st.tuples(change, st.sets(st.sampled_from(names), max_size=1)).map(
        lambda drawn: {n: v for n, v in {**body, **drawn[0]}.items() if n not in drawn[1]}
    )


def sent(body: object) -> bytes:
    return json.dumps(body).encode()


def taken_or_refused(answer: Any, *taken: int) -> None:
    assert answer.status_code in (*taken, 400, 404, 409, 422), answer.text
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] not in ("fault", "http")


@FUZZ
@given(body=mangled(joining(), [*joining(), "organisation_type", "quotation", "invitation"]))
def test_joining_with_anything(api: Api, water: Water, body: dict[str, Any]) -> None:
    address = "consultations/water/participants"
    taken_or_refused(api.of().post(address, content=sent(body), headers=JSON), 201)


@pytest.fixture
def amina(api: Api, water: Water) -> TestClient:
    return api.participant()


@FUZZ
@given(body=mangled({"text": "Yes."}, ["text", "language", "reply_to", "late", "quotation"]))
def test_posting_anything(amina: TestClient, body: dict[str, Any]) -> None:
    address = "consultations/water/threads/1/posts"
    taken_or_refused(amina.post(address, content=sent(body), headers=JSON), 200, 201)


@FUZZ
@given(body=mangled({"closes_at": "2026-03-13T12:00:00Z", "reason": "Rain."}, ["closes_at"]))
@example(body={"closes_at": "9999-12-31T23:59:59-12:00", "reason": "Rain."})
@example(body={"closes_at": "0001-01-01T00:00:00+12:00", "reason": "Rain."})
@example(body={"closes_at": "2026-03-13T12:00:00", "reason": "Rain."})
@example(body={"closes_at": -1e300, "reason": "Rain."})
def test_extending_until_anything(api: Api, water: Water, body: dict[str, Any]) -> None:
    client = api.of(water.facilitator)
    answer = client.request(
        "DELETE", "consultations/water/closure", content=sent(body), headers=JSON
    )
    taken_or_refused(answer, 200)


@FUZZ
@given(raw=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_posting_any_bytes(amina: TestClient, raw: bytes) -> None:
    address = "consultations/water/threads/1/posts"
    taken_or_refused(amina.post(address, content=raw, headers=JSON), 200, 201)


def as_kept(text: str) -> str:
    """Return a text as docs/api.md says it comes back."""
    return same_line_ends(text).strip()


@FUZZ
@given(text=SCRIPTS)
@example(text="'; DROP TABLE posts; --")
@example(text="<script>alert(1)</script> %(name)s {{ 7*7 }} %s \\u0041")
@example(text="e\u0301 \ufb01 \u00a0\u3000 \ufeffx\ufffe")
def test_words_come_back_byte_for_byte(amina: TestClient, text: str) -> None:
    body = {"text": text, "language": "en"}
    answer = amina.post("consultations/water/threads/1/posts", json=body)
    if answer.status_code == 422:
        assert answer.json()["code"] == "words_missing"
        assert not any(unicodedata.category(c)[0] in "LNSP" for c in text)
        return
    assert answer.status_code in (200, 201)
    again = amina.get(f"posts/{answer.json()['id']}")
    assert again.json()["original"]["text"].encode() == as_kept(text).encode()


@FUZZ
@given(
    path=st.text(st.characters(exclude_characters="/?#", codec="utf-8"), min_size=1, max_size=20),
    query=st.dictionaries(
        st.sampled_from(["lang", "after", "limit", "original", "tz"]), st.text(max_size=10)
    ),
)
def test_reading_anything(
    api: Api, water: Water, now: datetime, path: str, query: dict[str, str]
) -> None:
    path = quote(path, safe="")
    for address in (f"consultations/{path}", f"consultations/water/threads/{path}/posts"):
        taken_or_refused(api.of().get(address, params=query), 200)
    taken_or_refused(api.of().get(f"posts/{path}", params=query), 200)
    taken_or_refused(api.of().get("consultations/water/threads/1/posts", params=query), 200)
