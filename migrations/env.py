"""How Alembic reaches the database and the tables. The migrations themselves never import app."""

from contextlib import nullcontext
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from app.commands.schema import migrating, tables
from app.database import Instant


def render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our own column type as the plain one it is in the database."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


def include(_item: Any, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
    """Leave alone what is in the database and none of ours, such as SQLite's own tables."""
    return not (reflected and kind == "table" and (name or "").startswith("sqlite_"))


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables(),
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,  # on SQLite too: app/database.py says itself how each one begins
        compare_type=True,
        compare_server_default=True,
        render_item=render,
        include_object=include,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
address = context.get_x_argument(as_dictionary=True).get("database")
if given is None and not address:
    raise SystemExit("Say which database: alembic -x database=sqlite:////path/to/file …")
with nullcontext(given) if given is not None else migrating(str(address)) as connection:
    run(connection)
