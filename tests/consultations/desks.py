"""A consultation with its desk, and the browsers of those who may and may not see it."""

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from app.consultations.models import Consultation
from app.identity.actions import begin_session
from app.identity.queries import acts, facilitator_by_name
from tests.conftest import Site
from tests.factories import a_consultation, a_facilitator, a_participation, a_post, a_thread


@dataclass(frozen=True)
class Desk:
    """A consultation of slug `water` with a thread, a participant and a post; and browsers."""

    site: Site
    id: str
    post: str
    participant: str
    facilitator: TestClient
    strangers: dict[str, TestClient]

    def get(self, place: str = "") -> Response:
        """Open a page of the desk."""
        return self.facilitator.get(f"/facilitate/c/water{place}")

    def post_to(self, place: str, **fields: Any) -> Response:
        """Send a form of the desk."""
        return self.facilitator.post(f"/facilitate/c/water{place}", data=fields)

    def follow(self, response: Response) -> Response:
        """Go on to where an act leads; it must lead on."""
        assert response.status_code == 303, response.text
        return self.facilitator.get(response.headers["location"])

    def verbs(self) -> list[str]:
        """Return what the log says was done, the oldest first."""
        with self.site.database.reading() as session:
            return [act.verb for act in reversed(acts(session))]

    def sign_in_again(self) -> None:
        """Give the facilitator a new session, which begins now."""
        now = self.site.clock.now
        with self.site.database.writing() as session:
            grace = facilitator_by_name(session, name="Grace")
            token = begin_session(
                session, facilitator_id=grace, ends_at=now + timedelta(hours=12), now=now
            )
        self.facilitator.cookies.clear()
        self.facilitator.cookies.set("baraza", token)

    def row(self) -> Consultation:
        """Return the consultation as it stands in the database."""
        with self.site.database.reading() as session:
            return session.get_one(Consultation, self.id)


def make_desk(site: Site, now: datetime, **said: Any) -> Desk:
    """Make a consultation that is open for two more days, with a desk."""
    with site.database.writing() as session:
        here = a_consultation(session, now=now, slug="water", languages=("en", "pt"), **said)
        elsewhere = a_consultation(session, now=now, slug="elsewhere")
        thread = a_thread(session, consultation=here, now=now)
        amina = a_participation(session, consultation=here, now=now, languages=("pt", "en"))
        post = a_post(session, thread=thread, author=amina, now=now)
        grace = a_facilitator(session, now=now, name="Grace", consultation=here)
        moussa = a_facilitator(session, now=now, name="Moussa", consultation=elsewhere)

        def browser(**who: Any) -> TestClient:
            made = site.browser()
            ends_at = now + timedelta(hours=12)
            token = begin_session(session, **who, ends_at=ends_at, now=now)
            made.cookies.set("baraza", token)
            return made

        return Desk(
            site=site,
            id=here.id,
            post=post.id,
            participant=amina.id,
            facilitator=browser(facilitator_id=grace.id),
            strangers={
                "a visitor": site.browser(),
                "a participant": browser(person_id=amina.person_id),
                "a facilitator elsewhere": browser(facilitator_id=moussa.id),
            },
        )


def field(response: Response, name: str) -> str:
    """Return what stands in a field of a form, as a browser would send it again."""
    page = response.text
    if found := re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.S):
        return html.unescape(found[1])
    if found := re.search(rf'<select[^>]* name="{name}"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option(?: value="([^"]*)")?[^>]* selected>([^<]*)', found[1])
        return html.unescape(chosen[1] or chosen[2]) if chosen else ""
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)
    assert found is not None, f"there is no field {name}"
    value = re.search(r' value="([^"]*)"', found[0])
    return html.unescape(value[1]) if value else ""


def reason_beside(response: Response, name: str) -> str:
    """Return the reason that stands beside a field."""
    found = re.search(rf'<p class="refusal" id="{name}-why">(.*?)</p>', response.text, re.S)
    assert found is not None, f"there is no reason beside {name}"
    return html.unescape(found[1])
