"""A consultation of the real size: 177 people, 335 posts, 9 threads, real Argos packages."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from app.discussion.interchange import import_consultation
from app.discussion.interchange_export import export_consultation
from app.reports.queries import consultation_figures
from app.translation.argos import ArgosTranslator
from app.translation.argos_packages import install_file
from app.translation.queries import translation_figures
from app.translation.worker import round_once
from app.web.i18n import say
from tests.conftest import Clock, Site
from tests.journeys.people import words_of

pytestmark = pytest.mark.shared


def test_the_real_size_is_imported_translated_read_counted_and_given_back(
    site: Site, shared_data: Path, clock: Clock, tmp_path: Path
) -> None:
    document = json.loads((shared_data / "consultation.json").read_text(encoding="utf-8"))
    clock.set(datetime.fromisoformat("2022-10-21T05:00:00+00:00"))
    with site.database.writing() as session:
        slug = import_consultation(session, document=document, now=clock())
    packages = tmp_path / "packages"
    for package in sorted((shared_data / "argos").glob("*.argosmodel")):
        install_file(package, packages)
    engine = ArgosTranslator(packages)
    while round_once(site.database, engine, worker_name="w", now=clock()):
        pass

    with site.database.reading() as session:
        row = session.connection().exec_driver_sql("SELECT id, readership_id FROM consultations")
        consultation_id, readership_id = row.one()
        owed = translation_figures(session, readership_id=readership_id)
        figures = consultation_figures(session, consultation_id=consultation_id)
        assert export_consultation(session, slug=slug, translations=False) == document
    assert (owed.owed, owed.failed) == (0, 0)

    people, posts = document["people"], document["posts"]
    authors = {post["author"] for post in posts}
    assert (figures.registered, figures.arrived) == (len(people), None)
    assert (figures.contributed, figures.posts) == (len(authors), len(posts))
    assert figures.countries_registered == len({p["country"] for p in people} - {None})
    wrote = {p["country"] for p in people if p["id"] in authors}
    assert figures.countries_contributed == len(wrote - {None})
    assert (figures.threads, figures.days) == (9, 3)

    reader = site.browser(language="pt")
    marked = say("Machine translation from %(language)s", "pt", {"language": "inglês"})
    translated = kept_back = shown = 0
    for thread in document["threads"]:
        first = reader.get(f"/c/{slug}/t/{thread['number']}")
        last = max(map(int, re.findall(r'href="\?page=(\d+)"', first.text)), default=1)
        for page in range(1, last + 1):
            answer = reader.get(f"/c/{slug}/t/{thread['number']}", params={"page": page})
            assert answer.status_code == 200
            for article in re.findall(r'<article class="post".*?</article>', answer.text, re.S):
                shown += 1
                body = re.search(r'<div class="words" lang="(\S+)"', article)
                assert body is not None
                said = words_of_article(article)
                if marked in said:
                    assert body[1] == "pt"
                    translated += 1
                elif body[1] == "en":
                    kept_back += 1
    english = sum(post["language"] == "en" for post in posts)
    assert shown == len(posts)
    assert translated + kept_back == english
    # The checks withhold what is not reliable; real prose through good packages hardly ever is.
    assert kept_back <= english * 0.02
    no_route = say(
        "No translation from %(language)s: this is the original", "pt", {"language": "árabe"}
    )
    assert no_route in everything(site, slug)


def words_of_article(article: str) -> str:
    """Return what one post says."""
    return " ".join(re.sub(r"<[^>]+>", " ", article).split())


def everything(site: Site, slug: str) -> str:
    """Return what all first pages of the threads say in Portuguese."""
    reader = site.browser(language="pt")
    return " ".join(words_of(reader.get(f"/c/{slug}/t/{n}")) for n in range(1, 10))
