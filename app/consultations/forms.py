"""From the fields of a form to what an action takes."""

from app.consultations.actions import Joining
from app.web.forms import Typed


def joining_from(form: Typed) -> Joining:
    """Return what somebody typed to join."""
    return Joining(
        name=form.text("name"),
        country=form.line("country") or None,
        languages=form.all("languages"),
        organisation_type=form.line("organisation_type") or None,
        quotation=form.line("quotation"),
        consent=form.has("consent"),
    )
