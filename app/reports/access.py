"""The gate to results: those who run a consultation, and everybody once it is published."""

from typing import Annotated

from fastapi import Depends

from app.consultations.access import Admitted, Visiting
from app.consultations.rules import Role
from app.refusals import Kind, Refusal, mark
from app.reports.formats import FORMATS, NOT_BUILT_YET
from app.reports.rules import why_not_results
from app.web.dependencies import Now


def why_not(admitted: Admitted, now: Now) -> Refusal | None:
    """Say why whoever asks cannot have the results now."""
    if admitted.role is Role.FACILITATOR:
        return None
    view = admitted.consultation
    return why_not_results(
        published_at=view.published_at, closes_at=view.schedule.closes_at, now=now
    )


def may_have_results(admitted: Visiting, now: Now) -> Admitted:
    """Let those through who may have the results."""
    refusal = why_not(admitted, now)
    if refusal:
        raise refusal
    return admitted


def known_format(format: str) -> str:
    """Return the format, or raise the Refusal that names those there are."""
    if format in FORMATS:
        return format
    message = (
        mark("Reports as %(format)s are not built yet. There is: %(formats)s.")
        if format in NOT_BUILT_YET
        else mark("There are no reports as %(format)s. There is: %(formats)s.")
    )
    raise Refusal(
        Kind.INVALID,
        "format_unknown",
        message,
        {"format": format[:20], "formats": ", ".join(FORMATS)},
        field="format",
    )


MayHaveResults = Annotated[Admitted, Depends(may_have_results)]
