"""The web application: wires rooms, middleware and the process's state together."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from starlette.responses import JSONResponse, Response
from starlette_compress import CompressMiddleware

from app.clock import utc_now
from app.consultations import api as consultations_api
from app.consultations import desk as consultations_desk
from app.consultations import pages as consultations_pages
from app.consultations.actions import note_arrivals
from app.consultations.home import home_of
from app.database import Database
from app.discussion import api as discussion_api
from app.discussion import call, me, own_posts, post_page
from app.discussion import desk as discussion_desk
from app.discussion import pages as discussion_pages
from app.identity import desk as identity_desk
from app.identity import pages as identity_pages
from app.identity.actions import note_visits
from app.reports import api as reports_api
from app.reports import pages as reports_pages
from app.settings import Settings, secret_key
from app.translation.actions import want
from app.web import errors
from app.web.headers import Envelope, security_headers
from app.web.rendering import style_hash
from app.web.same_origin import SameOrigin
from app.web.state import Noticeboard, State

log = logging.getLogger("baraza")

POOL_SIZE = 20  # database connections, and threads that serve pages: one each
NOTES_EVERY = 3.0  # seconds

PAGES: tuple[APIRouter, ...] = (
    consultations_pages.router,
    call.router,
    discussion_pages.router,
    post_page.router,
    me.router,
    own_posts.router,
    identity_pages.router,
    identity_desk.router,
    consultations_desk.router,
    discussion_desk.router,
    reports_pages.router,
)

API: tuple[APIRouter, ...] = (
    consultations_api.router,
    discussion_api.router,
    reports_api.router,
)


def write_notes(state: State) -> None:
    """Write down what was noticed while reading: visits, arrivals, looked-for translations."""
    visits, wanted = state.noticeboard.take()
    if not visits and not wanted:
        return
    with state.database.writing() as session:
        note_visits(session, visits=visits)
        note_arrivals(session, visits=visits)
        want(session, wanted=wanted, now=state.clock())


async def _keep_writing_notes(state: State) -> None:
    while True:
        await asyncio.sleep(NOTES_EVERY)
        try:
            await anyio.to_thread.run_sync(write_notes, state)
        except Exception as error:
            # A busy or full disk must not end the loop; what was noted is only a convenience.
            log.warning("notes not written: %s", type(error).__name__)


def create_app(
    settings: Settings | None = None,
    *,
    clock: Callable[[], datetime] = utc_now,
    database: Database | None = None,
) -> FastAPI:
    """Return the application for these settings (by default those of the environment).

    `clock` and `database` are given by tests; otherwise they are the real ones.
    """
    settings = settings or Settings()
    state = State(
        database=database or Database(settings.database_address(), pool_size=POOL_SIZE),
        clock=clock,
        pepper=secret_key(settings),
        public_origin=settings.public_origin,
        site_title=settings.site_title,
        noticeboard=Noticeboard(),
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = POOL_SIZE
        notes = asyncio.create_task(_keep_writing_notes(state))
        yield
        notes.cancel()
        write_notes(state)
        state.database.dispose()

    app = FastAPI(
        title="Baraza",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json" if settings.api_docs else None,
        lifespan=lifespan,
    )
    app.state.baraza = state
    app.state.home_of = home_of
    app.add_middleware(SameOrigin)
    app.add_middleware(
        Envelope,
        clock=clock,
        headers=security_headers(style_hash(), https=state.is_https),
        fault=errors.fault,
    )
    # A page is smallest in brotli, at a cost that pages can bear; zstd, which the middleware would
    # prefer, needs a tenth more bytes for the same time.
    app.add_middleware(
        CompressMiddleware, minimum_size=500, zstd=False, brotli_quality=5, gzip_level=6
    )
    errors.install(app)
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    for router in API:
        app.include_router(router)

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> Response:
        """Say whether the database answers."""
        with state.database.reading() as session:
            session.execute(text("SELECT 1"))
        return JSONResponse({"status": "ok"})

    return app
