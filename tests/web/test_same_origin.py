import pytest
from starlette.datastructures import Headers

from app.web.same_origin import is_forged


@pytest.mark.parametrize(
    ("method", "headers", "forged"),
    [
        ("POST", {"sec-fetch-site": "same-origin"}, False),
        ("POST", {"sec-fetch-site": "none"}, False),
        ("POST", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-site"}, True),
        ("POST", {"host": "b.example", "origin": "https://b.example"}, False),
        ("POST", {"host": "b.example", "origin": "https://evil.example"}, True),
        ("POST", {"host": "b.example", "origin": "null"}, True),
        ("POST", {"host": "b.example"}, False),  # not a browser
        ("DELETE", {"sec-fetch-site": "cross-site"}, True),
        ("GET", {"sec-fetch-site": "cross-site"}, False),
        # A bearer token is never sent by another site's form.
        ("POST", {"sec-fetch-site": "cross-site", "authorization": "Bearer x"}, False),
    ],
)
def test_which_requests_come_from_another_site(
    method: str, headers: dict[str, str], forged: bool
) -> None:
    assert is_forged(method, Headers(headers)) is forged
