"""What a page costs a phone on a slow network: bytes on the wire, requests, and queries behind it.

All figures are exact: bytes are counted on the socket of a real server, headers included. Run
with `-s` to see them.
"""

import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path

import brotli
import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from app.consultations.models import Consultation, Participation
from app.database import Database, WriteSession
from app.discussion.models import Post, Thread
from app.identity.actions import begin_session
from app.main import create_app
from app.settings import Settings
from app.translation.models import Route, Translation
from bench.prose import LANGUAGES, posts_in
from tests.conftest import Clock, Site
from tests.factories import a_consultation, a_participation, a_post, a_thread
from tests.serving import OnTheWire, get_raw, served

FIRST_WINDOW = 14_600  # bytes: ten TCP segments, which arrive before the phone has to answer
INTERFACES = ("en", "pt", "ar")
UNPACKED: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
ASKED_FOR = {"gzip, deflate, br, zstd": "br", "gzip, deflate": "gzip"}  # new browsers, and old ones

NAMES = (
    ("Amina Wanjiru", "KE"),
    ("فاطمة الزهراء", "SD"),
    ("Дарина", "UA"),
    ("မမ", "MM"),
    ("ተስፋዬ", "ET"),
    ("Maria da Conceição", "MZ"),
    ("गीता", "NP"),
    ("李明", None),
    ("Kouassi", "CI"),
    ("participant 7", "CO"),
)


@pytest.fixture
def site(sqlite_database: Database, clock: Clock, tmp_path: Path) -> Site:
    """Return the site on SQLite alone: its pages weigh the same on every database."""
    app = create_app(Settings(data_dir=tmp_path), clock=clock, database=sqlite_database)
    return Site(app, sqlite_database, clock)


@dataclass(frozen=True)
class Discussion:
    """A consultation, its threads, and who writes in the first of them."""

    consultation: Consultation
    threads: list[Thread]
    people: list[Participation]
    posts: list[Post]
    token: str

    @property
    def cookie(self) -> dict[str, str]:
        """Return the header by which the first of them is known."""
        return {"Cookie": f"baraza={self.token}"}


def a_discussion(
    session: WriteSession,
    *,
    now: datetime,
    posts: int,
    prose: str = "en",
    threads: int = 1,
    by_one: bool = False,
    slug: str = "water",
) -> Discussion:
    """Add an open consultation whose first thread has `posts` posts, every third one a reply."""
    consultation = a_consultation(
        session,
        now=now,
        slug=slug,
        languages=INTERFACES,
        brief=" ".join(islice(posts_in("en"), 2)),
    )
    many = [
        a_thread(
            session,
            consultation=consultation,
            now=now,
            number=number + 1,
            title=f"Wells {number + 1}",
            question=question,
        )
        for number, question in enumerate(islice(posts_in("en"), threads))
    ]
    people = [
        a_participation(
            session,
            consultation=consultation,
            now=now - timedelta(days=1),
            name=name,
            country=country,
            languages=(prose,),
        )
        for name, country in NAMES
    ]
    written: list[Post] = []
    for n, body in enumerate(islice(posts_in(prose), posts)):
        written.append(
            a_post(
                session,
                thread=many[0],
                author=people[0 if by_one else n % len(people)],
                now=now - timedelta(minutes=7 * (posts - n)),
                body=f"{n}. {body}",
                language=prose,
                reply_to=written[-1] if n % 3 == 2 else None,
            )
        )
    token = begin_session(
        session, person_id=people[0].person_id, ends_at=now + timedelta(days=2), now=now
    )
    return Discussion(consultation, many, people, written, token)


def a_rendition(session: WriteSession, post: Post, *, into: str, body: str, now: datetime) -> None:
    """Add a finished machine translation of a post, made through English, with a warning."""
    session.add(
        Translation(
            text_id=post.text_id,
            language=into,
            state="done",
            source="fr",
            owed_at=now,
            body=body,
            engine="argos 1.0, 1.0",
            route=f"fr en {into}",
            verdict="warn",
            attempts=1,
            fulfilled_at=now,
        )
    )


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
        discussion = a_discussion(session, now=now, posts=20, prose="de")
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


# --- queries --------------------------------------------------------------------------------------


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Yield the list of statements that a database is sent."""
    sent: list[str] = []

    def listen(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", listen)


def statements_for(site: Site, path: str, discussion: Discussion) -> int:
    """Return how many statements a page takes for somebody who takes part."""
    client: TestClient = site.browser()
    with statements(site.database) as sent:
        answer = client.get(path, headers=discussion.cookie)
    assert answer.status_code == 200
    return len([one for one in sent if not one.startswith("BEGIN")])


def counted(
    site: Site, now: datetime, path: str, *, posts: int, threads: int = 1, about: int = 1
) -> int:
    """Return the statements for a page of a discussion of this size.

    `path` is filled with the address of the consultation and the id of its last post; `about`
    is the number of consultations there are.
    """
    slugs = [f"water-{posts}-{threads}-{about}-{n}" for n in range(about)]
    with site.database.writing() as session:
        for slug in slugs:
            discussion = a_discussion(
                session, now=now, slug=slug, posts=posts, threads=threads, by_one=True
            )
        for post in discussion.posts:
            a_rendition(session, post, into="pt", body="Palavras.", now=now)
    return statements_for(
        site, path.format(slug=slugs[-1], post=discussion.posts[-1].id), discussion
    )


@pytest.mark.parametrize(
    "path",
    [
        "/c/{slug}/t/1?lang=pt",
        "/c/{slug}/t/1?page=2",
        "/c/{slug}/t/1/write?to={post}",
        "/c/{slug}/new?lang=pt",
        "/c/{slug}",
        "/me",
        "/me/posts/{post}",
        "/p/{post}",
    ],
)
def test_queries_do_not_grow_with_posts(site: Site, now: datetime, path: str) -> None:
    assert len({counted(site, now, path, posts=posts) for posts in (10, 20, 300)}) == 1


@pytest.mark.parametrize("path", ["/c/{slug}", "/c/{slug}/new"])
def test_queries_do_not_grow_with_threads(site: Site, now: datetime, path: str) -> None:
    counts = {counted(site, now, path, posts=3, threads=threads) for threads in (1, 3, 30)}
    assert len(counts) == 1


def test_queries_of_home_do_not_grow_with_consultations(site: Site, now: datetime) -> None:
    assert len({counted(site, now, "/", posts=1, about=about) for about in (1, 3, 30)}) == 1


def test_a_page_that_asks_once_for_each_post_would_be_noticed(site: Site, now: datetime) -> None:
    def asked_for(posts: int) -> int:
        with site.database.writing() as session:
            ids = [
                post.id
                for post in a_discussion(session, now=now, slug=f"w-{posts}", posts=posts).posts
            ]
        with statements(site.database) as sent, site.database.reading() as reading:
            for post_id in ids:
                reading.get(Post, post_id)
        return len(sent)

    assert len({asked_for(posts) for posts in (1, 3)}) == 2
