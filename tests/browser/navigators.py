"""What people do in a browser, as sentences. They find things by name, in whatever language."""

import re
import time
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Page

from app.clock import utc_now
from tests.browser.running import Installation


def _in_hours(hours: int) -> str:
    return (utc_now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def submit(page: Page, action: str) -> None:
    """Press the first button of the form that goes to `action`."""
    page.locator(f'form[action="{action}"] button').first.click()


@dataclass
class Participant:
    """Somebody with a phone."""

    page: Page
    slug: str
    return_code: str = ""

    def joins(self, name: str, *, country: str, languages: list[str], invitation: str = "") -> None:
        """Join from the call page and write the return code down."""
        self.page.goto(f"/c/{self.slug}")
        self.page.locator(f'a[href="/c/{self.slug}/join"]').first.click()
        if invitation:
            self.page.fill("#invitation", invitation)
        self.page.fill("#name", name)
        self.page.select_option("#country", country)
        for position, tag in enumerate(languages):
            self.page.select_option(f"#language{position}", tag)
        self.page.check("[name=consent]")
        submit(self.page, f"/c/{self.slug}/join")
        self.return_code = " ".join(self.page.locator(".code li").all_text_contents())
        said = self.page.locator("main").inner_text()
        assert re.fullmatch(r"\d{4}( \d{4}){4} \d", self.return_code), said

    def returns(self) -> None:
        """Come back with the return code."""
        self.page.goto("/return")
        self.page.fill("#code", self.return_code.replace(" ", ""))
        submit(self.page, "/return")

    def writes(self, text: str, *, thread: int = 1) -> str:
        """Write at the end of a thread; return the post's address."""
        self.page.goto(f"/c/{self.slug}/t/{thread}")
        self.page.fill("#text", text)
        submit(self.page, f"/c/{self.slug}/t/{thread}/posts")
        assert self.page.locator(".done").count() == 1, self.page.locator("main").inner_text()
        return self.page.url.partition("?")[0]

    def answers(self, post: str, text: str, *, language: str, thread: int = 1) -> None:
        """Reply to a post, from its place in the thread, in the language named."""
        self.page.goto(f"/c/{self.slug}/t/{thread}")
        post_id = post.rpartition("/")[2]
        self.page.locator(f'a[href="/c/{self.slug}/t/{thread}/write?to={post_id}"]').click()
        self.page.fill("#text", text)
        self.page.select_option("#language", language)
        submit(self.page, f"/c/{self.slug}/t/{thread}/posts")
        assert self.page.locator(".done").count() == 1, self.page.locator("main").inner_text()

    def sees(self, text: str, *, thread: int = 1, within: float = 30) -> None:
        """Look into a thread until the text is there, as somebody waiting for a translation."""
        until = time.monotonic() + within
        while True:
            self.page.goto(f"/c/{self.slug}/t/{thread}")
            shown = self.page.locator("main").inner_text()
            if text in shown:
                return
            assert time.monotonic() < until, f"{text!r} did not appear:\n{shown}"
            time.sleep(0.3)

    def sees_not(self, text: str, *, thread: int = 1) -> None:
        """Look into a thread that does not show the text."""
        self.page.goto(f"/c/{self.slug}/t/{thread}")
        assert text not in self.page.locator("main").inner_text()

    def leaves(self) -> None:
        """Press "leave now"."""
        submit(self.page, "/leave")


@dataclass
class Facilitator:
    """Somebody who runs a consultation."""

    page: Page
    installation: Installation

    def signs_in(self) -> None:
        """Sign in with password and second factor."""
        self.page.goto("/facilitate/sign-in")
        self.page.fill("#name", self.installation.name)
        self.page.fill("#password", self.installation.password)
        self.page.fill("#code", self.installation.six_digits())
        submit(self.page, "/facilitate/sign-in")
        assert "/sign-in" not in self.page.url, self.page.locator("main").inner_text()

    def opens_a_consultation(
        self, slug: str, *, language: str, title: str, brief: str, by_invitation: bool = False
    ) -> None:
        """Create a consultation that is open for a day, in UTC."""
        self.page.goto("/facilitate/new")
        self.page.select_option("#language", language)
        self.page.fill("#title", title)
        self.page.fill("#brief", brief)
        self.page.fill("#organiser", "The Water Council")
        self.page.select_option("#timezone", "UTC")
        self.page.fill("#opens", _in_hours(-1))
        self.page.fill("#closes", _in_hours(24))
        if by_invitation:
            self.page.check('[name=who][value="invited"]')
        self.page.fill("#promise", "A report comes back to you.")
        self.page.fill("#consent", "My words may be read, translated and quoted as I choose.")
        self.page.locator("summary").click()
        self.page.fill("#slug", slug)
        submit(self.page, "/facilitate/new")
        assert f"/c/{slug}" in self.page.url, self.page.locator("main").inner_text()

    def asks(self, slug: str, *, title: str, question: str) -> None:
        """Add a thread."""
        self.page.goto(f"/facilitate/c/{slug}/threads/new")
        self.page.fill("#title", title)
        self.page.fill("#question", question)
        submit(self.page, f"/facilitate/c/{slug}/threads/new")
        assert "/new" not in self.page.url, self.page.locator("main").inner_text()

    def invites(self, slug: str, *, people: int) -> str:
        """Make an invitation; return the code that is shown once."""
        self.page.goto(f"/facilitate/c/{slug}/invitations")
        self.page.fill("#label", "The elders")
        self.page.fill("#cap", str(people))
        self.page.fill("#expires", _in_hours(12))
        submit(self.page, f"/facilitate/c/{slug}/invitations")
        return self.page.locator(".code").inner_text().strip()

    def hides(self, slug: str, post: str, *, reason: str) -> None:
        """Hide a post with a reason."""
        post_id = post.rpartition("/")[2]
        self.page.goto(f"/facilitate/c/{slug}/posts/{post_id}/hide")
        self.page.fill("#text", reason)
        submit(self.page, f"/facilitate/c/{slug}/posts/{post_id}/hide")

    def shows_again(self, slug: str, post: str) -> None:
        """Undo a hiding."""
        self.page.goto(f"/facilitate/c/{slug}/threads/1")
        submit(self.page, f"/facilitate/c/{slug}/posts/{post.rpartition('/')[2]}/unhide")

    def closes_the_thread(self, slug: str, number: int, *, reason: str) -> None:
        """Close a thread by hand, with a reason."""
        self.page.goto(f"/facilitate/c/{slug}/threads/{number}/close")
        self.page.fill("#text", reason)
        submit(self.page, f"/facilitate/c/{slug}/threads/{number}/close")
