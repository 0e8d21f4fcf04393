"""Who sends a request to the JSON API: a bearer token, or a browser's session cookie."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from app.identity.access import Asking
from app.identity.queries import Who
from app.refusals import Kind, mark
from app.web.problems import Unauthenticated

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description=(
        "A participant gets a token by joining; a facilitator's is made by the operator with "
        "`baraza facilitator token NAME`. A browser's session cookie does as well."
    ),
)

OPTIONAL_TOKEN: dict[str, Any] = {"security": [{}, {"token": []}]}
"""OpenAPI of a route that anybody may ask, and that tells more to who is known."""


def no_dead_token(request: Request, asking: Asking) -> None:
    """Refuse a token that has ended or never was, even where none is needed: whoever sends one
    means to be known."""
    scheme, _, _ = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and asking is None:
        raise Unauthenticated(
            Kind.FORBIDDEN,
            "token_ended",
            mark("This token is not known here, or it has ended."),
        )


def known(
    asking: Asking, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Who:
    """Let only those through who are known, participants and facilitators alike."""
    if asking is None:
        raise Unauthenticated(
            Kind.FORBIDDEN,
            "token_missing",
            mark("Send your token in the Authorization header: Bearer, then the token."),
        )
    return asking


Known = Annotated[Who, Depends(known)]
