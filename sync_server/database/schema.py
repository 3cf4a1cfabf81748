"""Bringing a database to the present schema; alembic is only loaded when there is something to do."""

from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlmodel import Session

from sync_server.database.transactions import in_transaction, reading

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
_LOCK = 0x416E6C616E  # any number that nobody else locks


def newest() -> str:
    """The revision that the code expects: the number that the last file of `versions` begins with."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def present(engine: Engine) -> str | None:
    """The revision a database is at, None for an empty one."""
    with reading(engine) as session:
        if not inspect(session.connection()).has_table(VERSION_TABLE):
            return None
        found = session.connection().execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return str(found) if found else None


def migrate(engine: Engine) -> None:
    """Bring the database to `newest`, in one transaction; of several servers that start, one does it."""
    if present(engine) == newest():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def work(session: Session) -> None:
        config.attributes["connection"] = _alone(session)
        command.upgrade(config, "head")

    in_transaction(engine, work)


def _alone(session: Session) -> Connection:
    """A connection on which nobody else migrates: SQLite has one writer, PostgreSQL is asked for a lock.

    There it sees what was committed while it waited, however the database is set.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"))
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    return connection
