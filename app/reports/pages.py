"""Results for everybody, the report for those who run the consultation, and both as files."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.consultations.access import Admitted, Facilitating, Visiting
from app.database import ReadSession
from app.refusals import Refusal
from app.reports import urls
from app.reports.access import MayHaveResults, known_format, why_not
from app.reports.formats import FORMATS, MEDIA_TYPES
from app.reports.formats.html import Names, names, style_source
from app.reports.formats.labels import NOT_TRANSLATED, Labels
from app.reports.queries import facts
from app.reports.rules import Document, assemble
from app.translation.queries import readership_languages, renditions
from app.translation.rules import Rendition, Standing
from app.web.dependencies import Now, Reading
from app.web.reader import Reads
from app.web.rendering import show

router = APIRouter()

POSTS_WEIGHED = 1000  # a file of more posts is too much work to make just to tell its weight


@dataclass(frozen=True)
class Download:
    """A file of the report; `weight` in bytes as it is sent uncompressed, None if not known."""

    format: str
    address: str
    weight: int | None


@dataclass(frozen=True)
class ResultsPage:
    """What came out, in one screen, and the whole of it to take away."""

    slug: str
    document: Document
    labels: Labels
    names: Names
    downloads: tuple[Download, ...]
    languages: tuple[str, ...]
    not_translated: dict[Standing, str]
    for_facilitators: bool


@dataclass(frozen=True)
class NoResultsPage:
    """That there are no results yet, and when they are due."""

    slug: str
    title: Rendition
    refusal: Refusal
    due_on: date | None
    closes_at: datetime
    is_over: bool
    zone: ZoneInfo


@router.get(urls.RESULTS)
def results(
    request: Request, admitted: Visiting, reader: Reads, session: Reading, now: Now
) -> Response:
    """Show the results, or when they are due."""
    view = admitted.consultation
    refusal = why_not(admitted, now)
    if refusal is None:
        page = _results_page(session, admitted, reader.language, for_facilitators=False)
        return show(request, reader, "reports/results.html", page)
    title = renditions(session, text_ids=[view.title_id], reader=reader.language)[view.title_id]
    waiting = NoResultsPage(
        slug=view.slug,
        title=title,
        refusal=refusal,
        due_on=view.results_due_on,
        closes_at=view.schedule.closes_at,
        is_over=now >= view.schedule.closes_at,
        zone=reader.zone(view.schedule.timezone),
    )
    return show(request, reader, "reports/no_results.html", waiting)


@router.get(urls.REPORT)
def published_report(
    admitted: MayHaveResults,
    reader: Reads,
    session: Reading,
    format: Annotated[str, Query()] = "html",
) -> Response:
    """Send the published report as a file."""
    return report_file(session, admitted, format, reader.language)


@router.get(urls.FACILITATORS_REPORT)
def report(
    request: Request,
    admitted: Facilitating,
    reader: Reads,
    session: Reading,
    format: Annotated[str | None, Query()] = None,
) -> Response:
    """Show those who run it what the report holds, or send it as a file."""
    if format is not None:
        return report_file(session, admitted, format, reader.language)
    page = _results_page(session, admitted, reader.language, for_facilitators=True)
    return show(request, reader, "reports/results.html", page)


def report_file(session: ReadSession, admitted: Admitted, format: str, language: str) -> Response:
    """Return a consultation's report as a response. Raises Refusal for an unknown format."""
    write = FORMATS[known_format(format)]
    view = admitted.consultation
    document = assemble(facts(session, consultation_id=view.id, language=language))
    response = Response("".join(write(document)), media_type=MEDIA_TYPES[format])
    response.headers["Content-Language"] = language
    if format == "html":
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src '{style_source()}'; form-action 'none'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
    else:
        name = f"{view.slug}-{language}.{format}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _results_page(
    session: ReadSession, admitted: Admitted, language: str, *, for_facilitators: bool
) -> ResultsPage:
    view = admitted.consultation
    document = assemble(facts(session, consultation_id=view.id, language=language))
    labels = Labels(language)
    address = urls.facilitators_report if for_facilitators else urls.report
    weigh = document.figures.posts <= POSTS_WEIGHED
    return ResultsPage(
        slug=view.slug,
        document=document,
        labels=labels,
        names=names(labels),
        downloads=tuple(
            Download(
                format,
                address(view.slug, format, language),
                sum(len(piece.encode()) for piece in write(document)) if weigh else None,
            )
            for format, write in FORMATS.items()
        ),
        languages=tuple(readership_languages(session, view.readership_id)),
        not_translated=NOT_TRANSLATED,
        for_facilitators=for_facilitators,
    )
