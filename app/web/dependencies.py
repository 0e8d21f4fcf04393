"""What an endpoint may ask for: the time, a session that reads, a session that writes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.database import ReadSession, WriteSession
from app.web.state import State, state_of


def arrived_at(request: HTTPConnection) -> datetime:
    """Return the instant this request arrived: that, not the time of writing, is what counts."""
    instant: datetime = request.state.arrived_at
    return instant


def reading(request: HTTPConnection) -> Iterator[ReadSession]:
    """Yield a session for queries."""
    with state_of(request).database.reading() as session:
        yield session


def writing(request: HTTPConnection) -> Iterator[WriteSession]:
    """Yield the request's transaction: returning commits it, raising rolls it back.

    With scope="function" it is committed before the response leaves; FastAPI's default would
    commit after, and a crash in between would lose a post that was already acknowledged.
    """
    with state_of(request).database.writing() as session:
        yield session


Now = Annotated[datetime, Depends(arrived_at)]
Reading = Annotated[ReadSession, Depends(reading, scope="function")]
Writing = Annotated[WriteSession, Depends(writing, scope="function")]
Process = Annotated[State, Depends(state_of)]
