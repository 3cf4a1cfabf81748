"""SQLite, the default: a file in WAL mode, forced to the disk on each commit, written by one at a time."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError

from sync_server.database.backend import Failure

_WRITER_PAGES_KB, _READER_PAGES_KB = 12_000, 2_000
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")
_NO_SPACE = "No space left on device"


class SqliteBackend:
    """The way to write to SQLite: through one connection of its own.

    What that connection has read stays valid from one writing to the next, while others forget all their
    pages whenever somebody else has written.
    """

    at_once = 1

    def __init__(self, target: URL, options: dict[str, Any]) -> None:
        if target.database in (None, "", ":memory:"):
            self.reader = self.writer = _prepared(_WRITER_PAGES_KB, target, **options)
            return
        Path(target.database or "").parent.mkdir(parents=True, exist_ok=True)
        self.reader = _prepared(_READER_PAGES_KB, target, pool_size=8, max_overflow=56, **options)
        alone = {"pool_size": 1, "max_overflow": 0, "begin": "BEGIN IMMEDIATE"}
        self.writer = _prepared(_WRITER_PAGES_KB, target, **alone, **options)

    def prepare(self, connection: Connection, durable: bool) -> None:
        """Set the level at which the connection goes to the disk."""
        if connection.info.get("durable") is not durable:
            level = "FULL" if durable else "NORMAL"
            connection.connection.cursor().execute(f"PRAGMA synchronous={level}")
            connection.info["durable"] = durable

    def failure(self, error: DBAPIError) -> Failure | None:
        """Why that failed; None for a bug."""
        said = str(error.orig)
        if getattr(error.orig, "sqlite_errorname", None) in _FULL or _NO_SPACE in said:
            return Failure.FULL
        return Failure.AGAIN if "database is locked" in said else None

    def ticket(self, connection: Connection) -> str | None:  # noqa: ARG002
        """None: a commit is answered for in this process."""
        return None

    def is_committed(self, ticket: str) -> bool:
        """Never asked."""
        raise ValueError(ticket)


class Beginning(SQLiteDialect_pysqlite):
    """SQLAlchemy's way to speak to SQLite, but a transaction begins where it is begun, by the word `begin`.

    A listener for that would make SQLAlchemy look for listeners at every statement, at half of its cost.
    """

    supports_statement_cache = True

    def __init__(self, begin: str = "BEGIN", **rest: Any) -> None:
        super().__init__(**rest)
        self._begin = begin

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        """What SQLAlchemy leaves to the driver, which would put it off to the first change."""
        dbapi_connection.cursor().execute(self._begin)


registry.register("sqlite.beginning", __name__, Beginning.__name__)


def _prepared(pages_kb: int, target: URL, **options: Any) -> Engine:
    """A SQLite engine whose connections are durable and keep at most so much of the file in memory."""

    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "page_size=8192",  # a record with its state and its operation is about 1 kB each
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=10000",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            f"cache_size=-{pages_kb}",
            "wal_autocheckpoint=4000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    engine = create_engine(target.set(drivername="sqlite+beginning"), **options)
    event.listen(engine, "connect", on_connect)
    return engine
