"""How many statements a page sends to the database: as many for a large discussion as for a small.

TRUST R-16. On SQLite and on PostgreSQL.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import event
from starlette.testclient import TestClient

from app.database import Database
from app.discussion.models import Post
from tests.conftest import Site
from tests.journeys.discussing import Discussion, a_discussion, a_rendition


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


PAGES_OF_POSTS = (
    "/c/{slug}/t/1?lang=pt",
    "/c/{slug}/t/1?page=2",
    "/c/{slug}/t/1/write?to={post}",
    "/c/{slug}/new?lang=pt",
    "/c/{slug}",
    "/me",
    "/me/posts/{post}",
    "/p/{post}",
)
PAGES_OF_THREADS = ("/c/{slug}", "/c/{slug}/new", "/c/{slug}/t/1")


def counted(
    site: Site, now: datetime, paths: Sequence[str], *, posts: int, threads: int = 1
) -> dict[str, int]:
    """Return the statements for each page of a discussion of this size."""
    slug = f"water-{posts}-{threads}"
    with site.database.writing() as session:
        discussion = a_discussion(
            session, now=now, slug=slug, posts=posts, threads=threads, by_one=True
        )
        for post in discussion.posts:
            a_rendition(session, post, into="pt", body="Palavras.", now=now)
    post_id = discussion.posts[-1].id
    return {
        path: statements_for(site, path.format(slug=slug, post=post_id), discussion)
        for path in paths
    }


def test_statements_do_not_grow_with_posts(site: Site, now: datetime) -> None:
    few, some, many = (counted(site, now, PAGES_OF_POSTS, posts=n) for n in (10, 20, 300))
    assert few == some == many
    print(few)


def test_statements_do_not_grow_with_threads(site: Site, now: datetime) -> None:
    few, some, many = (counted(site, now, PAGES_OF_THREADS, posts=3, threads=n) for n in (1, 3, 30))
    assert few == some == many


def test_statements_of_home_do_not_grow_with_consultations(site: Site, now: datetime) -> None:
    counts = []
    for number in range(12):
        with site.database.writing() as session:
            discussion = a_discussion(session, now=now, slug=f"water-{number}", posts=1)
        counts.append(statements_for(site, "/", discussion))
    assert len(set(counts)) == 1


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
