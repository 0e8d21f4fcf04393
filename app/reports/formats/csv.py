"""The posts of a report as one sheet: UTF-8 with a mark at its start, so that spreadsheets read
every script, and no cell that a spreadsheet takes for a formula (TRUST T-27)."""

import csv as sheets
import io
from collections.abc import Iterable, Iterator

from app.reports.formats.labels import COLUMNS, NOT_TRANSLATED, TRANSLATED_BY, Labels
from app.reports.rules import Document, PrintedPost, PrintedThread
from app.translation.rules import Standing

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def csv(document: Document) -> Iterator[str]:
    """Yield the sheet piece by piece: a line for every post, in the order of the report."""
    labels = Labels(document.language)
    yield "\ufeff" + _line(labels.say(column) for column in COLUMNS)
    for thread in document.threads:
        for post in thread.posts:
            yield _line(_cells(thread, post, labels))


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: one that begins like a formula gets
    an apostrophe before it."""
    return "'" + cell if cell.lstrip(" \u00a0").startswith(_FORMULA) else cell


def _cells(thread: PrintedThread, post: PrintedPost, labels: Labels) -> Iterator[str]:
    country = post.attribution.country
    yield str(thread.number)
    yield thread.title.rendition.body
    yield str(post.number)
    yield str(post.reply_to or "")
    yield labels.name(post.attribution)
    yield labels.country(country) if country else ""
    if post.passage is None:
        yield from ("", "", "", "", "")
        return
    rendition = post.passage.rendition
    yield rendition.source_language
    yield post.passage.original
    if rendition.standing is Standing.TRANSLATED:
        yield rendition.body
        yield labels.say(TRANSLATED_BY[rendition.by or "machine"])
        yield " > ".join(rendition.route)
    else:
        reason = NOT_TRANSLATED.get(rendition.standing)
        yield from ("", labels.say(reason) if reason else "", "")


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    sheets.writer(buffer).writerow([neutral(cell) for cell in cells])
    return buffer.getvalue()
