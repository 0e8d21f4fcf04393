"""Addresses of reports and results."""

RESULTS = "/c/{slug}/results"
REPORT = "/c/{slug}/results/report"
FACILITATORS_REPORT = "/facilitate/c/{slug}/report"


def report(slug: str, format: str, language: str) -> str:
    """Return the address of a published report in one format and language."""
    return f"{REPORT.format(slug=slug)}?format={format}&lang={language}"


def facilitators_report(slug: str, format: str, language: str) -> str:
    """Return the address of the report for those who run the consultation."""
    return f"{FACILITATORS_REPORT.format(slug=slug)}?format={format}&lang={language}"
