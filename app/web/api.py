"""What every endpoint of the JSON API shares: how it is read, and what may be sent to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Query
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from starlette.requests import Request

from app.languages import normalise
from app.refusals import Kind, Refusal, mark, missing
from app.web.forms import same_line_ends
from app.web.problems import described
from app.web.reader import Reader, reader_of

PREFIX = "/api/v1"
PROBLEMS = described(404, 422)
"""What any route of the API may answer; a route names what else it may."""

_NUMBER_DIGITS = 9  # more than a thread's number can have


class Body(BaseModel):
    """What a client sends: a field that is not known is refused, never silently dropped."""

    model_config = ConfigDict(extra="forbid")


def _whole(text: str) -> str:
    """Return a text if it can be kept; JSON can hold halves of characters, which nothing can."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("a text cannot hold half a character (a lone surrogate)")
    return text


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_whole)]
"""Something short; what it may be is for the rules to say."""

Prose = Annotated[str, AfterValidator(_whole), AfterValidator(same_line_ends)]
"""Words of a person; their line ends become `\\n`, as those of a form do."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,16}$")]
"""An id as `new_id` makes them."""


def plain_path(request: Request) -> None:
    """Answer as to anything unknown where a path holds what no address of ours does.

    Databases would fail on it: a zero byte on PostgreSQL, a number without end on SQLite.
    """
    values = request.path_params
    number = values.get("number", "1")
    if any("\0" in value for value in values.values()) or len(number) > _NUMBER_DIGITS:
        raise missing()


def api_reader(
    request: Request,
    lang: Annotated[
        str | None,
        Query(description="Reading language (BCP 47); else the cookie, else Accept-Language"),
    ] = None,
) -> Reader:
    """Return how this request wants to read. A language that is not known is refused."""
    if lang is not None and normalise(lang) is None:
        raise Refusal(
            Kind.INVALID,
            "language_unknown",
            mark("We do not know the language %(tag)s."),
            {"tag": lang[:20]},
            field="lang",
        )
    return reader_of(request)


ApiReads = Annotated[Reader, Depends(api_reader)]


def operation_id(route: APIRoute) -> str:
    """Return the name of an operation in OpenAPI, as short as clients would call it."""
    return route.name


@contextmanager
def fields_named(**names: str) -> Iterator[None]:
    """Let refusals name the fields of the API where forms call them otherwise."""
    try:
        yield
    except Refusal as refusal:
        refusal.field = names.get(refusal.field or "", refusal.field)
        raise
