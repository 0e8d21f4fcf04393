"""A LibreTranslate server as engine, against a small server that answers as one does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.translation.engine import EngineFailed, EngineUnavailable
from app.translation.libretranslate import LibreTranslate

LANGUAGES = [
    {"code": "en", "name": "English", "targets": ["en", "pb", "zt"]},
    {"code": "pb", "name": "Portuguese (Brazil)", "targets": ["en"]},
    {"code": "zt", "name": "Chinese (traditional)", "targets": ["en"]},
]


class Server(ThreadingHTTPServer):
    """Remembers what it was asked and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self.answer: object = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(LANGUAGES if self.path == "/languages" else None)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        question = json.loads(self.rfile.read(length))
        self.server.asked.append(question)
        self._answer({"translatedText": [f"{text}!" for text in question["q"]]})

    def _answer(self, usual: object) -> None:
        answer = usual if self.server.answer is None else self.server.answer
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def test_its_routes_are_those_the_server_names_in_our_tags(server: Server) -> None:
    with LibreTranslate(server.address) as engine:
        assert {route.path for route in engine.routes()} == {
            ("en", "pt-BR"),
            ("en", "zh-Hant"),
            ("pt-BR", "en"),
            ("zh-Hant", "en"),
        }


def test_segments_go_in_one_request_with_the_key(server: Server) -> None:
    with LibreTranslate(server.address, api_key="secret") as engine:
        assert engine.translate(["Hi.", "Yes."], path=("en", "pt-BR")) == ["Hi.!", "Yes.!"]
        assert engine.translate([], path=("en", "pt-BR")) == []
    assert server.asked == [
        {
            "q": ["Hi.", "Yes."],
            "source": "en",
            "target": "pb",
            "format": "text",
            "api_key": "secret",
        }
    ]


def test_a_path_the_server_does_not_go_is_refused(server: Server) -> None:
    with LibreTranslate(server.address) as engine, pytest.raises(EngineUnavailable):
        engine.translate(["Hi."], path=("en", "so"))


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (403, {"error": "no key"}, EngineUnavailable),
        (429, {"error": "slow down"}, EngineUnavailable),
        (500, b"oops", EngineUnavailable),
        (400, {"error": "bad"}, EngineFailed),
        (200, b"no json", EngineUnavailable),
        (200, {"translatedText": ["one"]}, EngineFailed),
        (200, {"translatedText": "one"}, EngineFailed),
        (200, [], EngineFailed),
    ],
)
def test_what_goes_wrong_is_made_plain(
    server: Server, status: int, answer: object, error: type[Exception]
) -> None:
    with LibreTranslate(server.address) as engine:
        engine.routes()
        server.status, server.answer = status, answer
        with pytest.raises(error) as caught:
            engine.translate(["private words", "Yes."], path=("en", "pt-BR"))
    assert "private words" not in str(caught.value)


@pytest.mark.parametrize("answer", [{"error": "x"}, [1], [{"name": "x"}], b"no json"])
def test_a_list_of_languages_that_makes_no_sense_is_no_list(server: Server, answer: object) -> None:
    server.answer = answer
    with LibreTranslate(server.address) as engine, pytest.raises(EngineUnavailable):
        engine.routes()


def test_a_server_that_is_not_there_is_waited_for() -> None:
    with LibreTranslate("http://127.0.0.1:1") as engine, pytest.raises(EngineUnavailable):
        engine.routes()
