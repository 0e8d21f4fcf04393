"""What an endpoint may ask for: the time, a session that reads, the process it runs in.

Nobody asks for a session that writes: an endpoint opens it itself, `with
process.database.writing() as session`, does everything in it and leaves it before it answers. So
what is acknowledged is committed; and the lock of the one writer is held on one thread from end to
end. As a dependency it would be held between two borrowed threads, and with all threads waiting
for it, whoever held it could never go on.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from anyio import Semaphore, to_thread
from anyio.lowlevel import RunVar
from fastapi import Depends
from fastapi.concurrency import contextmanager_in_threadpool
from starlette.requests import HTTPConnection

from app.database import ReadSession
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


Now = Annotated[datetime, Depends(arrived_at)]
Reading = Annotated[ReadSession, Depends(reading, scope="function")]
Process = Annotated[State, Depends(state_of)]
