"""A client of the JSON API, and a consultation to speak about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.consultations.models import Consultation
from app.identity.actions import begin_session
from app.translation.engine import EchoTranslator
from app.translation.worker import round_once
from tests.conftest import Site
from tests.factories import a_consultation, a_facilitator, a_participation, a_thread

V1 = "/api/v1"


@dataclass(frozen=True)
class Api:
    """The JSON API of one site: `api.of(token)` is a client with that token."""

    site: Site

    def of(self, token: str | None = None, *, language: str = "en") -> TestClient:
        """Return a client that sends this token, and knows no cookies of others."""
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        client = self.site.browser(language=language, **sent)
        client.base_url = client.base_url.join(V1 + "/")
        return client

    def join(self, slug: str, *, name: str = "Amina", languages: tuple[str, ...] = ("en",)) -> str:
        """Join, and return the token."""
        answer = self.of().post(f"consultations/{slug}/participants", json=joining(name, languages))
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    def participant(self, *, name: str = "Amina") -> TestClient:
        """Return a client of somebody who takes part in `water`, without the slow hashes."""
        now = self.site.clock()
        with self.site.database.writing() as session:
            water = session.scalars(select(Consultation).filter_by(slug="water")).one()
            part = a_participation(session, consultation=water, now=now, name=name)
            token = begin_session(
                session, person_id=part.person_id, for_api=True, ends_at=water.closes_at, now=now
            )
        return self.of(token)

    def translate(self) -> None:
        """Let the worker do its rounds until nothing is owed, with an engine that echoes."""
        engine = EchoTranslator(["ar", "en", "fr", "pt"])
        while round_once(self.site.database, engine, worker_name="test", now=self.site.clock()):
            pass


def joining(name: str = "Amina", languages: tuple[str, ...] = ("en",)) -> dict[str, Any]:
    """Return what somebody sends to join."""
    return {"name": name, "country": "KE", "languages": list(languages), "consent": True}


@pytest.fixture
def api(site: Site) -> Api:
    """Return the API of an empty site."""
    return Api(site)


@dataclass(frozen=True)
class Water:
    """A consultation with one thread, and the token of the facilitator who runs it."""

    slug: str
    consultation_id: str
    thread_id: str
    facilitator: str


@pytest.fixture
def water(site: Site, now: datetime) -> Water:
    """Return an open consultation, `water`, that is read in English and Portuguese."""
    with site.database.writing() as session:
        consultation = a_consultation(session, now=now, slug="water", languages=("en", "pt"))
        thread = a_thread(session, consultation=consultation, now=now)
        facilitator = a_facilitator(session, now=now, consultation=consultation)
        token = begin_session(
            session,
            facilitator_id=facilitator.id,
            for_api=True,
            ends_at=now.replace(year=now.year + 1),
            now=now,
        )
        return Water(consultation.slug, consultation.id, thread.id, token)
