"""Refuses requests that another site made a browser send, without a token in any page.

By `Sec-Fetch-Site` where the browser sends it, else by `Origin`; after Filippo Valsorda's
analysis of 2025. What carries a bearer token was not sent by a form and cannot be forged so.
"""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def is_forged(method: str, headers: Headers) -> bool:
    """Say whether an unsafe request came from another site."""
    if method in _SAFE_METHODS:
        return False
    if headers.get("authorization", "").lower().startswith("bearer "):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return False  # not a browser, or one so old that it says neither
    return origin.partition("://")[2] != headers.get("host", "")


class SameOrigin:
    """ASGI middleware around the whole application; nothing can opt out of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_forged(scope["method"], Headers(scope=scope)):
            response = PlainTextResponse("This form was sent from another site.", status_code=403)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)
