from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.reports.rules import (
    Attribution,
    TranslationNote,
    assemble,
    why_not_results,
)
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


def test_replies_stand_below_their_post_in_order_of_writing() -> None:
    posts = tuple(
        a_post(id, "1", reply_to=reply_to)
        for id, reply_to in [("a", None), ("b", None), ("c", "a"), ("d", "c"), ("e", "a")]
    )
    document = assemble(some_facts(participants=(somebody("1"),), posts=posts))
    printed = [(p.number, p.depth, p.reply_to) for p in document.threads[0].posts]
    assert printed == [(1, 0, None), (2, 1, 1), (3, 2, 2), (4, 1, 1), (5, 0, None)]


def test_a_reply_to_a_post_that_is_not_shown_says_so() -> None:
    posts = (a_post("a", "1", reply_to="hidden"), a_post("b", "1"))
    document = assemble(some_facts(participants=(somebody("1"),), posts=posts))
    first, second = document.threads[0].posts
    assert (first.reply_to, first.answers_unseen) == (None, True)
    assert (second.reply_to, second.answers_unseen) == (None, False)


def test_a_chain_of_five_thousand_replies_is_printed() -> None:
    posts = tuple(a_post(str(i), "1", reply_to=str(i - 1) if i else None) for i in range(5000))
    document = assemble(some_facts(participants=(somebody("1"),), posts=posts))
    assert document.threads[0].posts[-1].depth == 4999


@pytest.mark.parametrize(
    ("quotation", "attribution"),
    [
        ("name", Attribution("name", name="Amina", country="KE")),
        ("pseudonym", Attribution("pseudonym", letter="A")),
        ("country", Attribution("country", country="KE")),
        ("none", Attribution("none")),
        ("unheard of", Attribution("none")),
    ],
)
def test_words_are_quoted_as_their_author_chose(quotation: str, attribution: Attribution) -> None:
    facts = some_facts(
        participants=(somebody("1", quotation=quotation),), posts=(a_post("a", "1"),)
    )
    (post,) = assemble(facts).threads[0].posts
    assert post.attribution == attribution
    assert (post.passage is None) == (attribution.quotation == "none")


def test_a_post_may_be_quoted_otherwise_than_its_author_chose_at_joining() -> None:
    facts = some_facts(
        participants=(somebody("1", quotation="name"),),
        posts=(a_post("a", "1"), a_post("b", "1", quotation="none")),
    )
    printed = assemble(facts).threads[0].posts
    assert [post.attribution.quotation for post in printed] == ["name", "none"]
    assert [post.passage is None for post in printed] == [False, True]


def test_posts_that_are_left_out_are_counted_all_the_same() -> None:
    facts = some_facts(participants=(somebody("1", quotation="none"),), posts=(a_post("a", "1"),))
    assert assemble(facts).figures.posts == 1


def letters(salt: str) -> dict[str, str | None]:
    people = tuple(somebody(f"p{i}", quotation="pseudonym") for i in range(30))
    posts = tuple(a_post(f"{p.id}-{i}", p.id) for i in range(2) for p in people)
    printed = assemble(some_facts(participants=people, posts=posts, salt=salt)).threads[0].posts
    found: dict[str, str | None] = {}
    for post, fact in zip(printed, posts, strict=True):
        assert found.setdefault(fact.participant, post.attribution.letter) == (
            post.attribution.letter
        )
    return found


def test_a_made_up_name_stays_with_its_author_and_tells_nothing_of_who_came_when() -> None:
    found = letters("salt")
    in_order = [chr(ord("A") + i) for i in range(26)] + ["AA", "AB", "AC", "AD"]
    assert sorted(found.values(), key=lambda name: (len(name or ""), name)) == in_order
    assert list(found.values()) != in_order
    assert letters("salt") == found
    assert letters("other salt") != found


def test_the_same_facts_give_the_same_report() -> None:
    facts = some_facts(
        participants=(somebody("1", quotation="pseudonym"),), posts=(a_post("a", "1"),)
    )
    assert assemble(facts) == assemble(replace(facts))


def test_no_id_of_a_post_or_a_person_is_in_a_report() -> None:
    facts = some_facts(
        participants=(somebody("person-id-1"),), posts=(a_post("post-id-1", "person-id-1"),)
    )
    document = assemble(facts)
    assert "post-id" not in repr(document)
    assert "person-id" not in repr(document)


def test_the_report_tells_how_its_texts_came_into_its_language() -> None:
    posts = (
        a_post("a", "1", written("One.")),
        a_post("b", "1", translated("Um.", "One.")),
        a_post("c", "1", translated("واحد", "One.", route=("ar", "fr", "en"), verdict="warn")),
        a_post("d", "1", translated("Dois.", "Two.", engine="person")),
        a_post("e", "1", untranslated("Kow.", "so", Standing.NO_ROUTE)),
        a_post("f", "1", untranslated("Bir.", "tr", Standing.PENDING)),
        a_post("g", "1", written("Not printed."), quotation="none"),
    )
    facts = some_facts(
        participants=(somebody("1"),),
        posts=posts,
        threads=(a_thread(1, translated("Resumo.", "Summary.")),),
    )
    assert assemble(facts).translation == TranslationNote(
        texts=11,  # title, brief, thread title, question, summary and six posts
        in_this_language=5,
        by_machine=3,
        by_person=1,
        not_translated={Standing.PENDING: 1, Standing.NO_ROUTE: 1},
        engines=("argos 1.9",),
        routes=((("pt", "en"), 2), (("ar", "fr", "en"), 1)),
    )


CLOSES = datetime(2026, 3, 12, tzinfo=UTC)


def test_results_are_there_for_everybody_once_closed_and_published() -> None:
    later = CLOSES + timedelta(days=2)
    assert why_not_results(published_at=later, closes_at=CLOSES, now=later) is None


@pytest.mark.parametrize(
    ("published_at", "now"),
    [
        (None, CLOSES + timedelta(days=9)),
        (CLOSES + timedelta(days=2), CLOSES + timedelta(days=1)),
        (CLOSES - timedelta(days=1), CLOSES - timedelta(seconds=1)),
    ],
)
def test_results_are_not_there_before(published_at: datetime | None, now: datetime) -> None:
    refusal = why_not_results(published_at=published_at, closes_at=CLOSES, now=now)
    assert refusal is not None
    assert refusal.code == "results_not_published"
