"""The migrations lead to the tables that the rooms declare, up and down, on both databases."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from app.commands.schema import UnknownSchema, configuration, migrating, upgrade
from app.database import Base, Database, new_id
from tests import postgres

ROOT = Path(__file__).parents[2]
VERSIONS = ROOT / "migrations" / "versions"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'empty.sqlite3'}"
    return postgres.create_database(request.getfixturevalue("postgres_folder"), f"m_{new_id()}")


@pytest.fixture
def connection(empty: str) -> Iterator[Connection]:
    """Yield a connection to it, in the transaction of a migration."""
    with migrating(empty) as connection:
        yield connection


def schema(connection: Connection) -> dict[str, object]:
    """Return all that the database says of its tables, in an order of its own."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": [{**c, "type": str(c["type"])} for c in inspector.get_columns(table)],
            "primary": inspector.get_pk_constraint(table),
            "foreign": sorted(inspector.get_foreign_keys(table), key=str),
            "unique": sorted(inspector.get_unique_constraints(table), key=str),
            "indexes": sorted(inspector.get_indexes(table), key=str),
        }
        for table in sorted(inspector.get_table_names())
        if table != "alembic_version"
    }


def test_the_migrations_lead_to_the_declared_tables(connection: Connection) -> None:
    config = configuration(connection)
    command.upgrade(config, "head")
    command.check(config)  # raises where a table differs from what is declared
    migrated = schema(connection)
    assert set(migrated) == set(Base.metadata.tables)


def test_positive_control_a_difference_is_found(connection: Connection) -> None:
    config = configuration(connection)
    command.upgrade(config, "head")
    connection.execute(text("ALTER TABLE persons ADD COLUMN shoe_size INTEGER"))
    with pytest.raises(Exception, match="shoe_size"):
        command.check(config)


def test_migrated_and_created_tables_are_the_same(
    connection: Connection, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    command.upgrade(configuration(connection), "head")
    if connection.dialect.name == "sqlite":
        url = f"sqlite:///{tmp_path / 'created.sqlite3'}"
    else:
        url = postgres.create_database(request.getfixturevalue("postgres_folder"), f"m_{new_id()}")
    created = Database(url)
    Base.metadata.create_all(created.engine)
    with created.engine.connect() as other:
        assert schema(connection) == schema(other)
    created.dispose()


def test_up_down_up_leaves_the_same_schema(connection: Connection) -> None:
    config = configuration(connection)
    command.upgrade(config, "head")
    first = schema(connection)
    command.downgrade(config, "base")
    assert schema(connection) == {}
    command.upgrade(config, "head")
    assert schema(connection) == first


def test_upgrading_says_from_where_to_where_and_a_second_time_changes_nothing(empty: str) -> None:
    before, after = upgrade(empty)
    assert (before, after is None) == (None, False)
    assert upgrade(empty) == (after, after)


def test_a_newer_schema_is_refused_and_left_alone(empty: str) -> None:
    upgrade(empty)
    with migrating(empty) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
        before = schema(connection)
    with pytest.raises(UnknownSchema, match=r"from_the_future.*a newer version"):
        upgrade(empty)
    with migrating(empty) as connection:
        assert schema(connection) == before


def test_those_who_migrate_at_once_wait_for_each_other(empty: str) -> None:
    results: list[object] = []

    def migrate() -> None:
        try:
            results.append(upgrade(empty))
        except Exception as error:
            results.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with migrating(empty) as connection:
        head = MigrationContext.configure(connection).get_current_revision()
    assert sorted(results, key=str) == [(head, head), (head, head), (head, head), (None, head)]


def test_a_migration_that_fails_leaves_nothing_half_done(empty: str) -> None:
    def fails() -> None:
        with migrating(empty) as connection:
            command.upgrade(configuration(connection), "head")
            raise LookupError("the disk is full, say")

    with pytest.raises(LookupError):
        fails()
    with migrating(empty) as connection:
        assert inspect(connection).get_table_names() == []


def test_a_migration_that_breaks_a_reference_is_rolled_back(sqlite_database: Database) -> None:
    url = sqlite_database.engine.url.render_as_string()

    def breaks() -> None:
        with migrating(url) as connection:
            connection.execute(
                text(
                    "INSERT INTO readership_languages (readership_id, language) VALUES ('x', 'en')"
                )
            )

    with pytest.raises(RuntimeError, match="broken reference"):
        breaks()
    with sqlite_database.reading() as session:
        found = session.execute(text("SELECT count(*) FROM readership_languages")).scalar_one()
    assert found == 0


def test_migrations_import_nothing_of_the_application() -> None:
    offending = [
        file.name
        for file in VERSIONS.glob("*.py")
        if "import app" in file.read_text() or "from app" in file.read_text()
    ]
    assert offending == []


def test_there_is_one_newest_migration_and_names_say_date_and_change() -> None:
    scripts = ScriptDirectory(str(VERSIONS.parent))
    assert len(scripts.get_heads()) == 1
    for file in VERSIONS.glob("*.py"):
        year, month, day, words = file.stem.split("_", maxsplit=3)
        assert (len(year), len(month), len(day)) == (4, 2, 2), file.name
        assert words.replace("_", "").isalnum(), file.name


def test_alembic_alone_asks_which_database() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "current"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Say which database" in done.stderr
