"""The worker's round, with engines that work, fail, lie or are away."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.database import Database
from app.translation import actions, queries
from app.translation.engine import (
    EchoTranslator,
    EngineFailed,
    EngineUnavailable,
    RouteOffered,
    Translator,
)
from app.translation.models import Translation
from app.translation.rules import Standing
from app.translation.worker import LEASE, WAIT_FOR_ENGINE, make_translator, round_once, run

POISON = "This one is poison."
GOOD = "We need clean water in the village."


class FakeEngine(EchoTranslator):
    """An echo that does something else first."""

    def __init__(self, before: Callable[[Sequence[str]], None]) -> None:
        super().__init__(["en", "pt"])
        self.before = before
        self.calls: list[list[str]] = []

    def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
        self.calls.append(list(segments))
        self.before(segments)
        return super().translate(segments, path=path)


def nothing(_segments: Sequence[str]) -> None:
    pass


def write(
    database: Database, now: datetime, *bodies: str, languages: tuple[str, ...] = ("en", "pt")
) -> list[str]:
    with database.writing() as session:
        readership = actions.open_readership(session, languages=languages)
        return [
            actions.write_text(session, readership_id=readership, language="en", body=body, now=now)
            for body in bodies
        ]


def read(database: Database, ids: list[str], reader: str = "pt") -> list[tuple[str, Standing]]:
    with database.reading() as session:
        found = queries.renditions(session, text_ids=ids, reader=reader)
    return [(found[key].body, found[key].standing) for key in ids]


def work_off(database: Database, translator: Translator, now: datetime) -> int:
    total = 0
    while done := round_once(database, translator, worker_name="w", now=now):
        total += done
    return total


def test_a_round_owes_claims_translates_and_stores(database: Database, now: datetime) -> None:
    ids = write(database, now, "Hello.\n\n- See https://example.org/a_b 👍", "Twice. Twice.")
    engine = FakeEngine(nothing)
    assert round_once(database, engine, worker_name="w", now=now) == 2
    assert read(database, ids) == [
        ("[pt] Hello.\n\n- [pt] See https://example.org/a_b 👍", Standing.TRANSLATED),
        ("[pt] Twice. [pt] Twice.", Standing.TRANSLATED),
    ]
    assert [sorted(call) for call in engine.calls] == [["Hello.", "See", "Twice."]]
    assert round_once(database, engine, worker_name="w", now=now) == 0


def test_a_tag_of_a_new_reader_is_served_in_the_next_round(
    database: Database, now: datetime
) -> None:
    engine = EchoTranslator(["en", "pt"])
    ids = write(database, now, "Hello.", languages=("pt-AO",))
    assert work_off(database, engine, now) == 1
    assert read(database, ids, "pt-AO") == [("[pt] Hello.", Standing.TRANSLATED)]


def test_a_language_added_later_is_translated_without_restart(
    database: Database, now: datetime
) -> None:
    ids = write(database, now, "Hello.", languages=("fr",))
    assert work_off(database, EchoTranslator(["en", "pt"]), now) == 0
    assert read(database, ids, "fr") == [("Hello.", Standing.NO_ROUTE)]
    assert work_off(database, EchoTranslator(["en", "pt", "fr"]), now) == 1
    assert read(database, ids, "fr") == [("[fr] Hello.", Standing.TRANSLATED)]


def test_one_poison_text_holds_no_other(database: Database, now: datetime) -> None:
    def choke(segments: Sequence[str]) -> None:
        if POISON in segments:
            raise EngineFailed("the model failed")

    engine = FakeEngine(choke)
    ids = write(database, now, GOOD, POISON, "Hello.")
    for _ in range(4):
        work_off(database, engine, now)
        now += timedelta(minutes=10)
    assert read(database, ids) == [
        (f"[pt] {GOOD}", Standing.TRANSLATED),
        (POISON, Standing.FAILED),
        ("[pt] Hello.", Standing.TRANSLATED),
    ]
    assert sum(call == [POISON] for call in engine.calls) == 3


def test_an_engine_that_breaks_in_an_unknown_way_is_told_apart_from_the_words(
    database: Database, now: datetime
) -> None:
    def crash(segments: Sequence[str]) -> None:
        raise UnicodeError(f"cannot read {segments}")

    write(database, now, POISON)
    work_off(database, FakeEngine(crash), now)
    with database.reading() as session:
        assert session.scalars(select(Translation.reason)).all() == ["UnicodeError"]


def test_an_engine_that_loses_a_segment_fails(database: Database, now: datetime) -> None:
    class Loses(FakeEngine):
        def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
            return super().translate(segments, path=path)[1:]

    ids = write(database, now, "One. Two.")
    for _ in range(3):
        work_off(database, Loses(nothing), now)
        now += timedelta(minutes=10)
    assert read(database, ids) == [("One. Two.", Standing.FAILED)]


def test_what_the_engine_cannot_take_now_waits_and_is_not_counted_as_tried(
    database: Database, now: datetime
) -> None:
    def away(_segments: Sequence[str]) -> None:
        raise EngineUnavailable("no answer")

    engine = FakeEngine(away)
    ids = write(database, now, GOOD)
    for _ in range(5):
        assert round_once(database, engine, worker_name="w", now=now) == 0
        assert read(database, ids) == [(GOOD, Standing.PENDING)]
        assert round_once(database, engine, worker_name="w", now=now) == 0  # too soon
        now += WAIT_FOR_ENGINE
    assert len(engine.calls) == 5
    engine.before = nothing
    assert work_off(database, engine, now) == 1
    assert read(database, ids) == [(f"[pt] {GOOD}", Standing.TRANSLATED)]


def test_an_engine_that_cannot_name_its_routes_changes_nothing(
    database: Database, now: datetime
) -> None:
    class Away(EchoTranslator):
        def routes(self) -> list[RouteOffered]:
            raise EngineUnavailable("no answer")

    ids = write(database, now, GOOD)
    assert work_off(database, EchoTranslator(["en", "pt"]), now) == 1
    assert round_once(database, Away([]), worker_name="w", now=now) == 0
    assert read(database, ids) == [(f"[pt] {GOOD}", Standing.TRANSLATED)]


def test_a_copy_is_withheld_and_the_original_shown(database: Database, now: datetime) -> None:
    class Copies:
        name = "copies"

        def routes(self) -> list[RouteOffered]:
            return [RouteOffered("en", "pt", ("en", "pt"), "copies")]

        def translate(self, segments: Sequence[str], *, path: tuple[str, ...]) -> list[str]:
            return list(segments)

    ids = write(database, now, GOOD)
    assert work_off(database, Copies(), now) == 1
    assert read(database, ids) == [(GOOD, Standing.WITHHELD)]
    with database.reading() as session:
        assert session.scalars(select(Translation.reason)).all() == ["copy"]


def test_no_transaction_is_open_while_the_engine_works(database: Database, now: datetime) -> None:
    def writes(_segments: Sequence[str]) -> None:
        write(database, now, "Written meanwhile.")

    write(database, now, GOOD)
    assert round_once(database, FakeEngine(writes), worker_name="w", now=now) == 1


def test_a_killed_worker_costs_a_lease(database: Database, now: datetime) -> None:
    def killed(_segments: Sequence[str]) -> None:
        raise KeyboardInterrupt  # nothing catches it, as nothing catches kill -9

    ids = write(database, now, GOOD, "Hello.")
    with pytest.raises(KeyboardInterrupt):
        round_once(database, FakeEngine(killed), worker_name="killed", now=now)
    engine = EchoTranslator(["en", "pt"])
    assert work_off(database, engine, now + LEASE - timedelta(seconds=1)) == 0
    assert work_off(database, engine, now + LEASE) == 2
    assert {standing for _, standing in read(database, ids)} == {Standing.TRANSLATED}


def test_a_stopped_worker_finishes_its_batch_and_holds_nothing(
    database: Database, now: datetime
) -> None:
    stop = threading.Event()
    engine = FakeEngine(lambda _segments: stop.set())
    write(database, now, *(f"Number {n}: {'long words ' * 300}" for n in range(5)))
    run(database, engine, worker_name="w", stop=stop, clock=lambda: now, poll_seconds=0)
    assert len(engine.calls) == 1
    with database.reading() as session:
        states = list(session.scalars(select(Translation.state)))
    assert set(states) == {"owed", "done"}


def test_an_idle_worker_waits_and_writes_nothing(database: Database, now: datetime) -> None:
    stop = threading.Event()
    polls = 0

    def clock() -> datetime:
        nonlocal polls
        polls += 1
        if polls > 3:
            stop.set()
        return now

    run(
        database,
        EchoTranslator([]),
        worker_name="w",
        stop=stop,
        clock=clock,
        poll_seconds=0.001,
    )
    assert polls > 3


def test_a_running_worker_notices_what_is_written_while_it_idles(
    database: Database, now: datetime
) -> None:
    stop = threading.Event()
    polls = 0
    ids: list[str] = []

    class Watched(EchoTranslator):
        def routes(self) -> list[RouteOffered]:
            nonlocal polls
            polls += 1
            if polls == 3:
                ids.extend(write(database, now, GOOD))
            if polls == 5:
                stop.set()
            return super().routes()

    run(
        database,
        Watched(["en", "pt"]),
        worker_name="w",
        stop=stop,
        clock=lambda: now,
        poll_seconds=0,
    )
    assert read(database, ids) == [(f"[pt] {GOOD}", Standing.TRANSLATED)]


def test_an_operator_chooses_the_engine(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("packages")
    assert make_translator(translator="echo", packages_dir=folder).name == "echo"
    assert make_translator(translator="argos", packages_dir=folder).name == "argos"
    with_bundled = make_translator(translator="argos", packages_dir=folder, bundled=True)
    assert with_bundled.name == "combined"
    with pytest.raises(ValueError, match="BARAZA_LIBRETRANSLATE_URL"):
        make_translator(translator="libretranslate", packages_dir=folder)
