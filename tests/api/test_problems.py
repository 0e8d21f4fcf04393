"""What the API answers to requests that cannot be: always a problem that says what is wrong."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.web.headers import LARGEST_BODY
from tests.api.conftest import Api, Water

POSTS = "consultations/water/threads/1/posts"
JSON = {"Content-Type": "application/json"}
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # no database is asked


def problem_of(answer: object) -> tuple[int, str, str | None]:
    """Return status, code and field of an answer, after looking at its form."""
    assert answer.headers["Content-Type"] == "application/problem+json"  # type: ignore[attr-defined]
    body = answer.json()  # type: ignore[attr-defined]
    assert body["status"] == answer.status_code  # type: ignore[attr-defined]
    assert body["type"] == "about:blank"
    assert body["detail"]
    return body["status"], body["code"], body.get("field")


@pytest.fixture
def amina(api: Api, water: Water) -> TestClient:
    return api.participant()


@ON_SQLITE
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"text": "Yes."', (422, "json_invalid", None)),
        (b"", (422, "malformed", "body")),
        (b"[]", (422, "malformed", "body")),
        (b"null", (422, "malformed", "body")),
        (b'"text"', (422, "malformed", "body")),
        (b'{"text": null}', (422, "malformed", "text")),
        (b'{"text": ["Yes."]}', (422, "malformed", "text")),
        (b'{"language": "en"}', (422, "malformed", "text")),
        (b'{"text": "Yes.", "words": "No."}', (422, "malformed", "words")),
        (b'{"text": "Yes.", "\\ud800": 1}', (422, "malformed", "body")),
        (b'{"text": "\\ud800"}', (422, "malformed", "text")),
        (b'{"text": "Yes.", "late": 1}', (422, "malformed", "late")),
        (b'{"text": "a\\u0000b"}', (422, "control_characters", "text")),
        (b'{"text": " "}', (422, "words_missing", "text")),
        (b'{"text": "Yes.", "language": "klingon"}', (422, "language_unknown", "language")),
        (b'{"text": "Yes.", "language": ""}', (422, "language_unknown", "language")),
        (b'{"text": "Yes.", "quotation": "loudly"}', (422, "malformed", "quotation")),
        (b"\xff", (400, "unreadable", None)),
        (b"[" * 100_000, (400, "unreadable", None)),
        (b'{"text": ' + b"9" * 5000 + b"}", (400, "unreadable", None)),
    ],
)
def test_a_body_that_cannot_be_taken(
    amina: TestClient, body: bytes, expected: tuple[int, str, str | None]
) -> None:
    assert problem_of(amina.post(POSTS, content=body, headers=JSON)) == expected


def test_every_fault_of_a_body_is_told_at_once(amina: TestClient) -> None:
    answer = amina.post(POSTS, json={"language": 7, "words": "No."})
    assert answer.json()["errors"] == [
        {"field": "text", "problem": "Field required"},
        {"field": "language", "problem": "Input should be a valid string"},
        {"field": "words", "problem": "Extra inputs are not permitted"},
    ]


def test_json_that_breaks_off_says_where(amina: TestClient) -> None:
    answer = amina.post(POSTS, content=b'{"text" "Yes."}', headers=JSON)
    assert answer.json()["detail"] == "This is not valid JSON; it goes wrong at character 8."


def test_a_form_is_not_json(amina: TestClient) -> None:
    assert problem_of(amina.post(POSTS, data={"text": "Yes."})) == (422, "malformed", "body")


def test_too_long_a_text_is_refused_with_the_limit(amina: TestClient) -> None:
    answer = amina.post(POSTS, json={"text": "word " * 601})
    assert problem_of(answer) == (422, "too_long", "text")
    assert "601" in answer.json()["detail"]
    assert "600" in answer.json()["detail"]


def test_a_body_over_the_limit_is_not_taken(amina: TestClient) -> None:
    declared = amina.post(POSTS, content=b"x" * (LARGEST_BODY + 1), headers=JSON)
    assert problem_of(declared) == (413, "too_much", None)

    def chunks() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY // 1000 + 1):
            yield b"x" * 1000

    endless = amina.post(POSTS, content=chunks(), headers=JSON)
    assert problem_of(endless) == (413, "too_much", None)


@pytest.mark.parametrize(
    "address",
    [
        "consultations/nowhere",
        "consultations/%00",
        "consultations/water%00/threads",
        "consultations/water/threads/2",
        "consultations/water/threads/0",
        "consultations/water/threads/-1",
        "consultations/water/threads/99999999999999999999",
        "consultations/water/threads/99999999999999999999/posts",
        "posts/%00",
        "posts/nothing",
        "nowhere",
        "",
    ],
)
def test_what_is_not_there_is_missing(api: Api, water: Water, address: str) -> None:
    assert problem_of(api.of().get(address)) == (404, "missing", None)


@ON_SQLITE
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("after=%00", "after"),
        ("after=no+id", "after"),
        ("original=perhaps", "original"),
    ],
)
def test_a_query_that_cannot_be_taken(api: Api, water: Water, query: str, field: str) -> None:
    assert problem_of(api.of().get(f"{POSTS}?{query}")) == (422, "malformed", field)


@pytest.mark.parametrize("tag", ["xx", "", "klingon", "%00", "en'--"])
def test_a_reading_language_that_is_not_known_is_refused(api: Api, water: Water, tag: str) -> None:
    for address in ("consultations", "consultations/water", POSTS):
        answer = api.of().get(f"{address}?lang={tag}")
        assert problem_of(answer) == (422, "language_unknown", "lang")


def test_the_reading_language_is_asked_for_or_kept_or_the_browsers(api: Api, water: Water) -> None:
    api.translate()

    def read_in(client: TestClient, query: str = "") -> str:
        answer = client.get(f"consultations/water{query}")
        language: str = answer.json()["title"]["language"]
        return language

    client = api.of(language="pt")
    assert read_in(client) == "pt"
    client.cookies.set("lang", "en")
    assert read_in(client) == "en"
    assert read_in(client, "?lang=pt") == "pt"
    assert read_in(client) == "en"  # asking once changes nothing for later


def test_a_problem_speaks_the_readers_language(api: Api, water: Water) -> None:
    answer = api.of(language="pt-BR,pt;q=0.9").get("nowhere")
    assert answer.headers["Content-Language"] == "pt"


def test_another_method_is_not_done_here(api: Api, water: Water) -> None:
    answer = api.of().put("consultations")
    assert problem_of(answer) == (405, "http", None)
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize("header", ["Bearer x", "bearer \u00e9", "Bearer " + "x" * 5000])
def test_a_token_that_is_none_is_refused_everywhere(api: Api, water: Water, header: str) -> None:
    headers = {"Authorization": header.encode("utf-8")}
    answer = api.of().get("consultations", headers=headers)  # type: ignore[arg-type]  # as bytes
    assert problem_of(answer) == (401, "token_ended", None)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Baraza"'


def test_a_browsers_session_does_as_well(api: Api, water: Water) -> None:
    token = api.join("water")
    browser = api.of()
    browser.cookies.set("baraza", token)
    assert browser.get("me").json()["role"] == "participant"
    assert browser.post(POSTS, json={"text": "Yes."}).status_code == 201
    forged = browser.post(POSTS, json={"text": "No."}, headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code == 403


def test_every_answer_carries_the_headers_of_a_page(api: Api, water: Water) -> None:
    for answer in (api.of().get("consultations"), api.of().get("nowhere"), api.of().get("me")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "server" not in answer.headers
