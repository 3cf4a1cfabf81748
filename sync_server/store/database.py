"""The database: how it is opened, and the one way to write to it.

Routes read with `reading(engine)` and write with `in_transaction(engine, work)`, which commits before it
returns: an answer that was sent describes committed state.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from shared import problems

T = TypeVar("T")

ATTEMPTS = 8
MOST_WAITING = 64
"""Writers that may wait for their turn; those beyond are told to come later."""
_LOCK, _SEATS, _WRITER, _WRITES = "write_lock", "write_seats", "writer", "writes"
_WRITER_PAGES_KB, _READER_PAGES_KB = 32_000, 4_000
_AGAIN = ("40001", "40P01")
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")
_NO_SPACE = "No space left on device"


def open_engine(url: str) -> Engine:
    """An engine for `url`; a SQLite file is made with its folder, in WAL mode with fsync on each commit.

    SQLite is written to through one connection of its own: what it has read stays valid from one writing to
    the next, while others forget all their pages whenever somebody else has written.
    """
    target = make_url(url)
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
    if target.get_backend_name() != "sqlite":
        engine = writer = create_engine(target, pool_size=8, max_overflow=56, **options)
    elif target.database in (None, "", ":memory:"):
        engine = writer = _prepared(create_engine(target, **options), _WRITER_PAGES_KB)
    else:
        Path(target.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(target, pool_size=8, max_overflow=56, **options)
        writer = create_engine(target, pool_size=1, max_overflow=0, **options)
        _prepared(engine, _READER_PAGES_KB)
        _prepared(writer, _WRITER_PAGES_KB)
        event.listen(engine, "engine_disposed", lambda _: writer.dispose())
    return engine.execution_options(
        **{
            _LOCK: threading.Lock(),
            _SEATS: threading.BoundedSemaphore(MOST_WAITING),
            _WRITER: writer,
        }
    )


def _prepared(engine: Engine, pages_kb: int) -> Engine:
    """A SQLite engine whose connections are durable and keep at most so much of the file in memory."""

    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
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
    writes = connection.get_execution_options().get(_WRITES)
    if writes:
        connection.exec_driver_sql(f"PRAGMA synchronous={writes}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one consistent state and whose changes are thrown away."""
    with Session(engine) as session:
        yield session


def in_transaction(engine: Engine, work: Callable[[Session], T], *, durable: bool = True) -> T:
    """What `work` returns, after its changes are committed and on the disk.

    Without `durable` a power cut may undo them, though never in part, until the next that is durable: for
    what nobody is promised.

    Writers of this process take turns; `work` is run again when another process was faster. Raises
    Problem overloaded (too many wait) and storage_full (nothing of the work is kept).
    """
    options = engine.get_execution_options()
    seats: threading.BoundedSemaphore = options[_SEATS]
    if not seats.acquire(blocking=False):
        raise problems.overloaded(retry_after_s=2)
    writer: Engine = options[_WRITER]
    try:
        with options[_LOCK]:
            return _attempt(writer.execution_options(**{_WRITES: "FULL" if durable else "NORMAL"}), work)
    finally:
        seats.release()


def _attempt(engine: Engine, work: Callable[[Session], T]) -> T:
    for attempt in range(ATTEMPTS):
        try:
            with Session(engine, expire_on_commit=False) as session:
                result = work(session)
                session.commit()
                return result
        except DBAPIError as error:
            if _is_full(error):
                raise problems.storage_full() from error
            if not _is_passing(error) or attempt == ATTEMPTS - 1:
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
    raise AssertionError("unreachable")


def _is_full(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlite_errorname", None) in _FULL or _NO_SPACE in str(error.orig)


def _is_passing(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    return state in _AGAIN or "database is locked" in str(error.orig)
