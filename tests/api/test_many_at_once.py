"""More requests at once than there are threads and connections: none waits for ever."""

import asyncio
from collections import Counter
from datetime import datetime

import httpx2

from app.consultations.models import Consultation
from app.identity.actions import begin_session
from tests.api.conftest import V1, Api, Water
from tests.factories import a_participation, a_person
from tests.loops import in_a_loop_of_its_own

AT_ONCE = 60  # three times as many as threads and connections


async def all_at_once(api: Api, requests: list[httpx2.Request]) -> Counter[int]:
    """Send every request at the same time; return how often each status was answered."""
    app = api.site.app
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as client,
    ):
        answers = await asyncio.gather(*(client.send(request) for request in requests))
    return Counter(answer.status_code for answer in answers)


def test_many_readers(api: Api, water: Water) -> None:
    address = f"http://test{V1}/consultations/water/threads/1/posts"
    requests = [httpx2.Request("GET", address) for _ in range(AT_ONCE)]
    assert in_a_loop_of_its_own(all_at_once(api, requests)) == {200: AT_ONCE}


def test_many_writers_and_many_who_send_again(api: Api, water: Water, now: datetime) -> None:
    with api.site.database.writing() as session:
        consultation = session.get_one(Consultation, water.consultation_id)
        tokens = []
        for _ in range(AT_ONCE // 2):
            person = a_person(session)
            a_participation(session, consultation=consultation, now=now, person=person)
            tokens.append(
                begin_session(session, person_id=person.id, ends_at=consultation.closes_at, now=now)
            )
    requests = [
        httpx2.Request(
            "POST",
            f"http://test{V1}/consultations/water/threads/1/posts",
            headers={"Authorization": f"Bearer {token}"},
            json={"text": "Our well has been dry since March.", "language": "en"},
        )
        for token in tokens * 2
    ]
    assert in_a_loop_of_its_own(all_at_once(api, requests)) == {
        201: AT_ONCE // 2,
        200: AT_ONCE // 2,
    }
    posts = api.of().get("consultations/water").json()["threads"][0]["posts"]
    assert posts == AT_ONCE // 2
