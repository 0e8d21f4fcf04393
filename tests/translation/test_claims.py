"""Claiming owed translations: once each, in the right order, and never lost with a worker."""

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.database import Database, WriteSession
from app.translation import actions
from app.translation.engine import EchoTranslator
from app.translation.models import Translation
from app.translation.rules import Batch, Result

LEASE = timedelta(minutes=2)
HISTORY = timedelta(days=1)


def owe(
    session: WriteSession,
    now: datetime,
    texts: int,
    *,
    languages: tuple[str, ...] = ("pt",),
    body: str = "Words.",
    age: timedelta = HISTORY,
) -> list[str]:
    """Write texts in English, a minute apart and the newest last, and owe their translations."""
    actions.refresh_routes(session, routes=EchoTranslator(["en", "pt", "fr"]).routes())
    readership = actions.open_readership(session, languages=languages)
    ids = [
        actions.write_text(
            session,
            readership_id=readership,
            language="en",
            body=body,
            now=now - age + timedelta(minutes=number),
        )
        for number in range(texts)
    ]
    actions.reconcile(session, now=now, limit=10_000)
    return ids


def claim(session: WriteSession, worker: str, now: datetime, *, limit: int = 32) -> Batch | None:
    return actions.claim(session, worker=worker, now=now, lease=LEASE, limit=limit)


def claim_some(session: WriteSession, worker: str, now: datetime, *, limit: int = 32) -> Batch:
    batch = claim(session, worker, now, limit=limit)
    assert batch is not None
    return batch


def results_of(batch: Batch) -> list[Result]:
    return [
        Result(item.id, f"[pt] {item.body}", batch.engine, batch.path, "show")
        for item in batch.items
    ]


def rows(session: WriteSession) -> list[Translation]:
    return list(session.scalars(select(Translation).order_by(Translation.id)))


def test_two_workers_do_300_translations_each_once(database: Database, now: datetime) -> None:
    with database.writing() as session:
        owe(session, now, 150, languages=("pt", "fr"))
    done: list[tuple[str, str]] = []

    def work(name: str) -> None:
        idle = 0
        while idle < 3:  # a worker beside may hold every row of a pair for a moment
            with database.writing() as session:
                batch = claim(session, name, now, limit=7)
            if batch is None:
                idle += 1
                continue
            with database.writing() as session:
                stored = actions.fulfil(session, worker=name, results=results_of(batch), now=now)
            assert stored == len(batch.items)
            done.extend((item.text_id, batch.target) for item in batch.items)

    workers = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(done) == 300
    assert set(Counter(done).values()) == {1}
    with database.writing() as session:
        assert {row.state for row in rows(session)} == {"done"}


@pytest.mark.postgres
def test_rows_another_worker_is_just_claiming_are_passed_over(
    postgres_database: Database, now: datetime
) -> None:
    with postgres_database.writing() as session:
        owe(session, now, 4)
    with postgres_database.writing() as first, postgres_database.writing() as second:
        second.execute(text("SET LOCAL lock_timeout = '2s'"))  # waiting would be for ever
        one = claim_some(first, "one", now, limit=2)
        two = claim_some(second, "two", now, limit=2)
        assert not {item.id for item in one.items} & {item.id for item in two.items}
        assert len(one.items) == len(two.items) == 2


def test_a_batch_is_one_pair_and_the_newest_texts_come_first(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        texts = owe(session, now, 5, languages=("pt", "fr"))
        batch = claim_some(session, "w", now, limit=3)
        assert (batch.source, batch.path[0], batch.path[-1]) == ("en", "en", batch.target)
        assert [item.text_id for item in batch.items] == texts[:-4:-1]


def test_what_somebody_looks_for_comes_first(database: Database, now: datetime) -> None:
    with database.writing() as session:
        texts = owe(session, now, 5, languages=("pt", "fr"))
        actions.want(session, wanted=[(texts[0], "fr"), (texts[1], "pt-BR")], now=now)
        first = claim_some(session, "w", now)
        second = claim_some(session, "w", now)
        assert [(first.target, [i.text_id for i in first.items])] == [("pt", [texts[1]])]
        assert [(second.target, [i.text_id for i in second.items])] == [("fr", [texts[0]])]


def test_fresh_texts_come_before_history_and_do_not_wait_for_it(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        owe(session, now, 40, languages=("pt", "fr"))
        fresh = owe(session, now, 1, languages=("pt", "fr"), age=timedelta(seconds=1))
        for _ in range(2):
            assert [item.text_id for item in claim_some(session, "w", now).items] == fresh
        assert len(claim_some(session, "w", now).items) == 32


def test_a_batch_is_not_longer_than_a_lease_can_bear(database: Database, now: datetime) -> None:
    with database.writing() as session:
        owe(session, now, 10, body="x" * (actions.BATCH_CHARACTERS // 3))
        assert len(claim_some(session, "w", now).items) == 3
        owe(session, now, 1, body="x" * (2 * actions.BATCH_CHARACTERS), age=timedelta(0))
        assert len(claim_some(session, "w", now).items) == 1


def test_held_work_is_not_claimed_again_until_its_lease_ends(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        owe(session, now, 2)
        assert len(claim_some(session, "dead", now).items) == 2
    with database.writing() as session:
        assert claim(session, "next", now + LEASE - timedelta(seconds=1)) is None
        # What was tried before is taken alone: one of the two may be what killed the worker.
        assert len(claim_some(session, "next", now + LEASE).items) == 1


def test_only_what_is_still_held_is_fulfilled(database: Database, now: datetime) -> None:
    with database.writing() as session:
        owe(session, now, 1)
        late = claim_some(session, "late", now)
        taken_over = claim_some(session, "next", now + LEASE)
        assert taken_over.items == late.items
        results = results_of(late)
        assert actions.fulfil(session, worker="late", results=results, now=now) == 0
        assert actions.fulfil(session, worker="next", results=results, now=now) == 1
        assert actions.fulfil(session, worker="next", results=results, now=now) == 0
        (row,) = rows(session)
        assert (row.state, row.body, row.route) == ("done", "[pt] Words.", "en pt")
        assert (row.claimed_by, row.fulfilled_at) == (None, now)


def test_a_text_erased_while_it_was_translated_is_not_stored(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        (text,) = owe(session, now, 1)
        batch = claim_some(session, "w", now)
        actions.erase_text(session, text_id=text, now=now)
        assert actions.fulfil(session, worker="w", results=results_of(batch), now=now) == 0
        assert rows(session) == []


def test_what_fails_is_tried_again_later_and_parked_after_three_attempts(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        owe(session, now, 1)
        for wait in (timedelta(seconds=30), timedelta(minutes=2)):
            ids = [item.id for item in claim_some(session, "w", now).items]
            actions.fail(session, worker="w", ids=ids, reason="engine", now=now)
            assert claim(session, "w", now + wait - timedelta(seconds=1)) is None
            now += wait
        ids = [item.id for item in claim_some(session, "w", now).items]
        actions.fail(session, worker="w", ids=ids, reason="engine", now=now)
        assert claim(session, "w", now + timedelta(days=1)) is None
        (row,) = rows(session)
        assert (row.state, row.reason, row.attempts) == ("failed", "engine", 3)


def test_another_workers_work_cannot_be_failed_or_given_back(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        owe(session, now, 1)
        ids = [item.id for item in claim_some(session, "mine", now).items]
        actions.fail(session, worker="other", ids=ids, reason="engine", now=now)
        actions.release(session, worker="other", now=now)
        (row,) = rows(session)
        assert (row.state, row.claimed_by) == ("claimed", "mine")


def test_a_text_that_kills_its_worker_three_times_is_parked(
    database: Database, now: datetime
) -> None:
    with database.writing() as session:
        owe(session, now, 1)
        for number in range(3):
            claim_some(session, f"w{number}", now)
            now += LEASE
        assert claim(session, "w3", now) is None
        (row,) = rows(session)
        assert (row.state, row.claimed_by) == ("failed", None)


def test_what_is_given_back_counts_as_never_tried(database: Database, now: datetime) -> None:
    with database.writing() as session:
        owe(session, now, 2)
        claim_some(session, "w", now)
        actions.release(session, worker="w", now=now)
        assert {(row.state, row.attempts) for row in rows(session)} == {("owed", 0)}
        assert len(claim_some(session, "w", now).items) == 2
        actions.release(session, worker="w", now=now, wait=timedelta(seconds=30))
        assert claim(session, "w", now + timedelta(seconds=29)) is None
        assert len(claim_some(session, "w", now + timedelta(seconds=30)).items) == 2


def test_what_has_no_route_any_more_is_left_alone(database: Database, now: datetime) -> None:
    with database.writing() as session:
        owe(session, now, 1)
        actions.refresh_routes(session, routes=[])
        assert claim(session, "w", now) is None
