"""What an endpoint may ask for: the time, a session that reads, a session that writes."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Annotated

from anyio import Semaphore, to_thread
from anyio.lowlevel import RunVar
from fastapi import Depends
from fastapi.concurrency import contextmanager_in_threadpool
from starlette.requests import HTTPConnection

from app.database import ReadSession, WriteSession
from app.web.state import State, state_of


def arrived_at(request: HTTPConnection) -> datetime:
    """Return the instant this request arrived: that, not the time of writing, is what counts."""
    instant: datetime = request.state.arrived_at
    return instant


_turns: RunVar[Semaphore] = RunVar("turns")


def _turn() -> Semaphore:
    """Return the turns of this event loop: as many as there are threads."""
    try:
        return _turns.get()
    except LookupError:
        threads = to_thread.current_default_thread_limiter().total_tokens
        _turns.set(Semaphore(int(threads)))
        return _turns.get()


async def reading(request: HTTPConnection) -> AsyncIterator[ReadSession]:
    """Yield a session for queries, once it is this request's turn.

    Each step of a request borrows a thread anew. Without turns, those who wait for a connection
    come to hold every thread, and those who have one wait for a thread: with 60 requests at once
    all stood still until the pool gave up after 30 seconds.
    """
    session = state_of(request).database.reading()
    async with _turn(), contextmanager_in_threadpool(session) as opened:
        yield opened


def writing(request: HTTPConnection) -> Iterator[WriteSession]:
    """Yield the request's transaction: returning commits it, raising rolls it back.

    With scope="function" it is committed before the response leaves; FastAPI's default would
    commit after, and a crash in between would lose a post that was already acknowledged.

    Ask for it after whatever reads (`Asking`, `Own`, ...): those wait their turn, and nobody
    should wait for anything while holding the lock of the one writer.
    """
    with state_of(request).database.writing() as session:
        yield session


Now = Annotated[datetime, Depends(arrived_at)]
Reading = Annotated[ReadSession, Depends(reading, scope="function")]
Writing = Annotated[WriteSession, Depends(writing, scope="function")]
Process = Annotated[State, Depends(state_of)]
