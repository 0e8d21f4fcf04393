"""A document as a file: each format is a function from a document to pieces of text."""

from collections.abc import Callable, Iterator

from app.reports.formats.csv import csv
from app.reports.formats.html import html
from app.reports.formats.json import json
from app.reports.rules import Document

FORMATS: dict[str, Callable[[Document], Iterator[str]]] = {"html": html, "csv": csv, "json": json}

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}

NOT_BUILT_YET = ("pdf", "docx", "xlsx")
