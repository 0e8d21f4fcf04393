"""The report and its figures for programs."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from app.identity.api import OPTIONAL_TOKEN, no_dead_token
from app.reports.access import MayHaveResults
from app.reports.figures import Figures
from app.reports.formats import MEDIA_TYPES
from app.reports.formats.json import figures_data
from app.reports.pages import report_file
from app.reports.queries import consultation_figures
from app.web.api import PREFIX, PROBLEMS, ApiReads, plain_path
from app.web.dependencies import Reading
from app.web.problems import described

router = APIRouter(
    prefix=PREFIX,
    tags=["reports"],
    dependencies=[Depends(plain_path), Depends(no_dead_token)],
    responses=PROBLEMS | described(409),
)

Format = Annotated[
    Literal["html", "csv", "json", "pdf", "docx", "xlsx"],
    Query(description="html, csv or json; the others are not built yet"),
]


@router.get(
    "/consultations/{slug}/report",
    response_class=Response,
    responses={
        200: {
            "description": "The report; as JSON in the shape `baraza-report/1`",
            "content": {kind.partition(";")[0]: {} for kind in MEDIA_TYPES.values()},
        }
    },
    openapi_extra=OPTIONAL_TOKEN,
)
def report(
    admitted: MayHaveResults, reader: ApiReads, session: Reading, format: Format = "json"
) -> Response:
    """Give the report to those who run the consultation, and to everybody once published."""
    return report_file(session, admitted, format, reader.language)


@router.get("/consultations/{slug}/figures", response_model=Figures, openapi_extra=OPTIONAL_TOKEN)
def figures(admitted: MayHaveResults, session: Reading) -> Response:
    """Give the exact figures; `arrived` is null where nobody knows, as for an import."""
    found = consultation_figures(session, consultation_id=admitted.consultation.id)
    return JSONResponse(figures_data(found))
