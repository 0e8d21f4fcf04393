"""A real Chromium, a real installation, and people who use them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.browser.navigators import Facilitator
from tests.browser.running import CHECKOUT, Installation, an_installation

# No connection of the browser's own: tests reach loopback and nothing else.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Opens = Callable[..., Page]
Kept = StorageState


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Yield a Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield an installation that serves, with its translation worker."""
    with an_installation(tmp_path_factory.mktemp("installation")) as running:
        yield running


@contextmanager
def _phones(browser: Browser, installation: Installation, kept: Kept | None) -> Iterator[Opens]:
    contexts = []

    def opens(language: str = "en", *, script: bool = False, width: int = 360) -> Page:
        context = browser.new_context(
            base_url=installation.origin,
            viewport={"width": width, "height": 740},
            locale=language,
            java_script_enabled=script,
            storage_state=kept,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield opens
    for context in contexts:
        context.close()


@pytest.fixture
def phone(browser: Browser, installation: Installation) -> Iterator[Opens]:
    """Return a function that opens a fresh phone browser, 360 px wide, without script."""
    with _phones(browser, installation, None) as opens:
        yield opens


@pytest.fixture(scope="session")
def signed_in(browser: Browser, installation: Installation) -> Kept:
    """Return what the browser of a facilitator keeps who signed in; a code counts only once."""
    with _phones(browser, installation, None) as opens:
        page = opens()
        Facilitator(page, installation).signs_in()
        return page.context.storage_state()


@pytest.fixture
def desk(browser: Browser, installation: Installation, signed_in: Kept) -> Iterator[Opens]:
    """Return a function that opens the phone browser of a facilitator who has signed in."""
    with _phones(browser, installation, signed_in) as opens:
        yield opens


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Return a function that keeps a screenshot in build/screenshots, to be looked at."""
    folder = CHECKOUT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        path = Path(folder / f"{name}.png")
        page.screenshot(path=path, full_page=True)
        assert path.stat().st_size > 2_000

    return take
