"""What a page costs a phone on a slow network: bytes on the wire, and requests.

All figures are exact: bytes are counted on the socket of a real server, headers included. Run
with `-s` to see them.
"""

import gzip
import re
from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import brotli
import pytest

from app.database import Database
from app.main import create_app
from app.settings import Settings
from app.translation.models import Route
from bench.prose import LANGUAGES, posts_in
from tests.conftest import Clock, Site
from tests.journeys.discussing import INTERFACES, a_discussion, a_rendition
from tests.serving import OnTheWire, get_raw, served

FIRST_WINDOW = 14_600  # bytes: ten TCP segments, which arrive before the phone has to answer

UNPACKED: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
ASKED_FOR = {"gzip, deflate, br, zstd": "br", "gzip, deflate": "gzip"}  # new browsers, and old ones


@pytest.fixture
def site(sqlite_database: Database, clock: Clock, tmp_path: Path) -> Site:
    """Return the site on SQLite alone: its pages weigh the same on every database."""
    app = create_app(Settings(data_dir=tmp_path), clock=clock, database=sqlite_database)
    return Site(app, sqlite_database, clock)


# --- bytes ----------------------------------------------------------------------------------------


def weigh(port: int, path: str, *, reader: str, cookie: dict[str, str]) -> dict[str, OnTheWire]:
    """Return what comes over the wire for a page, once for each encoding."""
    return {
        encoding: get_raw(
            port,
            path,
            {
                "Accept-Encoding": asked,
                "Accept-Language": reader,
                "User-Agent": "Mozilla/5.0 (Linux; Android 8.1.0)",
                **cookie,
            },
        )
        for asked, encoding in ASKED_FOR.items()
    }


def html_of(answer: OnTheWire, encoding: str) -> str:
    """Return the page of an answer, which must have come in this encoding."""
    assert answer.header("content-encoding") == encoding
    return UNPACKED[encoding](answer.body).decode()


def note(shown: str, reader: str, answers: dict[str, OnTheWire]) -> None:
    """Print a line of the table."""
    sizes = "  ".join(f"{encoding} {len(one.raw):6}" for encoding, one in answers.items())
    print(f"{shown:34} read in {reader:3} {sizes}")


@pytest.mark.parametrize("prose", LANGUAGES)
def test_thread_of_20_originals_comes_in_the_first_window(
    site: Site, now: datetime, prose: str
) -> None:
    with site.database.writing() as session:
        discussion = a_discussion(session, now=now, posts=20, prose=prose)
        # A route is there and the translation is not: what a page says of that is its longest word.
        session.add_all(
            Route(source=prose, target=reader, path=f"{prose} en {reader}", engine="argos 1.0")
            for reader in INTERFACES
            if reader != prose
        )
    with served(site.app) as port:
        for reader in INTERFACES:
            answers = weigh(port, "/c/water/t/1", reader=reader, cookie=discussion.cookie)
            note(f"20 posts in {prose}, as written", reader, answers)
            for encoding, answer in answers.items():
                html = html_of(answer, encoding)
                assert html.count("<article") == 20
                assert html.count(f'lang="{prose}"') >= 20
                assert f'<html lang="{reader}"' in html
                assert "<textarea" in html  # read by somebody who takes part: the larger page
                assert len(answer.raw) <= FIRST_WINDOW
                assert_is_whole(html)


@pytest.mark.parametrize("prose", LANGUAGES)
def test_thread_of_20_renditions_comes_in_the_first_window(
    site: Site, now: datetime, prose: str
) -> None:
    with site.database.writing() as session:
        source = "pt" if prose == "en" else "en"
        discussion = a_discussion(session, now=now, posts=20, prose=source)
        for post, body in zip(discussion.posts, posts_in(prose), strict=False):
            a_rendition(session, post, into=prose, body=body, now=now)
    with served(site.app) as port:
        answers = weigh(port, "/c/water/t/1", reader=prose, cookie=discussion.cookie)
    note(f"20 posts translated into {prose}", prose, answers)
    for encoding, answer in answers.items():
        html = html_of(answer, encoding)
        assert html.count("<article") == 20
        assert html.count(f'class="words" lang="{prose}"') >= 20
        assert len(answer.raw) <= FIRST_WINDOW
        assert_is_whole(html)


OTHER_PAGES = (
    "/",
    "/c/water",
    "/c/water/join",
    "/c/water/new",
    "/c/water/t/1/write",
    "/c/water/t/1/write?to={post}",
    "/c/water/results",
    "/p/{post}",
    "/me",
    "/me/posts/{post}",
    "/return",
    "/languages",
    "/about",
    "/left",
    "/c/nowhere",
)


@pytest.mark.parametrize("reader", INTERFACES)
def test_every_other_page_comes_in_the_first_window(site: Site, now: datetime, reader: str) -> None:
    with site.database.writing() as session:
        # In the script that needs most bytes; all by the one who looks, so /me shows them all.
        discussion = a_discussion(session, now=now, posts=20, prose="my", threads=12, by_one=True)
        post = discussion.posts[2]
        for into, body in zip(("en", "pt", "ar", "hi", "am", "zh"), posts_in("hi"), strict=False):
            a_rendition(session, post, into=into, body=body, now=now)
    overweight = []
    with served(site.app) as port:
        for path in OTHER_PAGES:
            # Who has joined is not shown the form for joining.
            cookie = {} if path.endswith("/join") else discussion.cookie
            address = path.format(post=post.id)
            answers = weigh(port, address, reader=reader, cookie=cookie)
            note(path, reader, answers)
            for encoding, answer in answers.items():
                assert answer.status == (404 if path == "/c/nowhere" else 200)
                assert_is_whole(html_of(answer, encoding))
                if len(answer.raw) > FIRST_WINDOW:
                    overweight.append((path, encoding, len(answer.raw)))
    assert overweight == []


# --- requests -------------------------------------------------------------------------------------

FETCHING = {"script", "img", "iframe", "frame", "object", "embed", "video", "audio", "source"}
FETCHING |= {"track", "picture", "input type=image", "base"}


class Fetches(HTMLParser):
    """Notes what a page would make a browser fetch by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that fetches."""
        said = dict(attrs)
        href = said.get("href") or ""
        inline_icon = tag == "link" and said.get("rel") == "icon" and href.startswith("data:")
        if tag in FETCHING or (tag == "link" and not inline_icon):
            self.found.append(f"<{tag} {href or said.get('src')}>")
        if "src" in said or "srcset" in said or "background" in said:
            self.found.append(f"<{tag} src>")
        if tag == "meta" and (said.get("http-equiv") or "").lower() == "refresh":
            self.found.append("<meta refresh>")
        if "url(" in (said.get("style") or ""):
            self.found.append(f"<{tag} style>")


def assert_is_whole(html: str) -> None:
    """Assert that a page makes a browser fetch nothing more, from here or from elsewhere."""
    assert Fetches(html).found == []
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert not re.search(r"url\(|@import|@font-face", "".join(styles))
    assert not re.search(r"https?://", html.replace("http://www.w3.org", ""))


@pytest.mark.parametrize(
    "fetching",
    [
        '<link rel="stylesheet" href="/static/a.css">',
        '<script src="/a.js"></script>',
        '<img src="/a.png">',
        "<style>@import '/a.css'</style>",
        '<p style="background: url(/a.png)">',
        '<meta http-equiv="Refresh" content="0;url=/a">',
        '<a href="https://elsewhere.example/">elsewhere</a>',
    ],
)
def test_a_page_that_fetches_something_would_be_noticed(fetching: str) -> None:
    with pytest.raises(AssertionError):
        assert_is_whole(f"<!doctype html><title>a</title>{fetching}")
