"""What a file of the shape `baraza-consultation/1` may hold, and everything wrong with one.

docs/interchange.md describes the same for people. Nothing here knows the database.
"""

import json
from collections.abc import Iterator
from typing import Any

from app.discussion.interchange_values import (
    Fault,
    country,
    day,
    each,
    fields,
    instant,
    instant_of,
    integer,
    language,
    languages,
    line,
    maybe_no_words,
    one_of,
    or_null,
    slug,
    twice,
    visible,
    words,
    zone,
)
from app.refusals import Kind, Refusal, mark

FORMAT = "baraza-consultation/1"

_TRANSLATION = fields(
    {
        "language": language,
        "text": words,
        "engine": or_null(line(80)),
        "route": or_null(each(language)),
        "verdict": or_null(one_of("show", "warn", "withhold")),
        "translated_at": or_null(instant),
    },
    {"reason": line(200)},
)
_TRANSLATIONS = {"translations": each(_TRANSLATION)}
_WORDS = {"language": language, "text": words}

_THREAD = fields(
    {"number": integer(1), "title": line(500), "question": words},
    {
        "opens_at": instant,
        "closes_at": instant,
        "theme_on": day,
        "summaries": each(fields({**_WORDS, "written_at": instant}, _TRANSLATIONS)),
        "closures": each(
            fields({"closed_at": instant}, {**_WORDS, "reopened_at": instant, **_TRANSLATIONS})
        ),
        "translations": fields({}, dict.fromkeys(("title", "question"), each(_TRANSLATION))),
    },
)
_PERSON = fields(
    {
        "id": line(200),
        "name": line(80),
        "country": or_null(country),
        "languages": languages,
        "organisation_type": or_null(line(80)),
        "quotation": one_of("name", "pseudonym", "country", "none"),
        "joined_at": instant,
    },
    {"arrived_at": instant, "removed_at": instant, "consented": one_of(True)},
)
_POST = fields(
    {
        "id": line(200),
        "thread": integer(1),
        "author": line(200),
        "reply_to": or_null(line(200)),
        "language": language,
        "text": maybe_no_words,  # none only where it was withdrawn or erased
        "written_at": instant,
    },
    {
        "quotation": one_of("name", "pseudonym", "country", "none"),
        "held": instant,
        "withdrawn": instant,
        "erased": instant,
        "hidden": each(
            fields({**_WORDS, "hidden_at": instant}, {"undone_at": instant, **_TRANSLATIONS})
        ),
        "revisions": each(fields({**_WORDS, "written_at": instant})),
        **_TRANSLATIONS,
    },
)
_CONSULTATION = fields(
    {
        "format": one_of(FORMAT),
        "slug": slug,
        "language": language,
        "title": line(500),
        "brief": words,
        "organiser": line(200),
        "opens_at": instant,
        "closes_at": instant,
        "timezone": zone,
        "threads": each(_THREAD),
        "people": each(_PERSON),
        "posts": each(_POST),
    },
    {
        "promise": words,
        "consent": words,
        "results_due_on": day,
        "by_invitation": one_of(True),
        "word_limit": integer(1),
        "small_count": integer(1),
        "published_at": instant,
        "announcements": each(fields({**_WORDS, "announced_at": instant}, _TRANSLATIONS)),
        "schedule_changes": each(
            fields(
                {
                    **_WORDS,
                    "changed_at": instant,
                    "opened_at_before": instant,
                    "closed_at_before": instant,
                    "opens_at": instant,
                    "closes_at": instant,
                },
                _TRANSLATIONS,
            )
        ),
        "translations": fields(
            {}, dict.fromkeys(("title", "brief", "promise", "consent"), each(_TRANSLATION))
        ),
    },
)


class _Record(dict[str, Any]):
    """A JSON object that remembers which of its keys stood there twice."""

    repeated: tuple[str, ...] = ()


def read(content: bytes) -> Any:
    """Return the JSON value in `content`; raise Refusal, naming the line, if there is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at_line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(mark("Line %(line)s is not UTF-8 text."), line=at_line) from error
    try:
        return json.loads(text, object_pairs_hook=_record, parse_constant=_no_such_number)
    except json.JSONDecodeError as error:
        raise _unreadable(
            mark("Line %(line)s, column %(column)s is not JSON: %(reason)s."),
            line=error.lineno,
            column=error.colno,
            reason=error.msg,
        ) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(
            mark("This JSON cannot be read: %(reason)s."), reason=str(error)
        ) from error


def _unreadable(message: str, **values: str | int) -> Refusal:
    return Refusal(Kind.INVALID, "unreadable_file", message, values)


def _record(pairs: list[tuple[str, Any]]) -> _Record:
    record = _Record(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        record.repeated = tuple(sorted({key for key in keys if keys.count(key) > 1}))
    return record


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is not a number in JSON")


def check(document: Any) -> list[Fault]:
    """Return everything wrong with a document, in its order; nothing if it can be imported.

    What one field says of another (an unknown author, a reply in another thread) is looked at
    only when every field is right by itself.
    """
    if isinstance(document, dict) and document.get("format", FORMAT) != FORMAT:
        return list(one_of(FORMAT)(document["format"], "format"))
    return list(_CONSULTATION(document, "")) or list(_connections(document))


def _connections(document: dict[str, Any]) -> Iterator[Fault]:
    threads, people, posts = document["threads"], document["people"], document["posts"]
    yield from _times(document, "")
    for at, change in enumerate(document.get("schedule_changes", ())):
        yield from _times(change, f"schedule_changes[{at}].")
    for at, thread in enumerate(threads):
        yield from _times(thread, f"threads[{at}].")
        for place, closure in enumerate(thread.get("closures", ())):
            if ("text" in closure) != ("language" in closure):
                path = f"threads[{at}].closures[{place}]"
                yield Fault(path, mark("Give both the text and its language, or neither."))
    yield from twice((t["number"], f"threads[{at}].number") for at, t in enumerate(threads))
    yield from twice((p["id"], f"people[{at}].id") for at, p in enumerate(people))
    yield from twice((p["id"], f"posts[{at}].id") for at, p in enumerate(posts))
    for at, person in enumerate(people):
        if "consented" in person and "consent" not in document:
            yield Fault(f"people[{at}].consented", mark("There is no consent text to agree to."))
    numbers = {thread["number"] for thread in threads}
    authors = {person["id"] for person in people}
    threads_by_post = {post["id"]: post["thread"] for post in posts}
    for at, post in enumerate(posts):
        path = f"posts[{at}]"
        if post["thread"] not in numbers:
            message = mark("There is no thread %(number)s.")
            yield Fault(f"{path}.thread", message, {"number": post["thread"]})
        if post["author"] not in authors:
            yield Fault(
                f"{path}.author", mark("There is no person %(id)s."), {"id": post["author"]}
            )
        yield from _reply(post, threads_by_post, f"{path}.reply_to")
        yield from _wordings(post, path)
    yield from _circles(posts)


def _times(item: dict[str, Any], path: str) -> Iterator[Fault]:
    if "opens_at" not in item or "closes_at" not in item:
        return
    if instant_of(item["closes_at"]) <= instant_of(item["opens_at"]):
        yield Fault(f"{path}closes_at", mark("This must come after opens_at."))


def _reply(post: dict[str, Any], threads_by_post: dict[str, int], path: str) -> Iterator[Fault]:
    parent = post["reply_to"]
    if parent is None:
        return
    if parent not in threads_by_post:
        yield Fault(path, mark("There is no post %(id)s."), {"id": parent})
    elif threads_by_post[parent] != post["thread"]:
        yield Fault(path, mark("Post %(id)s is in another thread."), {"id": parent})


def _wordings(post: dict[str, Any], path: str) -> Iterator[Fault]:
    taken_back = "withdrawn" in post or "erased" in post
    if taken_back and (post["text"] or "revisions" in post or "translations" in post):
        yield Fault(f"{path}.text", mark("A post that was taken back must have no words."))
    elif not taken_back and not visible(post["text"]):
        yield Fault(f"{path}.text", mark("This is empty."))
    if "revisions" in post and not taken_back:
        revisions = post["revisions"]
        if len(revisions) < 2:
            yield Fault(f"{path}.revisions", mark("Give all wordings, or leave this out."))
        elif any(revisions[-1][key] != post[key] for key in ("language", "text")):
            last = f"{path}.revisions[{len(revisions) - 1}]"
            yield Fault(last, mark("The last wording must be that of the post."))


def _circles(posts: list[dict[str, Any]]) -> Iterator[Fault]:
    """Yield a fault for one post of each circle of replies."""
    parents = {post["id"]: post["reply_to"] for post in posts}
    places = {post["id"]: at for at, post in enumerate(posts)}
    done: set[str] = set()
    for post in posts:
        walked: set[str] = set()
        one: str | None = post["id"]
        while one is not None and one not in done:
            if one in walked:
                message = mark("These replies answer one another in a circle.")
                yield Fault(f"posts[{places[one]}].reply_to", message)
                break
            walked.add(one)
            one = parents.get(one)
        done |= walked
