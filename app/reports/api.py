"""The report and its figures for programs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from app.languages import normalise
from app.refusals import Kind, Refusal, mark
from app.reports import urls
from app.reports.access import MayHaveResults
from app.reports.figures import Figures
from app.reports.formats.json import figures_data
from app.reports.pages import report_file
from app.reports.queries import consultation_figures
from app.web.dependencies import Reading

router = APIRouter()


@router.get(urls.API_REPORT, response_class=Response, tags=["report"])
def report(
    admitted: MayHaveResults,
    session: Reading,
    format: Annotated[
        Literal["html", "csv", "json", "pdf", "docx", "xlsx"],
        Query(description="html, csv or json; the others are not built yet"),
    ] = "json",
    lang: Annotated[
        str | None, Query(description="Language tag; default: the consultation's own")
    ] = None,
) -> Response:
    """Return the report: to those who run the consultation, and to everybody once published."""
    language = normalise(lang) if lang else admitted.consultation.language
    if language is None:
        raise Refusal(
            Kind.INVALID,
            "language_unknown",
            mark("We do not know the language %(tag)s."),
            {"tag": (lang or "")[:20]},
            field="lang",
        )
    return report_file(session, admitted, format, language)


@router.get(urls.API_FIGURES, response_model=Figures, tags=["report"])
def figures(admitted: MayHaveResults, session: Reading) -> Response:
    """Return the exact figures; `arrived` is null where nobody knows, as for an import."""
    found = consultation_figures(session, consultation_id=admitted.consultation.id)
    return JSONResponse(figures_data(found))
