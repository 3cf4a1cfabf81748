"""Opens the database, and provides the only backend to write to it.

Routes read with `reading(engine)` and write with `in_transaction(engine, work)`, which commits before it
returns, so an answer always describes committed state. `looking_up` and `in_plain_transaction` are the same
without a session.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import orjson
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session

from shared import problems
from shared.problems import Problem
from sync_server.database import audit_chain
from sync_server.database.backend import Backend, Failure
from sync_server.database.postgresql import PostgresqlBackend
from sync_server.database.sqlite import SqliteBackend

T = TypeVar("T")
log = logging.getLogger("anlan")

ATTEMPTS = 12
MOST_WAITING = 64
"""Writers that may wait for their turn; further ones are answered `overloaded`."""
_RETRY_AFTER_S = 2
_LONGEST_PAUSE_S = 0.5
_BACKEND, _TURNS, _SEATS = "backend", "write_turns", "write_seats"


def open_engine(url: str) -> Engine:
    """Open SQLite or PostgreSQL: an engine for reading that carries its backend for writing.

    A SQLite file is created together with its folder. Raises Problem folder_unusable, and setting_invalid if
    the URL is of neither.
    """
    try:
        target = make_url(url)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise problems.setting_invalid(setting="ANLAN_DATABASE_URL") from None
    if target.get_backend_name() not in ("sqlite", "postgresql"):
        raise problems.setting_invalid(setting="ANLAN_DATABASE_URL")
    backend_class = SqliteBackend if target.get_backend_name() == "sqlite" else PostgresqlBackend
    options = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
    backend: Backend = backend_class(target, options)
    engine = backend.reader.execution_options(
        **{
            _BACKEND: backend,
            _TURNS: threading.BoundedSemaphore(backend.at_once),
            _SEATS: threading.BoundedSemaphore(MOST_WAITING),
        }
    )
    # Listen on this option engine, not on the reader itself: a listener would slow down its statements.
    if backend.writer is not backend.reader:
        event.listen(engine, "engine_disposed", lambda _: backend.writer.dispose())
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A read-only session that sees one consistent state.

    Raises Problem database_unavailable while the database cannot be reached, and overloaded.
    """
    with _reachable(engine) as backend, Session(backend.reader) as session:
        yield session


@contextmanager
def looking_up(engine: Engine) -> Iterator[Connection]:
    """Like `reading`, for plain columns: half the cost, for queries made with every request."""
    with _reachable(engine) as backend, backend.reader.connect() as connection:
        yield connection


@contextmanager
def _reachable(engine: Engine) -> Iterator[Backend]:
    backend: Backend = engine.get_execution_options()[_BACKEND]
    try:
        yield backend
    except (DBAPIError, NoConnection) as error:
        if (failure := _failure(backend, error)) is None:
            raise
        raise _problem(failure, error) from error


def in_transaction(engine: Engine, work: Callable[[Session], T], *, durable: bool = True) -> T:
    """Run `work`, commit its changes to disk, and return its result.

    Without `durable`, a power cut before the next durable commit may undo the changes, though never in part:
    only for changes that nobody relies on.

    `work` is run again from the start if another writer was faster or the connection broke: it must read
    everything it relies on, and have no effects outside the transaction. Raises Problem overloaded (too many
    writers are waiting), database_unavailable and storage_full; nothing of the work is kept then, unless only
    the database's answer to the commit was lost.
    """

    def in_session(connection: Connection) -> T:
        with Session(connection, expire_on_commit=False) as session:
            audit_chain.begin(session)
            result = work(session)
            session.flush()
            audit_chain.append(session)
            return result

    return in_plain_transaction(engine, in_session, durable=durable)


def in_plain_transaction(engine: Engine, work: Callable[[Connection], T], *, durable: bool = True) -> T:
    """Like `in_transaction`, for plain statements: half the cost for small writes."""
    options = engine.get_execution_options()
    seats: threading.BoundedSemaphore = options[_SEATS]
    backend: Backend = options[_BACKEND]
    if not seats.acquire(blocking=False):
        raise problems.overloaded(retry_after_s=_RETRY_AFTER_S)
    try:
        with options[_TURNS]:
            return _run_until_committed(backend, durable, work)
    finally:
        seats.release()


def _run_until_committed(backend: Backend, durable: bool, work: Callable[[Connection], T]) -> T:
    """Run `work` until it is committed. If the answer to a commit is lost, ask the database about it."""
    unanswered: tuple[str, T] | None = None
    for attempt in range(ATTEMPTS):
        ticket: str | None = None
        try:
            if unanswered:
                if backend.is_committed(unanswered[0]):
                    return unanswered[1]
                unanswered = None
            with backend.writer.connect() as connection:
                backend.prepare(connection, durable)
                with connection.begin():
                    result = work(connection)
                    ticket = backend.ticket(connection)
                return result
        except (DBAPIError, NoConnection) as error:
            failure = _failure(backend, error)
            if failure is None:
                raise
            if failure is Failure.LOST and ticket:
                unanswered = ticket, result
            elif failure not in (Failure.AGAIN, Failure.LOST) or attempt == ATTEMPTS - 1:
                raise _problem(failure, error) from error
        time.sleep(random.uniform(0, min(0.02 * 2**attempt, _LONGEST_PAUSE_S)))  # noqa: S311
    raise problems.overloaded(retry_after_s=_RETRY_AFTER_S)


def _failure(backend: Backend, error: DBAPIError | NoConnection) -> Failure | None:
    return Failure.BUSY if isinstance(error, NoConnection) else backend.failure(error)


def _problem(failure: Failure, error: DBAPIError | NoConnection) -> Problem:
    log.warning("database error: %s", getattr(error, "orig", None) or error)
    if failure is Failure.FULL:
        return problems.storage_full()
    if failure is Failure.IMPOSSIBLE:
        return problems.invalid(errors=[{"path": "", "reason": "text_impossible"}])
    if failure in (Failure.LOST, Failure.UNAVAILABLE):
        return problems.database_unavailable(retry_after_s=_RETRY_AFTER_S)
    return problems.overloaded(retry_after_s=_RETRY_AFTER_S)
