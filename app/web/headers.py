"""What every response says to the browser, and the instant every request arrived."""

from collections.abc import Callable
from datetime import datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.refusals import Kind, Refusal, mark
from app.web.problems import is_for_programs, problem

LARGEST_BODY = 1_000_000  # bytes; a post of the largest word limit is far smaller


def security_headers(style_hash: str, *, https: bool) -> dict[str, str]:
    """Return the constant headers of TRUST T-28; `style_hash` admits the one inline style."""
    policy = (
        f"default-src 'none'; style-src '{style_hash}'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        # Pages with forms ease this to `same-origin` in a meta element: under `no-referrer` some
        # old browsers send `Origin: null` with our own forms, and could not post.
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
        "X-Frame-Options": "DENY",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


TOO_MUCH = Refusal(Kind.INVALID, "too_much", mark("This is too much to take at once."))


def _too_much(request: Request) -> Response:
    if is_for_programs(request):
        return problem(request, TOO_MUCH, status=413)
    return PlainTextResponse(TOO_MUCH.message, status_code=413)


async def _whole_body(receive: Receive) -> bytes | None:
    """Return a request's body once all of it is here, None if it is too much.

    Raises ClientDisconnect where the connection ended in the middle.

    A slow phone sends its form for seconds: nothing is opened or locked for it until then.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect  # half a form is no form: nobody's words are cut off
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)


class Envelope:
    """ASGI middleware: stamps the arrival, bounds the body, adds the headers to every answer."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: Callable[[], datetime],
        headers: dict[str, str],
        fault: Callable[[Request, Exception], Response],
    ) -> None:
        self.app = app
        self.fault = fault
        self.clock = clock
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["arrived_at"] = self.clock()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > LARGEST_BODY:
            refusal = _too_much(Request(scope))
            await refusal(scope, receive, send_with_headers)
            return
        try:
            body = await _whole_body(receive)
        except ClientDisconnect:
            return
        if body is None:
            refusal = _too_much(Request(scope))
            await refusal(scope, receive, send_with_headers)
            return
        given = False

        async def receive_whole() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        started = False

        async def send_once(message: Message) -> None:
            nonlocal started
            started = True
            await send_with_headers(message)

        try:
            await self.app(scope, receive_whole, send_once)
        except Exception as error:
            # Caught here, not by the server: its log would print the words in the traceback.
            response = self.fault(Request(scope), error)
            if not started:
                await response(scope, receive, send_with_headers)
