"""Sessions that read, sessions that write, and instants, on the two databases."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from app.database import Database, Instant, ReadSession, new_id
from app.translation.models import Readership

_MOMENTS = Table(
    "moments", MetaData(), Column("id", Integer, primary_key=True), Column("at", Instant)
)


@pytest.fixture
def other(sqlite_database: Database) -> Iterator[Database]:
    """Yield another process's way to the same SQLite file: it shares no lock with the first."""
    same = Database(sqlite_database.engine.url.render_as_string())
    yield same
    same.dispose()


def add(database: Database) -> None:
    with database.writing() as session:
        session.add(Readership())


def count(session: ReadSession) -> int:
    return int(session.execute(text("SELECT count(*) FROM readerships")).scalar_one())


# --- SQLite -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL
        ("busy_timeout", 5000),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("mmap_size", 0),
    ],
)
def test_every_pooled_connection_is_prepared(
    sqlite_database: Database, pragma: str, expected: str | int
) -> None:
    with sqlite_database.engine.connect() as first, sqlite_database.engine.connect() as second:
        found = [c.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() for c in (first, second)]
    with sqlite_database.engine.connect() as again:  # from the pool
        found.append(again.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())
    assert found == [expected] * 3


def test_a_reference_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(
            text("INSERT INTO readership_languages (readership_id, language) VALUES ('no', 'en')")
        )


def test_reading_then_writing_does_not_fail_when_another_process_wants_to_write(
    sqlite_database: Database, other: Database
) -> None:
    begun = threading.Event()

    def write_beside() -> None:
        begun.wait()
        add(other)

    beside = threading.Thread(target=write_beside)
    beside.start()
    with sqlite_database.writing() as session:
        before = count(session)
        begun.set()
        # The other one cannot commit between our read and our write: it waits for us.
        beside.join(0.2)
        session.add(Readership())
    beside.join()
    with sqlite_database.reading() as reader:
        assert (before, count(reader)) == (0, 2)


def test_positive_control_a_deferred_transaction_fails_there(
    sqlite_database: Database, other: Database
) -> None:
    with sqlite_database.engine.connect() as deferred:
        assert deferred.exec_driver_sql("SELECT count(*) FROM readerships").scalar_one() == 0
        add(other)
        with pytest.raises(OperationalError, match="database is locked"):
            deferred.exec_driver_sql("INSERT INTO readerships (id) VALUES ('late')")


def test_a_reader_is_not_kept_waiting_by_a_writer(
    sqlite_database: Database, other: Database
) -> None:
    add(sqlite_database)
    with sqlite_database.writing() as writer:
        writer.add(Readership())
        writer.flush()
        for reading in (sqlite_database, other):
            with reading.reading() as reader:
                reader.execute(text("PRAGMA busy_timeout=0"))  # it would fail rather than wait
                assert count(reader) == 1


def test_two_writers_of_one_process_take_turns(sqlite_database: Database) -> None:
    def add_many() -> None:
        for _ in range(20):
            add(sqlite_database)

    threads = [threading.Thread(target=add_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite_database.reading() as session:
        assert count(session) == 80


def test_what_is_deleted_is_overwritten_in_the_file(sqlite_database: Database) -> None:
    secret = f"canary{new_id()}"
    with sqlite_database.writing() as session:
        session.execute(text("INSERT INTO readerships (id) VALUES (:id)"), {"id": secret})
    with sqlite_database.writing() as session:
        session.execute(text("DELETE FROM readerships"))
    file = Path(sqlite_database.engine.url.database or "")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    sqlite_database.dispose()
    assert secret.encode() not in file.read_bytes()


def test_an_old_sqlite_is_named_to_the_operator(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    assert len(sqlite_database.warnings()) == 1
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert sqlite_database.warnings() == []


# --- both ---------------------------------------------------------------------------------------


def test_the_end_of_the_block_commits(database: Database) -> None:
    add(database)
    with database.reading() as session:
        assert count(session) == 1


def test_raising_rolls_back(database: Database) -> None:
    def half_done() -> None:
        with database.writing() as session:
            session.add(Readership())
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        half_done()
    with database.reading() as session:
        assert count(session) == 0


def test_a_reading_session_commits_nothing(database: Database) -> None:
    with database.reading() as session:
        session.execute(text("INSERT INTO readerships (id) VALUES ('read')"))
    with database.reading() as session:
        assert count(session) == 0


@pytest.fixture
def moments(database: Database) -> Iterator[Database]:
    """Yield a database with a table of instants beside the others."""
    _MOMENTS.create(database.engine)
    yield database
    _MOMENTS.drop(database.engine)


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 3, 10, 12, 0, tzinfo=UTC),
        datetime(2026, 3, 10, 12, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 3, 10, 12, 0, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(2026, 10, 25, 1, 30, tzinfo=timezone(timedelta(hours=-11))),
        None,
    ],
)
def test_an_instant_comes_back_the_same_and_in_utc(
    moments: Database, instant: datetime | None
) -> None:
    with moments.writing() as session:
        session.execute(insert(_MOMENTS).values(id=1, at=instant))
    with moments.reading() as session:
        found = session.execute(select(_MOMENTS.c.at)).scalar_one()
    assert found == instant
    assert found is None or found.tzinfo is UTC


def test_instants_of_different_offsets_are_in_the_order_of_time(moments: Database) -> None:
    noon = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    nepal = timezone(timedelta(hours=5, minutes=45))
    with moments.writing() as session:
        session.execute(
            insert(_MOMENTS),
            [
                {"id": 1, "at": (noon + timedelta(minutes=1)).astimezone(nepal)},
                {"id": 2, "at": noon},
                {"id": 3, "at": (noon - timedelta(minutes=1)).astimezone(nepal)},
            ],
        )
    with moments.reading() as session:
        by_time = select(_MOMENTS.c.id).order_by(_MOMENTS.c.at)
        upto_noon = by_time.where(_MOMENTS.c.at <= noon.astimezone(nepal))
        assert session.scalars(by_time).all() == [3, 2, 1]
        assert session.scalars(upto_noon).all() == [3, 2]


def test_a_naive_instant_is_refused(moments: Database) -> None:
    naive = datetime(2026, 3, 10, 12, 0)  # noqa: DTZ001 - that is what must not get in
    with (
        pytest.raises(StatementError, match="an instant needs a time zone"),
        moments.writing() as session,
    ):
        session.execute(insert(_MOMENTS).values(id=1, at=naive))


def test_an_id_is_sixteen_letters_and_digits_and_never_the_same() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(each) for each in ids} == {16}
    assert set("".join(ids)) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
