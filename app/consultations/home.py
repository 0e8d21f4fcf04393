"""Where somebody who comes back with their code goes first."""

from datetime import datetime

from app.consultations import urls
from app.consultations.queries import consultation_by_id, last_closing_of, participations_of
from app.consultations.rules import Phase
from app.database import ReadSession
from app.identity.rules import Home, participant_ends_at


def home_of(session: ReadSession, person_id: str, now: datetime) -> Home:
    """Return the call page of the consultation a person takes part in: the one they joined last,
    an open one before others; and their own page where there is none."""
    found = [
        view
        for part in participations_of(session, person_id)
        if not part.removed and (view := consultation_by_id(session, part.consultation_id))
    ]
    still_open = [view for view in found if view.schedule.phase(now) is Phase.OPEN]
    first = next(iter(still_open or found), None)
    place = urls.call(first.slug) if first else urls.ME
    return Home(place, participant_ends_at(last_closing_of(session, person_id) or now))
