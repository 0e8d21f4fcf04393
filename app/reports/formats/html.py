"""A report as one page that needs nothing else: it can be saved, sent and printed."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.reports.formats.labels import NOT_TRANSLATED, Labels
from app.reports.rules import Document
from app.web.rendering import environment


@dataclass(frozen=True)
class Names:
    """How the keys of the tables are called."""

    country: Callable[[str], str]
    language: Callable[[str], str]
    organisation_type: Callable[[str], str]


def names(labels: Labels) -> Names:
    """Return how the keys of the tables are called in the report's language."""
    return Names(labels.country, labels.language_name, labels.say)


def html(document: Document) -> Iterator[str]:
    """Yield the page piece by piece."""
    labels = Labels(document.language)
    template = environment(labels.interface).get_template("reports/report.html")
    return template.generate(
        document=document,
        labels=labels,
        names=names(labels),
        threads={thread.number: thread for thread in document.threads},
        left_out=sum(post.passage is None for t in document.threads for post in t.posts),
        not_translated=NOT_TRANSLATED,
    )


def style_source() -> str:
    """Return the CSP source that admits exactly the style of this page."""
    css = environment("en").get_template("reports/report.css").render()
    digest = hashlib.sha256(css.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
