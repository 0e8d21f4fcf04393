"""What every page of a consultation's desk has: its title, its time zone, what was just done."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from fastapi import Request
from starlette.responses import RedirectResponse

from app import languages
from app.consultations import desk_urls as urls
from app.consultations.access import Admitted
from app.database import ReadSession
from app.refusals import mark
from app.translation.queries import renditions
from app.translation.rules import Rendition
from app.web.reader import Reader

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


def frame_of(request: Request, session: ReadSession, admitted: Admitted, reader: Reader) -> Frame:
    """Return the head of a page of this consultation's desk."""
    view = admitted.consultation
    words = renditions(session, text_ids={view.title_id}, reader=reader.language)
    return Frame(
        slug=view.slug,
        title=words[view.title_id],
        zone=ZoneInfo(view.schedule.timezone),
        language=view.language,
        done=DONE.get(request.query_params.get("done", "")),
    )


def back_to(place: str, slug: str, what: str, **parts: str | int) -> RedirectResponse:
    """Return the way on after an act: to a page that says it was done, and can be reloaded."""
    return RedirectResponse(urls.done(urls.at(place, slug, **parts), what), status_code=303)


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
