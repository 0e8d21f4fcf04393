"""Applications with a guard taken out on purpose: they show that the tests would notice.

Each is served by a process of its own, `uvicorn --factory tests.journeys.broken:NAME`.
"""

import asyncio

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database import WriteSession
from app.discussion import actions
from app.main import create_app


def forgetful() -> FastAPI:
    """Return an application that does not look whether the same words were sent before."""

    def never(
        session: WriteSession, participation_id: str, thread_id: str, digest: str
    ) -> actions.Contributed | None:
        return None

    actions._sent_before = never
    return create_app()


class _Hasty:
    """Says that a post was received, and writes it a little later."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/posts"):
            await self.app(scope, receive, send)
            return
        form = await receive()
        headers = [(b"location", b"/p/soon"), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

        async def again() -> Message:
            return form

        async def nowhere(_message: Message) -> None:
            return

        await asyncio.sleep(0.2)
        await self.app(scope, again, nowhere)


def hasty() -> ASGIApp:
    """Return an application that acknowledges a post before it is committed."""
    return _Hasty(create_app())
