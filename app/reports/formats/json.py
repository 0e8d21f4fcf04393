"""A report for programs, in the shape `baraza-report/1`."""

import json as notation
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.reports.facts import Passage
from app.reports.figures import Figures
from app.reports.rules import Document, PrintedPost, TranslationNote
from app.reports.small_counts import Table
from app.translation.rules import Standing

FORMAT = "baraza-report/1"


def json(document: Document) -> Iterator[str]:
    """Yield the report as one JSON object."""
    about, tables = document.consultation, document.tables
    by_thread = tables.by_thread
    threads_table = table_data(by_thread.people)
    threads_table["rows"] = [
        {"key": number, "count": people, "posts": posts}
        for number, people, posts in by_thread.by_number
    ]
    report = {
        "format": FORMAT,
        "language": document.language,
        "consultation": {
            "slug": about.slug,
            "title": _passage(about.title),
            "brief": _passage(about.brief),
            "promise": _passage(about.promise) if about.promise else None,
            "organiser": about.organiser,
            "timezone": about.timezone,
            "results_due_on": about.results_due_on.isoformat() if about.results_due_on else None,
            "by_invitation": about.by_invitation,
        },
        "figures": figures_data(document.figures),
        "tables": {
            "registered_by_country": table_data(tables.registered_by_country),
            "contributed_by_country": table_data(tables.contributed_by_country),
            "registered_by_language": table_data(tables.registered_by_language),
            "contributed_by_language": table_data(tables.contributed_by_language),
            "registered_by_organisation_type": table_data(tables.registered_by_organisation_type),
            "by_thread": threads_table | {"other_posts": by_thread.other_posts},
        },
        "translation": _translation(document.translation),
        "threads": [
            {
                "number": thread.number,
                "title": _passage(thread.title),
                "question": _passage(thread.question),
                "summary": _passage(thread.summary) if thread.summary else None,
                "posts": [_post(post) for post in thread.posts],
            }
            for thread in document.threads
        ],
    }
    yield notation.dumps(report, ensure_ascii=False, indent=1) + "\n"


def figures_data(figures: Figures) -> dict[str, Any]:
    """Return the figures with the keys of the outer interface, instants in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(figures).items()
    }


def table_data(table: Table) -> dict[str, Any]:
    """Return a table: `other` is everybody in the groups too small to show, null if there are
    none; a withheld table has no rows; `key` null is who did not say."""
    return {
        "rows": [{"key": row.key, "count": row.count} for row in table.rows],
        "other": table.other,
        "total": table.total,
        "smallest_shown": table.k,
        "withheld": table.withheld,
    }


def _passage(passage: Passage) -> dict[str, Any]:
    rendition = passage.rendition
    data: dict[str, Any] = {
        "text": rendition.body,
        "language": rendition.language,
        "source_language": rendition.source_language,
        "standing": rendition.standing.value,
    }
    if rendition.standing is Standing.TRANSLATED:
        data |= {
            "by": rendition.by,
            "route": list(rendition.route),
            "verdict": rendition.verdict,
            "original": passage.original,
        }
    return data


def _post(post: PrintedPost) -> dict[str, Any]:
    attribution = post.attribution
    author: dict[str, Any] = {"quotation": attribution.quotation}
    if attribution.quotation == "name":
        author |= {"name": attribution.name, "country": attribution.country}
    elif attribution.quotation == "pseudonym":
        author |= {"pseudonym": attribution.letter}
    elif attribution.quotation == "country":
        author |= {"country": attribution.country}
    return {
        "number": post.number,
        "reply_to": post.reply_to,
        "answers_unseen": post.answers_unseen,
        "author": author,
        "passage": _passage(post.passage) if post.passage else None,
    }


def _translation(note: TranslationNote) -> dict[str, Any]:
    return {
        "texts": note.texts,
        "in_this_language": note.in_this_language,
        "by_machine": note.by_machine,
        "by_person": note.by_person,
        "not_translated": {s.value: count for s, count in note.not_translated.items()},
        "engines": list(note.engines),
        "routes": [{"route": list(path), "texts": count} for path, count in note.routes],
    }
