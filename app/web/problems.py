"""Refusals for programs: problem details (RFC 9457), and how OpenAPI describes them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from app.refusals import Kind, Refusal, mark
from app.web.reader import reader_of
from app.web.rendering import STATUS, refusal_words

MEDIA_TYPE = "application/problem+json"
_FAULTS_TOLD = 20
_PLACE_LIMIT = 100  # characters


class Unauthenticated(Refusal):
    """Nobody known sent this request, and it takes somebody: 401, where others get 403."""


class Fault(BaseModel):
    """One thing that is wrong with the form of a request."""

    field: str = Field(description="Where: a field, or `languages.0` for one inside it")
    problem: str = Field(description="What is wrong with it, in English")


class Problem(BaseModel):
    """Why something was not done (RFC 9457). Programs look at `code`, people at `detail`."""

    type: str = Field(description="Always `about:blank`")
    title: str = Field(description="The words of the HTTP status")
    status: int = Field(description="The HTTP status")
    detail: str = Field(description="One plain sentence in the interface language nearest to yours")
    code: str = Field(description="The reason, for programs; it does not change")
    field: str | None = Field(None, description="The field that was at fault, where one was")
    errors: list[Fault] | None = Field(None, description="Every fault of a malformed request")


def is_for_programs(request: Request) -> bool:
    """Say whether whoever sent this request expects problem details instead of a page."""
    return request.url.path.startswith("/api/")


def problem(
    request: Request,
    refusal: Refusal,
    *,
    status: int | None = None,
    errors: Sequence[Fault] = (),
) -> Response:
    """Return a refusal as problem details, in the interface language that suits the asker."""
    reader = reader_of(request)
    unknown = isinstance(refusal, Unauthenticated)
    status = status or (401 if unknown else STATUS[refusal.kind])
    content = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=refusal_words(refusal, reader.interface),
        code=refusal.code,
        field=refusal.field,
        errors=list(errors) or None,
    )
    response = JSONResponse(
        content.model_dump(exclude_none=True), status_code=status, media_type=MEDIA_TYPE
    )
    response.headers["Content-Language"] = reader.interface
    if unknown:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Baraza"'
    return response


def malformed(request: Request, error: RequestValidationError) -> Response:
    """Return what is wrong with the form of a request, field by field; never what was sent."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        refusal = Refusal(
            Kind.INVALID,
            "json_invalid",
            mark("This is not valid JSON; it goes wrong at character %(position)s."),
            {"position": int(first["loc"][-1])},
        )
        return problem(request, refusal)
    faults = [
        Fault(field=_place(one["loc"]), problem=str(one["msg"]))
        for one in error.errors()[:_FAULTS_TOLD]
    ]
    refusal = Refusal(
        Kind.INVALID,
        "malformed",
        mark("This request is not in the form we expect: %(place)s."),
        {"place": faults[0].field},
        field=faults[0].field,
    )
    return problem(request, refusal, errors=faults)


def _place(loc: Sequence[int | str]) -> str:
    # A field's name may be anything that was sent, even what cannot be encoded.
    place = ".".join(str(part) for part in loc[1:]) or str(loc[0])
    return place[:_PLACE_LIMIT].encode(errors="replace").decode()


_SAID = {
    400: "What was sent cannot be read.",
    401: "It takes a token, and none was sent, or it has ended.",
    403: "You are known, and this is not yours to do.",
    404: "There is nothing here, or it is not open to you: the two look alike on purpose.",
    409: "Not now: too early, too late, or already so.",
    413: "The body is larger than 1 MB.",
    422: "What was sent cannot be taken as it is.",
}


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how OpenAPI describes the problems a route answers with."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs")
    schema["properties"]["errors"] = {"type": "array", "items": Fault.model_json_schema()}
    return {
        status: {"description": _SAID[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }
