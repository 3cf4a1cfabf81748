"""The PostgreSQL backend: several servers may write at once, and connections may break at any time.

Writers use the database's default isolation level; READ COMMITTED is enough, since they lock the rows they
read in order to change them. Readers see one consistent state and never need to retry.
"""

from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from sync_server.database.backend import Failure

LOCK_TIMEOUT_MS = 10_000
"""How long a writer waits for a row lock before it is answered `overloaded`."""
IDLE_TIMEOUT_MS = 60_000
"""A writer that is idle this long inside a transaction is disconnected: others may be waiting for it."""
_READERS = 32
_POOL_TIMEOUT_S = 10
_AGAIN = (
    *("40001", "40P01"),  # serialization failure, deadlock
    "23505",  # unique violation: two inserted the same row; run again, the second one finds it
)
_BUSY = ("53200", "53300", "53400", "55P03", "57014", "57P03")
_FULL = "53100"
_UNAVAILABLE = ("42501", "3D000")  # no permission, no such database
_LOST = ("57P01", "57P02", "25P03", "40003")  # shut down or disconnected


class PostgresqlBackend:
    """Engines and error handling for PostgreSQL."""

    at_once = 8

    def __init__(self, target: URL, options: dict[str, Any]) -> None:
        target = target.set(drivername="postgresql+psycopg")
        options = {**options, "pool_pre_ping": True, "pool_timeout": _POOL_TIMEOUT_S}
        self.reader = create_engine(
            target, pool_size=8, max_overflow=_READERS - 8, isolation_level="REPEATABLE READ", **options
        )
        event.listen(self.reader, "connect", _on_connect_to_read)
        self.writer = create_engine(target, pool_size=self.at_once, max_overflow=0, **options)
        event.listen(self.writer, "connect", _on_connect_to_write)
        event.listen(self.writer, "begin", _on_begin)

    def prepare(self, connection: Connection, durable: bool) -> None:
        """Store whether the commit waits for the disk, for `_on_begin`."""
        connection.execution_options(durable=durable)

    def failure(self, error: DBAPIError) -> Failure | None:
        """Classify the error; None for a bug."""
        state: str | None = getattr(error.orig, "sqlstate", None)
        if state in _AGAIN:
            return Failure.AGAIN
        if state == _FULL:
            return Failure.FULL
        if state in _UNAVAILABLE:
            return Failure.UNAVAILABLE
        if state in _BUSY:
            return Failure.BUSY
        if error.connection_invalidated or state in _LOST or (state or "").startswith("08"):
            return Failure.LOST
        if state is not None:
            return None
        # It never reached the server: no connection could be made, or the driver rejects a text.
        name = type(error.orig).__name__
        return {"OperationalError": Failure.LOST, "DataError": Failure.IMPOSSIBLE}.get(name)

    def ticket(self, connection: Connection) -> str | None:
        """The transaction ID, None if the transaction has changed nothing."""
        transaction_id: str | None = connection.exec_driver_sql(_TICKET).scalar()
        return transaction_id

    def is_committed(self, ticket: str) -> bool:
        """Whether that transaction was committed; waits while it is in progress."""
        with self.writer.connect() as connection:
            while (status := connection.execute(_STATUS, {"ticket": ticket}).scalar()) == "in progress":
                connection.exec_driver_sql("SELECT pg_sleep(0.1)")
        return bool(status == "committed")


_TICKET = "SELECT pg_current_xact_id_if_assigned()::text"
_STATUS = text("SELECT pg_xact_status(CAST(CAST(:ticket AS text) AS xid8))")


def _on_connect_to_read(connection: Any, _record: Any) -> None:
    connection.read_only = True


def _on_connect_to_write(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_TIMEOUT_MS}")
    connection.autocommit = False


def _on_begin(connection: Any) -> None:
    if connection.get_execution_options().get("durable") is False:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
