"""Migrates a database to the current schema; alembic is imported only when there is something to do."""

from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlmodel import Session

from sync_server.database.transactions import in_transaction, reading

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
_LOCK = 0x416E6C616E  # an arbitrary number for the advisory lock


def newest() -> str:
    """The revision that the code expects: the number of the last file in `versions`."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def present(engine: Engine) -> str | None:
    """The revision of a database; None if it is empty."""
    with reading(engine) as session:
        if not inspect(session.connection()).has_table(VERSION_TABLE):
            return None
        revision = session.connection().execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return str(revision) if revision else None


def migrate(engine: Engine) -> None:
    """Migrate the database to `newest` in one transaction; if several servers start, only one does it."""
    if present(engine) == newest():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def work(session: Session) -> None:
        config.attributes["connection"] = _locked_connection(session)
        command.upgrade(config, "head")

    in_transaction(engine, work)


def _locked_connection(session: Session) -> Connection:
    """A connection with exclusive migration rights: SQLite has one writer, PostgreSQL takes an advisory lock.

    READ COMMITTED makes it see what was committed while it waited for the lock.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"))
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    return connection
