"""Taking a whole consultation in from a file of the shape `baraza-consultation/1`.

Everything happens in the caller's transaction: all of it or nothing. The other way is in
interchange_export.py; docs/interchange.md describes the shape.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from app.consultations.models import (
    Announcement,
    Consultation,
    Participation,
    ParticipationLanguage,
    ScheduleChange,
)
from app.database import Base, WriteSession
from app.discussion.interchange_check import check
from app.discussion.interchange_rows import rows_of
from app.discussion.models import Closure, Hiding, Post, Revision, Summary, Thread
from app.identity.models import Person
from app.refusals import Kind, Refusal, mark
from app.translation.models import Readership, ReadershipLanguage, Translation, Words

_ROWS_AT_ONCE = 2000
_IN_ORDER: tuple[type[Base], ...] = (  # what others point to comes first
    Readership,
    ReadershipLanguage,
    Words,
    Translation,
    Consultation,
    ScheduleChange,
    Announcement,
    Person,
    Participation,
    ParticipationLanguage,
    Thread,
    Closure,
    Summary,
    Post,
    Revision,
    Hiding,
)


def import_consultation(
    session: WriteSession,
    *,
    document: Mapping[str, Any],
    now: datetime,
    facilitator_id: str | None = None,
) -> str:
    """Write the consultation of a parsed file, with everything in it; return its slug.

    What facilitators did in it (hidden posts, summaries, closures, announcements) is put down to
    `facilitator_id`. Raises Refusal, before anything is written, for the first thing wrong with
    the document, for an address that is taken, and for such acts without a facilitator.
    """
    for fault in check(document):
        raise fault.refusal()
    slug = str(document["slug"])
    if session.scalar(select(Consultation.id).where(Consultation.slug == slug)):
        raise Refusal(
            Kind.INVALID,
            "slug_taken",
            mark("There is already a consultation at %(slug)s."),
            {"slug": slug},
            field="slug",
        )
    if facilitator_id is None and (path := _first_act(document)):
        raise Refusal(
            Kind.INVALID,
            "facilitator_needed",
            mark("A facilitator did this. Name the facilitator who answers for it here."),
            field=path,
        )
    rows = rows_of(document, now=now, facilitator_id=facilitator_id)
    for table in _IN_ORDER:
        every = rows.get(table, [])
        for start in range(0, len(every), _ROWS_AT_ONCE):
            session.execute(insert(table), every[start : start + _ROWS_AT_ONCE])
    return slug


def _first_act(document: Mapping[str, Any]) -> str | None:
    """Return the path of the first thing in a document that only a facilitator can have done."""
    if document.get("announcements"):
        return "announcements"
    for at, thread in enumerate(document["threads"]):
        for key in ("summaries", "closures"):
            if thread.get(key):
                return f"threads[{at}].{key}"
    for at, post in enumerate(document["posts"]):
        if post.get("hidden"):
            return f"posts[{at}].hidden"
    return None
