"""The application that is measured: Baraza's, and beside it bytes that lie ready.

The static answer is sent before any of Baraza's code is asked: it is the most that this server,
on this machine, can send of an answer of that size.
"""

import json
import os
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from app.main import create_app as create_baraza

STATIC = "/bench-static/"
FOLDER = "BENCH_STATIC"  # environment variable: where the static answers lie


class _WithStatic:
    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self._app = app
        self._folder = folder
        self._kept: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(STATIC):
            await self._app(scope, receive, send)
            return
        name = scope["path"].removeprefix(STATIC)
        if name not in self._kept:
            self._kept[name] = _read(self._folder, name)
        headers, body = self._kept[name]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def keep(folder: Path, name: str, answer: bytes) -> None:
    """Keep a whole answer of the server, headers included, so that it is sent as it is."""
    head, _, body = answer.partition(b"\r\n\r\n")
    pairs = [line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:]]
    headers = [pair for pair in pairs if pair[0].lower() != "date"]  # the server adds that itself
    (folder / f"{name}.json").write_text(json.dumps(headers), encoding="utf-8")
    (folder / f"{name}.body").write_bytes(body)


def _read(folder: Path, name: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    headers = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    pairs = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in headers]
    return pairs, (folder / f"{name}.body").read_bytes()


def create_app() -> ASGIApp:
    """Return Baraza with the static answers of the folder that the environment names."""
    return _WithStatic(create_baraza(), Path(os.environ[FOLDER]))
