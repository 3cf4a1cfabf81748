"""The database: how it is opened, and the one way to write to it.

Routes read with `reading(engine)` and write with `in_transaction(engine, work)`, which commits before it
returns: an answer that was sent describes committed state. `looking_up` and `in_plain_transaction` are the
same without a session.
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
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import Session

from shared import problems
from shared.problems import Problem
from sync_server.database.backend import Backend, Failure
from sync_server.database.postgresql import PostgresqlBackend
from sync_server.database.sqlite import SqliteBackend

T = TypeVar("T")
log = logging.getLogger("anlan")

ATTEMPTS = 12
MOST_WAITING = 64
"""Writers that may wait for their turn; those beyond are told to come later."""
_RETRY_AFTER_S = 2
_LONGEST_PAUSE_S = 0.5
_WAY, _TURNS, _SEATS = "way", "write_turns", "write_seats"


def open_engine(url: str) -> Engine:
    """An engine to read with, that knows how to write, for SQLite or PostgreSQL.

    A SQLite file is made with its folder.
    """
    target = make_url(url)
    kind = SqliteBackend if target.get_backend_name() == "sqlite" else PostgresqlBackend
    options = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
    way: Backend = kind(target, options)
    engine = way.reader.execution_options(
        **{
            _WAY: way,
            _TURNS: threading.BoundedSemaphore(way.at_once),
            _SEATS: threading.BoundedSemaphore(MOST_WAITING),
        }
    )
    # Here and not at one of the way: of an engine with a listener SQLAlchemy asks for more at each statement.
    if way.writer is not way.reader:
        event.listen(engine, "engine_disposed", lambda _: way.writer.dispose())
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one consistent state, for reading only.

    Raises Problem overloaded while the database cannot be reached.
    """
    with _reachable(engine) as way, Session(way.reader) as session:
        yield session


@contextmanager
def looking_up(engine: Engine) -> Iterator[Connection]:
    """What `reading` gives, for plain columns: half the cost, where something is asked with every request."""
    with _reachable(engine) as way, way.reader.connect() as connection:
        yield connection


@contextmanager
def _reachable(engine: Engine) -> Iterator[Backend]:
    way: Backend = engine.get_execution_options()[_WAY]
    try:
        yield way
    except (DBAPIError, NoConnection) as error:
        if (failure := _failure(way, error)) is None:
            raise
        raise _problem(failure, error) from error


def in_transaction(engine: Engine, work: Callable[[Session], T], *, durable: bool = True) -> T:
    """What `work` returns, after its changes are committed and on the disk.

    Without `durable` a power cut may undo them, though never in part, until the next that is durable: for
    what nobody is promised.

    `work` is run again, from its start, when another writer was faster or the connection broke: it must
    read what it relies on itself, and do nothing that outlives the transaction. Raises Problem overloaded
    (too many wait, or the database cannot be reached) and storage_full; but for an answer that the database
    never gave, nothing of the work is kept then.
    """

    def in_session(connection: Connection) -> T:
        with Session(connection, expire_on_commit=False) as session:
            result = work(session)
            session.flush()
            return result

    return in_plain_transaction(engine, in_session, durable=durable)


def in_plain_transaction(engine: Engine, work: Callable[[Connection], T], *, durable: bool = True) -> T:
    """What `in_transaction` gives, for plain statements: half the cost, where there is little to write."""
    options = engine.get_execution_options()
    seats: threading.BoundedSemaphore = options[_SEATS]
    way: Backend = options[_WAY]
    if not seats.acquire(blocking=False):
        raise problems.overloaded(retry_after_s=_RETRY_AFTER_S)
    try:
        with options[_TURNS]:
            return _insist(way, durable, work)
    finally:
        seats.release()


def _insist(way: Backend, durable: bool, work: Callable[[Connection], T]) -> T:
    """Run `work` until it is committed. Of a commit whose answer got lost the database is asked."""
    unanswered: tuple[str, T] | None = None
    for attempt in range(ATTEMPTS):
        ticket: str | None = None
        try:
            if unanswered:
                if way.is_committed(unanswered[0]):
                    return unanswered[1]
                unanswered = None
            with way.writer.connect() as connection:
                way.prepare(connection, durable)
                with connection.begin():
                    result = work(connection)
                    ticket = way.ticket(connection)
                return result
        except (DBAPIError, NoConnection) as error:
            failure = _failure(way, error)
            if failure is None:
                raise
            if failure is Failure.LOST and ticket:
                unanswered = ticket, result
            elif failure not in (Failure.AGAIN, Failure.LOST) or attempt == ATTEMPTS - 1:
                raise _problem(failure, error) from error
        time.sleep(random.uniform(0, min(0.02 * 2**attempt, _LONGEST_PAUSE_S)))  # noqa: S311
    raise problems.overloaded(retry_after_s=_RETRY_AFTER_S)


def _failure(way: Backend, error: DBAPIError | NoConnection) -> Failure | None:
    return Failure.BUSY if isinstance(error, NoConnection) else way.failure(error)


def _problem(failure: Failure, error: DBAPIError | NoConnection) -> Problem:
    log.warning("the database: %s", getattr(error, "orig", None) or error)
    if failure is Failure.FULL:
        return problems.storage_full()
    if failure is Failure.IMPOSSIBLE:
        return problems.invalid(errors=[{"path": "", "reason": "text_impossible"}])
    return problems.overloaded(retry_after_s=_RETRY_AFTER_S)
