"""The engine of a LibreTranslate server, for an installation that already runs one."""

import time
from collections.abc import Sequence
from typing import Any, Self

import httpx2

from app.languages import normalise, readable_as_is
from app.translation.engine import EngineFailed, EngineUnavailable, RouteOffered

_TAGS = {"pb": "pt-BR", "zt": "zh-Hant", "zh-Hans": "zh"}
_SECONDS_KNOWN = 60
"""How long the server's list of languages is taken as it was."""


class LibreTranslate:
    """Sends segments to a LibreTranslate server; the only engine whose words leave the machine."""

    name = "libretranslate"

    def __init__(self, url: str, *, api_key: str | None = None, timeout: float = 60) -> None:
        self._client = httpx2.Client(base_url=url.rstrip("/"), timeout=timeout)
        self._api_key = api_key
        self._codes: dict[str, str] = {}
        self._routes: list[RouteOffered] = []
        self._asked_at: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def routes(self) -> list[RouteOffered]:
        """Return the pairs the server names; its own way between them it does not tell."""
        if self._asked_at is not None and time.monotonic() - self._asked_at < _SECONDS_KNOWN:
            return self._routes
        languages = self._ask("GET", "/languages")
        try:
            codes = {
                tag: entry["code"]
                for entry in languages
                if (tag := _TAGS.get(entry["code"]) or normalise(entry["code"]))
            }
            targets = {entry["code"]: set(entry.get("targets") or ()) for entry in languages}
        except (TypeError, KeyError, AttributeError) as error:
            raise EngineUnavailable(
                "LibreTranslate: its list of languages makes no sense"
            ) from error
        self._codes = codes
        self._routes = [
            RouteOffered(source, target, (source, target), self.name)
            for source, source_code in codes.items()
            for target, target_code in codes.items()
            if target_code in targets[source_code] and not readable_as_is(source, target)
        ]
        self._asked_at = time.monotonic()
        return self._routes

    def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
        """Have the server translate the segments in one request."""
        if not segments:
            return []
        if not self._codes:
            self.routes()
        try:
            source, target = self._codes[path[0]], self._codes[path[-1]]
        except KeyError as error:
            raise EngineUnavailable(f"LibreTranslate does not go {' '.join(path)}") from error
        body: dict[str, Any] = {
            "q": list(segments),
            "source": source,
            "target": target,
            "format": "text",
        }
        if self._api_key:
            body["api_key"] = self._api_key
        answer = self._ask("POST", "/translate", json=body)
        translated = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(translated, list) or len(translated) != len(segments):
            raise EngineFailed("LibreTranslate: the answer has not one translation per segment")
        return [str(text) for text in translated]

    def _ask(self, method: str, address: str, **request: Any) -> Any:
        try:
            answer = self._client.request(method, address, **request)
        except httpx2.HTTPError as error:
            raise EngineUnavailable(
                f"LibreTranslate does not answer ({type(error).__name__})"
            ) from error
        if answer.status_code in (401, 403):
            raise EngineUnavailable("LibreTranslate wants a key, or another one")
        if answer.status_code == 429 or answer.status_code >= 500:
            raise EngineUnavailable(f"LibreTranslate is busy or broken ({answer.status_code})")
        if answer.status_code >= 400:
            raise EngineFailed(f"LibreTranslate refused the request ({answer.status_code})")
        try:
            return answer.json()
        except ValueError as error:
            raise EngineUnavailable("LibreTranslate: the answer is no JSON") from error
