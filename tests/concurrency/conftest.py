"""What tests of things that happen at once share: a real server, and many hands."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from tests.conftest import Site
from tests.serving import browser, served

Made = TypeVar("Made")


def at_once(acts: list[Callable[[], Made]]) -> list[Made]:
    """Do all of these at the same moment, each in a thread of its own; return what they return."""
    ready = threading.Barrier(len(acts))

    def do(act: Callable[[], Made]) -> Made:
        ready.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


class Hand:
    """A browser whose connection is already open, so that what it sends goes out at once."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self.client = browser(port)
        if token:
            self.client.cookies.set("baraza", token)

    def connected(self) -> "Hand":
        """Open the connection and return itself."""
        assert self.client.get("/healthz").status_code == 200
        return self


@pytest.fixture
def hands(site: Site) -> Iterator[Callable[[str | None], Hand]]:
    """Return what opens a browser, known by a session's token, on a real server of the site."""
    opened: list[Hand] = []
    with served(site.app) as port:

        def hand(token: str | None = None) -> Hand:
            made = Hand(port, token).connected()
            opened.append(made)
            return made

        yield hand
        for one in opened:
            one.client.close()
