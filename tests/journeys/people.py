"""People in tests: what they do in a browser without script, in plain sentences."""

import html
import re
from dataclasses import dataclass

from httpx2 import Response
from starlette.testclient import TestClient

from tests.conftest import Site


def words_of(response: Response) -> str:
    """Return what a page says: its text without tags, on one line."""
    main = response.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", "<main" + main)).split())


def typed_back(response: Response) -> str:
    """Return what stands in the text box of a page, as a browser would send it again."""
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", response.text, re.S)
    assert found is not None, "there is no text box"
    return html.unescape(found[1])


@dataclass
class Somebody:
    """A participant with one browser."""

    browser: TestClient
    slug: str
    return_code: str = ""

    def joins(self, called: str, **said: object) -> Response:
        """Join the consultation; remember the return code."""
        form = {
            "name": called,
            "country": "KE",
            "languages": ["en"],
            "quotation": "pseudonym",
            "consent": "yes",
            "key": f"key of {called}",
            **said,
        }
        response = self.browser.post(f"/c/{self.slug}/join", data=form)
        self.return_code = " ".join(re.findall(r"<li>(\d+)</li>", response.text))
        return response

    def writes(self, text: str, *, thread: int = 1, **said: str) -> Response:
        """Send a post in English, or in the language named."""
        form = {"text": text, "language": "en", "sure": "yes", **said}
        return self.browser.post(f"/c/{self.slug}/t/{thread}/posts", data=form)

    def reads(self, thread: int = 1, **asked: str) -> Response:
        """Open a thread."""
        return self.browser.get(f"/c/{self.slug}/t/{thread}", params=asked)


def somebody(site: Site, slug: str, *, language: str = "en") -> Somebody:
    """Return a person with a fresh browser that reads `language`."""
    return Somebody(site.browser(language=language), slug)
