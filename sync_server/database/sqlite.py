"""The SQLite backend, the default: a file in WAL mode, flushed to disk on each commit, with one writer."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError

from shared import problems
from sync_server.database.backend import Failure

_WRITER_PAGES_KB, _READER_PAGES_KB = 12_000, 2_000
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")
_UNAVAILABLE = (
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
    "SQLITE_NOTADB",
    "SQLITE_CORRUPT",
    "SQLITE_IOERR",
    "SQLITE_PERM",
)
_NO_SPACE = "No space left on device"


class SqliteBackend:
    """Engines and error handling for SQLite, with one dedicated connection for writing.

    The writer's page cache stays valid between writes, while other connections drop theirs after each write.
    """

    at_once = 1

    def __init__(self, target: URL, options: dict[str, Any]) -> None:
        if target.database in (None, "", ":memory:"):
            self.reader = self.writer = _prepared(_WRITER_PAGES_KB, target, **options)
            return
        folder = Path(target.database or "").parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise problems.folder_unusable(path=str(folder)) from None
        self.reader = _prepared(
            _READER_PAGES_KB, target, pool_size=8, max_overflow=56, pool_use_lifo=True, **options
        )
        single = {"pool_size": 1, "max_overflow": 0, "begin": "BEGIN IMMEDIATE"}
        self.writer = _prepared(_WRITER_PAGES_KB, target, **single, **options)

    def prepare(self, connection: Connection, durable: bool) -> None:
        """Set how the connection syncs to disk."""
        if connection.info.get("durable") is not durable:
            level = "FULL" if durable else "NORMAL"
            connection.connection.cursor().execute(f"PRAGMA synchronous={level}")
            connection.info["durable"] = durable

    def failure(self, error: DBAPIError) -> Failure | None:
        """Classify the error; None for a bug."""
        message = str(error.orig)
        name: str = getattr(error.orig, "sqlite_errorname", None) or ""
        if name in _FULL or _NO_SPACE in message:
            return Failure.FULL
        if name.startswith(_UNAVAILABLE):
            return Failure.UNAVAILABLE
        return Failure.AGAIN if "database is locked" in message else None

    def ticket(self, connection: Connection) -> str | None:  # noqa: ARG002
        """None: a commit in this process cannot lose its answer."""
        return None

    def is_committed(self, ticket: str) -> bool:
        """Never called, as there are no tickets."""
        raise ValueError(ticket)


class ExplicitBegin(SQLiteDialect_pysqlite):
    """SQLAlchemy's SQLite dialect, but a transaction begins right away, with the statement `begin`.

    An event listener for this would slow down every statement by half.
    """

    supports_statement_cache = True

    def __init__(self, begin: str = "BEGIN", **rest: Any) -> None:
        super().__init__(**rest)
        self._begin = begin

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        """Begin now: SQLAlchemy leaves this to the driver, which would delay it until the first change."""
        dbapi_connection.cursor().execute(self._begin)


registry.register("sqlite.explicit_begin", __name__, ExplicitBegin.__name__)


def _prepared(pages_kb: int, target: URL, **options: Any) -> Engine:
    """A SQLite engine with durable connections and a page cache of `pages_kb` each."""

    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we run BEGIN ourselves
        for pragma in (
            "page_size=8192",  # a record's state and its operation are about 1 kB each
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=10000",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            f"cache_size=-{pages_kb}",
            "wal_autocheckpoint=4000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    engine = create_engine(target.set(drivername="sqlite+explicit_begin"), **options)
    event.listen(engine, "connect", on_connect)
    return engine
