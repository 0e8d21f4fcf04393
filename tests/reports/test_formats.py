import csv
import io
import json
from html.parser import HTMLParser
from typing import Any

import pytest

from app.reports.facts import Facts, Passage
from app.reports.formats import FORMATS, MEDIA_TYPES
from app.reports.formats.csv import neutral
from app.reports.rules import assemble
from app.translation.rules import Standing
from tests.reports.making import (
    a_post,
    a_thread,
    some_facts,
    somebody,
    translated,
    untranslated,
    written,
)


def made(format: str, facts: Facts) -> str:
    return "".join(FORMATS[format](assemble(facts)))


def one_post(passage: Passage, quotation: str = "name", **others: Any) -> Facts:
    return some_facts(
        participants=(somebody("1", name="Amina", quotation=quotation),),
        posts=(a_post("a", "1", passage),),
        **others,
    )


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_format_has_a_media_type() -> None:
    assert FORMATS.keys() == MEDIA_TYPES.keys()


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_facts_give_the_same_file(format: str) -> None:
    facts = one_post(translated("Olá.", "Hello."))
    assert made(format, facts) == made(format, facts)


@pytest.mark.parametrize("format", FORMATS)
def test_words_of_who_wants_no_quotation_are_in_no_file(format: str) -> None:
    file = made(format, one_post(translated("Segredo.", "Secret."), quotation="none"))
    assert "Secret" not in file
    assert "Segredo" not in file
    assert "Amina" not in file


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("quotation", "name_is_there", "country_is_there"),
    [("name", True, True), ("pseudonym", False, False), ("country", False, True)],
)
def test_names_and_countries_are_in_a_file_as_the_author_chose(
    format: str, quotation: str, name_is_there: bool, country_is_there: bool
) -> None:
    file = made(format, one_post(written("Hello."), quotation=quotation))
    country = '"KE"' if format == "json" else "Kenya"
    assert ("Amina" in file) == name_is_there
    assert (country in file) == country_is_there


# --- HTML ---------------------------------------------------------------------------------------


def test_a_page_marks_machine_translation_and_has_the_original_beside_it() -> None:
    page = Elements(made("html", one_post(translated("Olá.", "Hello.", route=("pt", "es", "en")))))
    assert "Machine translation from Portuguese via Spanish" in page.text
    words = [a for tag, a in page.found if tag == "div" and "words" in (a["class"] or "")]
    assert {"class": "words", "lang": "en", "dir": "ltr"} in words
    assert {"class": "words original", "lang": "pt", "dir": "ltr"} in words


def test_a_page_says_what_is_not_translated() -> None:
    passage = untranslated("Biyo.", "so", Standing.NO_ROUTE)
    page = Elements(made("html", one_post(passage)))
    assert "No translation from Somali" in page.text
    assert "Biyo." in page.text


def test_a_page_in_arabic_runs_from_right_to_left_but_for_what_does_not() -> None:
    passage = translated("Hello.", "مرحبا", route=("en", "ar"))
    page = Elements(made("html", one_post(passage, language="ar")))
    assert page.found[0] == ("html", {"lang": "ar", "dir": "rtl"})
    words = [a for tag, a in page.found if a.get("class", "") in ("words", "words original")]
    assert {"class": "words", "lang": "ar", "dir": "rtl"} in words
    assert {"class": "words original", "lang": "en", "dir": "ltr"} in words
    assert "كينيا" in page.text


def test_a_page_in_a_language_without_a_catalog_says_which_language_its_labels_have() -> None:
    page = Elements(made("html", one_post(written("Habari.", "sw"), language="sw")))
    assert page.found[0] == ("html", {"lang": "en", "dir": "ltr"})


def test_nothing_that_people_wrote_becomes_an_element_of_the_page() -> None:
    evil = "</style><script>alert(1)</script><img src=x onerror=alert(1)>&amp;"
    facts = some_facts(
        participants=(somebody("1", name=evil, organisation_type=evil),) * 9,
        posts=(a_post("a", "1", translated(evil, evil)),),
        threads=(a_thread(1, translated(evil, evil)),),
        title=translated(evil, evil),
    )
    page = Elements(made("html", facts))
    assert {"script", "img"}.isdisjoint(tag for tag, _ in page.found)
    assert evil in page.text


def test_a_page_needs_nothing_else() -> None:
    page = Elements(made("html", one_post(written("See https://example.org"))))
    assert {"link", "script", "img", "iframe"}.isdisjoint(tag for tag, _ in page.found)
    addresses = [a[key] for _, a in page.found for key in ("href", "src", "action") if key in a]
    assert all(address and address.startswith("#") for address in addresses)


def test_a_page_says_that_a_table_is_withheld_and_shows_no_small_count() -> None:
    people = tuple(somebody(str(i), country="KE" if i < 4 else "UG") for i in range(7))
    page = Elements(made("html", some_facts(participants=people)))
    assert "Registered, by country: not shown" in " ".join(page.text.split())


# --- CSV ----------------------------------------------------------------------------------------


def rows(sheet: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(sheet.removeprefix("\ufeff"), newline="")))


def test_a_sheet_has_a_line_for_every_post() -> None:
    facts = some_facts(
        participants=(somebody("1", name="Amina"), somebody("2", quotation="none")),
        posts=(
            a_post("a", "1", translated('Olá,\n"água"!', 'Hello,\n"water"!')),
            a_post("b", "2", written("No."), reply_to="a"),
            a_post("c", "1", untranslated("Biyo.", "so", Standing.NO_ROUTE)),
        ),
    )
    sheet = made("csv", facts)
    assert sheet.startswith("\ufeffThread,")
    head, *lines = rows(sheet)
    assert len(head) == 11
    assert [line[:6] for line in lines] == [
        ["1", "Thread 1", "1", "", "Amina", "Kenya"],
        ["1", "Thread 1", "2", "1", "Left out, as its author wishes", ""],
        ["1", "Thread 1", "3", "", "Amina", "Kenya"],
    ]
    assert [line[6:] for line in lines] == [
        ["pt", 'Olá,\n"água"!', 'Hello,\n"water"!', "machine", "pt > en"],
        ["", "", "", "", ""],
        ["so", "Biyo.", "", "No translation from this language", ""],
    ]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", " =1", "＝1", "\n=1"]
)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert neutral(cell) == "'" + cell
    sheet = made("csv", one_post(translated(cell, cell)))
    assert rows(sheet)[1][7:9] == ["'" + cell] * 2


@pytest.mark.parametrize("cell", ["", "words", "1 = 1", "a-b", "'quoted'", "٣ + ٣"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert neutral(cell) == cell


# --- JSON ---------------------------------------------------------------------------------------


def test_the_json_report_has_the_keys_others_build_on() -> None:
    report = json.loads(made("json", one_post(translated("Olá.", "Hello."))))
    assert report["format"] == "baraza-report/1"
    assert report["language"] == "en"
    assert report["figures"] == {
        "registered": 1,
        "arrived": 1,
        "contributed": 1,
        "countries_registered": 1,
        "countries_contributed": 1,
        "posts": 1,
        "threads": 1,
        "words": 1,
        "languages_written": 1,
        "languages_read": 1,
        "opens_at": "2026-03-09T06:00:00+00:00",
        "closes_at": "2026-03-12T06:00:00+00:00",
        "days": 3,
    }
    assert report["tables"]["registered_by_country"] == {
        "rows": [],
        "other": None,
        "total": 1,
        "smallest_shown": 5,
        "withheld": True,
    }
    assert report["threads"][0]["posts"] == [
        {
            "number": 1,
            "reply_to": None,
            "answers_unseen": False,
            "author": {"quotation": "name", "name": "Amina", "country": "KE"},
            "passage": {
                "text": "Hello.",
                "language": "en",
                "source_language": "pt",
                "standing": "translated",
                "by": "machine",
                "route": ["pt", "en"],
                "verdict": "show",
                "original": "Olá.",
            },
        }
    ]


def test_the_json_table_of_threads_has_posts_too_and_none_for_the_hidden() -> None:
    people = tuple(somebody(str(i)) for i in range(9))
    nine = (a_post(f"{i}", str(i), thread=1) for i in range(9))
    posts = (*nine, a_post("x", "1", thread=2), a_post("y", "2", thread=3))
    threads = tuple(a_thread(number) for number in (1, 2, 3, 4))
    facts = some_facts(participants=people, posts=posts, threads=threads, small_count=3)
    assert json.loads(made("json", facts))["tables"]["by_thread"] == {
        "rows": [],
        "other": None,
        "total": 11,
        "smallest_shown": 3,
        "withheld": True,
        "other_posts": None,
    }
    more = (
        *posts,
        a_post("z", "3", thread=3),
        a_post("w", "4", thread=3),
        a_post("v", "4", thread=2),
    )
    more += (a_post("u", "5", thread=4), a_post("t", "6", thread=4))
    facts = some_facts(participants=people, posts=more, threads=threads, small_count=3)
    table = json.loads(made("json", facts))["tables"]["by_thread"]
    assert table["rows"] == [{"key": 1, "count": 9, "posts": 9}]
    assert (table["other"], table["other_posts"]) == (7, 7)
