"""The API describes itself as it is: in OpenAPI, and in docs/api.md."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import V1, Api

DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
IN_REPORTS = {f"{V1}/consultations/{{slug}}/report", f"{V1}/consultations/{{slug}}/figures"}


@pytest.fixture
def description(tmp_path: Path) -> dict[str, Any]:
    """Return the OpenAPI description of an installation that serves it."""
    settings = Settings(data_dir=tmp_path, secret_key="x" * 40, api_docs=True)
    answer = TestClient(create_app(settings)).get(f"{V1}/openapi.json")
    assert answer.status_code == 200
    described: dict[str, Any] = answer.json()
    return described


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_it_is_served_only_where_the_operator_says_so(api: Api) -> None:
    assert api.of().get("openapi.json").status_code == 404
    for probe in ("/docs", "/redoc", "/openapi.json"):
        assert api.site.browser().get(probe).status_code == 404


def test_it_describes_the_api_and_no_page(description: dict[str, Any]) -> None:
    assert all(path.startswith(V1 + "/") for path in description["paths"])
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(names) == len(set(names)) == 17


def test_every_operation_says_what_it_does_and_gives(description: dict[str, Any]) -> None:
    for method, path, operation in operations(description):
        assert operation["summary"], (method, path)
        assert operation["description"], (method, path)
        assert operation["tags"], (method, path)
        fine = [status for status in operation["responses"] if status.startswith("2")]
        assert fine, (method, path)
        if path not in IN_REPORTS and fine != ["204"]:
            for status in fine:
                schema = operation["responses"][status]["content"]["application/json"]["schema"]
                assert schema["$ref"], (method, path, status)


def test_every_problem_is_described_as_one(description: dict[str, Any]) -> None:
    for method, path, operation in operations(description):
        refused = {s: r for s, r in operation["responses"].items() if s.startswith("4")}
        assert {"404", "422"} <= set(refused), (method, path)
        for answer in refused.values():
            schema = answer["content"]["application/problem+json"]["schema"]
            assert set(schema["required"]) == {"type", "title", "status", "detail", "code"}
        needs_token = operation.get("security") == [{"token": []}]
        assert needs_token == ("401" in refused), (method, path)


def test_the_document_names_every_operation_and_no_other(description: dict[str, Any]) -> None:
    there = {f"{method} {path.removeprefix(V1)}" for method, path, _ in operations(description)}
    text = DOCUMENT.read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z]+ /\S*)` \|", text, flags=re.MULTILINE)) == there
