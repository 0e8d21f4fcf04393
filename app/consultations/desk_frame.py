"""What every page of a consultation's desk is given, and how it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict
from zoneinfo import ZoneInfo, available_timezones

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from app import languages
from app.consultations import desk_urls as urls
from app.consultations.access import Facilitating
from app.consultations.queries import ConsultationView
from app.refusals import Refusal, mark
from app.translation.queries import renditions
from app.translation.rules import Rendition
from app.web.dependencies import Now, Process, Reading
from app.web.reader import Reads
from app.web.rendering import STATUS, show

DONE = {
    "created": mark("Created. Now add the first question."),
    "words": mark("Saved. The new words are shown, and translated soon."),
    "settings": mark("Saved."),
    "language": mark("Added. Everything is being translated into it."),
    "published": mark("Published. Everybody can read the report now."),
    "unpublished": mark("Taken back. Only you see the report now."),
    "times": mark("Saved. Everybody sees the new times and your reason."),
    "closed": mark("Closed. To open it again, give it a later closing time."),
    "announced": mark("Said. It is on the page of the consultation."),
    "revoked": mark("Revoked. Nobody can join with it any more."),
    "added": mark("Added."),
    "left": mark("Done. They no longer run this consultation. You can add them again."),
    "removed": mark("Removed. You can let them back in below."),
    "let_back": mark("Let back in."),
    "thread_added": mark("Added. It is shown on the page of the consultation."),
    "thread_changed": mark("Saved."),
    "thread_closed": mark("Closed. You can open it again below."),
    "thread_opened": mark("Open now. You can close it again below."),
    "summary": mark("Saved. The summary stands above the posts, and is translated soon."),
    "hidden": mark(
        "Hidden. Only its author still sees it, with your reason. You can undo it below."
    ),
    "unhidden": mark("Shown again to everybody."),
    "admitted": mark("Let in. Everybody can read it now."),
    "kept_out": mark("Kept out. Its author sees your reason."),
}
"""What the desk says after an act; the address carries only the key, never any words."""


@dataclass(frozen=True)
class Frame:
    """The head of a desk page. `zone` is the consultation's: all its times are typed in it."""

    slug: str
    title: Rendition
    zone: ZoneInfo
    language: str
    done: str | None


class Act(TypedDict):
    """What every act of a facilitator is told: where it is done, by whom, and when."""

    consultation_id: str
    facilitator_id: str
    now: datetime


@dataclass(frozen=True)
class Desk:
    """A request of a facilitator at the desk of a consultation they run."""

    request: Request
    admitted: Facilitating
    reader: Reads
    session: Reading
    process: Process
    now: Now

    @property
    def consultation(self) -> ConsultationView:
        """Return the consultation, as it was when this request began."""
        return self.admitted.consultation

    @property
    def act(self) -> Act:
        """Return what an act is told, to be passed on as `**desk.act`."""
        return {
            "consultation_id": self.consultation.id,
            "facilitator_id": self.admitted.facilitator_id,
            "now": self.now,
        }

    def frame(self) -> Frame:
        """Return the head of a page of this desk."""
        view = self.consultation
        words = renditions(self.session, text_ids={view.title_id}, reader=self.reader.language)
        return Frame(
            slug=view.slug,
            title=words[view.title_id],
            zone=ZoneInfo(view.schedule.timezone),
            language=view.language,
            done=DONE.get(self.request.query_params.get("done", "")),
        )

    def show(self, template: str, page: object, problem: Refusal | None = None) -> Response:
        """Return a page, with the status of what was refused."""
        status = STATUS[problem.kind] if problem else 200
        return show(self.request, self.reader, template, page, status=status)

    def back_to(self, place: str, what: str, **parts: str | int) -> Response:
        """Return the way on after an act: to a page that says it was done, and can be reloaded."""
        address = urls.at(place, self.consultation.slug, **parts)
        return RedirectResponse(urls.done(address, what), status_code=303)


AtDesk = Annotated[Desk, Depends()]
"""A desk for an endpoint. `Form` stands before it, so that words come back where it is refused."""


def offered(*chosen: str) -> tuple[str, ...]:
    """Return the languages a form offers, those chosen before among them."""
    others = dict.fromkeys(tag for tag in chosen if tag and tag not in languages.OFFERED)
    return (*others, *languages.OFFERED)


AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

ZONES: tuple[tuple[str, tuple[str, ...]], ...] = tuple(
    (area, tuple(sorted(z for z in available_timezones() if z.startswith(area + "/"))))
    for area in AREAS
)
"""The time zones a form offers, by part of the world; UTC stands before them."""
