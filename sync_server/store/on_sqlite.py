"""SQLite, the default: a file in WAL mode, forced to the disk on each commit, written by one at a time."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from sync_server.store.way import Failure

_WRITER_PAGES_KB, _READER_PAGES_KB = 12_000, 2_000
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")
_NO_SPACE = "No space left on device"


class OnSqlite:
    """The way to write to SQLite: through one connection of its own.

    What that connection has read stays valid from one writing to the next, while others forget all their
    pages whenever somebody else has written.
    """

    at_once = 1

    def __init__(self, target: URL, options: dict[str, Any]) -> None:
        if target.database in (None, "", ":memory:"):
            self.reader = self.writer = _prepared(create_engine(target, **options), _WRITER_PAGES_KB)
            return
        Path(target.database or "").parent.mkdir(parents=True, exist_ok=True)
        self.reader = create_engine(target, pool_size=8, max_overflow=56, **options)
        self.writer = create_engine(target, pool_size=1, max_overflow=0, **options)
        _prepared(self.reader, _READER_PAGES_KB)
        _prepared(self.writer, _WRITER_PAGES_KB)

    def failure(self, error: DBAPIError) -> Failure | None:
        """Why that failed; None for a bug."""
        said = str(error.orig)
        if getattr(error.orig, "sqlite_errorname", None) in _FULL or _NO_SPACE in said:
            return Failure.FULL
        return Failure.AGAIN if "database is locked" in said else None

    def ticket(self, session: Session) -> str | None:  # noqa: ARG002
        """None: a commit is answered for in this process."""
        return None

    def is_committed(self, ticket: str) -> bool:
        """Never asked."""
        raise ValueError(ticket)


def _prepared(engine: Engine, pages_kb: int) -> Engine:
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

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_begin(connection: Any) -> None:
    durable = connection.get_execution_options().get("durable")
    if durable is None:
        connection.exec_driver_sql("BEGIN")
        return
    if connection.info.get("durable") is not durable:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.info["durable"] = durable
    connection.exec_driver_sql("BEGIN IMMEDIATE")
