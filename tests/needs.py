"""What a test may need and a machine may lack; a run says at its end what it did without."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

NOT_HAD = "not had: "
"""How the reason of a test begins that was skipped for want of something."""

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
"""The real data beside the checkout; a fresh clone elsewhere has none."""


def do_without(what: str) -> NoReturn:
    """End the test: it needs `what`, which is not here, and nobody can be blamed for that."""
    pytest.skip(NOT_HAD + what)


def must_have(what: str) -> NoReturn:
    """End the test: it needs `what`. Where CI=true everything must be there, so that is a fault."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}", pytrace=False)
    do_without(what)


def chromium() -> str:
    """Return the path of a Chromium or Chrome, or end the test."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    must_have("a browser (Chromium)")


def summary_of(reasons: Iterable[str]) -> list[str]:
    """Return plain lines on the tests skipped for these reasons, for the end of a run."""
    counts: dict[str, int] = {}
    for reason in reasons:
        what = reason.removeprefix("Skipped: ")
        counts[what] = counts.get(what, 0) + 1
    if not counts:
        return ["Nothing was missing: no test was skipped."]
    return [
        f"{what} ({count} test{'s' if count > 1 else ''} skipped)"
        for what, count in sorted(counts.items())
    ]
