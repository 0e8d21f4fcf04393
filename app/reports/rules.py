"""The report as a document, in the order it is read; and who may have it when."""

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.refusals import Kind, Refusal, mark
from app.reports.facts import ConsultationFacts, Facts, ParticipantFacts, Passage, VisiblePost
from app.reports.figures import Figures, Tables, figures, tables
from app.translation.rules import Standing


@dataclass(frozen=True)
class Attribution:
    """Whose words these are, as far as they want it told.

    `quotation`: `name` (with country, if said), `pseudonym` (with a letter of this report only),
    `country`, or `none`: the words are not printed at all.
    """

    quotation: str
    name: str | None = None
    letter: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class PrintedPost:
    """A post in its place: `number` counts within the thread, replies stand below their post.

    `passage` is None where the author wants no quotation. `reply_to` is the number of the post it
    answers; `answers_unseen` if that one is not shown any more.
    """

    number: int
    depth: int
    reply_to: int | None
    answers_unseen: bool
    attribution: Attribution
    passage: Passage | None


@dataclass(frozen=True)
class PrintedThread:
    """A thread's question, newest summary and posts."""

    number: int
    title: Passage
    question: Passage
    summary: Passage | None
    posts: tuple[PrintedPost, ...]


@dataclass(frozen=True)
class TranslationNote:
    """How the texts of this edition came into its language, counted.

    `not_translated` counts by standing what is printed in the original only; `routes` the paths
    the machine took.
    """

    texts: int
    in_this_language: int
    by_machine: int
    by_person: int
    not_translated: dict[Standing, int]
    engines: tuple[str, ...]
    routes: tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True)
class Document:
    """A report in one language, ready for every format; the same facts give the same document."""

    language: str
    consultation: ConsultationFacts
    figures: Figures
    tables: Tables
    translation: TranslationNote
    threads: tuple[PrintedThread, ...]


def assemble(facts: Facts) -> Document:
    """Return the report of these facts. No id of a post and no time of one is in it."""
    people = {person.id: person for person in facts.participants}
    letters = _letters(facts, people)
    posts: dict[int, list[VisiblePost]] = defaultdict(list)
    for post in facts.posts:
        posts[post.thread].append(post)
    threads = tuple(
        PrintedThread(
            thread.number,
            thread.title,
            thread.question,
            thread.summary,
            tuple(_printed(posts[thread.number], people, letters)),
        )
        for thread in sorted(facts.threads, key=lambda thread: thread.number)
    )
    return Document(
        language=facts.language,
        consultation=facts.consultation,
        figures=figures(facts),
        tables=tables(facts),
        translation=_translation_note(facts.consultation, threads),
        threads=threads,
    )


def quotation_of(post: VisiblePost, author: ParticipantFacts) -> str:
    """Return how a post may be quoted: its own choice, else its author's; `none` if unknown."""
    chosen = post.quotation or author.quotation
    return chosen if chosen in ("name", "pseudonym", "country") else "none"


def _letters(facts: Facts, people: dict[str, ParticipantFacts]) -> dict[str, str]:
    """Return the letter of everybody quoted under a made-up name.

    Their order is that of a keyed digest, so a letter tells nothing of who came when.
    """
    quoted = {
        post.participant
        for post in facts.posts
        if quotation_of(post, people[post.participant]) == "pseudonym"
    }
    key = facts.consultation.salt.encode()
    shuffled = sorted(quoted, key=lambda id: hmac.digest(key, id.encode(), hashlib.sha256))
    return {person: _letter(position) for position, person in enumerate(shuffled)}


def _letter(position: int) -> str:
    """Return A to Z, then AA, AB, ..."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _printed(
    posts: Sequence[VisiblePost], people: dict[str, ParticipantFacts], letters: dict[str, str]
) -> Iterator[PrintedPost]:
    """Yield a thread's posts, each followed by the replies to it, both in order of writing."""
    known = {post.id for post in posts}
    replies: dict[str | None, list[VisiblePost]] = defaultdict(list)
    for post in posts:
        replies[post.reply_to if post.reply_to in known else None].append(post)
    numbers: dict[str | None, int] = {}
    waiting = [(post, 0) for post in reversed(replies[None])]
    while waiting:  # a loop, since a chain of replies can be longer than Python nests calls
        post, depth = waiting.pop()
        numbers[post.id] = len(numbers) + 1
        attribution = _attribution(post, people[post.participant], letters)
        yield PrintedPost(
            number=numbers[post.id],
            depth=depth,
            reply_to=numbers.get(post.reply_to),
            answers_unseen=post.reply_to is not None and post.reply_to not in known,
            attribution=attribution,
            passage=None if attribution.quotation == "none" else post.passage,
        )
        waiting.extend((reply, depth + 1) for reply in reversed(replies[post.id]))


def _attribution(
    post: VisiblePost, author: ParticipantFacts, letters: dict[str, str]
) -> Attribution:
    quotation = quotation_of(post, author)
    if quotation == "name":
        return Attribution(quotation, name=author.name, country=author.country)
    if quotation == "pseudonym":
        return Attribution(quotation, letter=letters[author.id])
    return Attribution(quotation, country=author.country if quotation == "country" else None)


def _translation_note(
    consultation: ConsultationFacts, threads: Sequence[PrintedThread]
) -> TranslationNote:
    passages = [consultation.title, consultation.brief, consultation.promise]
    for thread in threads:
        passages += [thread.title, thread.question, thread.summary]
        passages += [post.passage for post in thread.posts]
    printed = [passage.rendition for passage in passages if passage and passage.original]
    standings = Counter(rendition.standing for rendition in printed)
    machine = [rendition for rendition in printed if rendition.by == "machine"]
    routes = Counter(rendition.route for rendition in machine)
    shown = (Standing.ORIGINAL, Standing.TRANSLATED)
    return TranslationNote(
        texts=len(printed),
        in_this_language=standings[Standing.ORIGINAL],
        by_machine=len(machine),
        by_person=standings[Standing.TRANSLATED] - len(machine),
        not_translated={s: standings[s] for s in Standing if standings[s] and s not in shown},
        engines=tuple(sorted({rendition.engine for rendition in machine if rendition.engine})),
        routes=tuple(sorted(routes.items(), key=lambda route: (-route[1], route[0]))),
    )


def why_not_results(
    *, published_at: datetime | None, closes_at: datetime, now: datetime
) -> Refusal | None:
    """Say why somebody who does not run a consultation cannot have its report now.

    Not before it closed either: reports of two moments could be subtracted (TRUST T-24).
    """
    if published_at is None or now < published_at or now < closes_at:
        return Refusal(
            Kind.UNTIMELY,
            "results_not_published",
            mark("The results of this consultation are not published yet."),
        )
    return None
