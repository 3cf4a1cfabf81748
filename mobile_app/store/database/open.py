"""Opens the phone's SQLite database: durable, with real transactions, at the newest schema."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event

from mobile_app.store.database.migrations import migrate


def open_database(path: Path, *, write_ahead: bool) -> Engine:
    """The engine of the database at `path`, created or migrated as needed.

    `write_ahead` is for real disks; the browser's file system needs the rollback journal. Either way a commit
    returns after the file system was told to flush it (`synchronous=FULL`).
    """
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # no implicit transactions: see `begin`
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA journal_mode = {'WAL' if write_ahead else 'DELETE'}")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA busy_timeout = 5000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    with engine.begin() as connection:
        migrate(connection)
    return engine
