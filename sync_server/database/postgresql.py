"""PostgreSQL: several servers may write to it at once, and its connections may break at any moment.

Writers run at the isolation that the database is set to; READ COMMITTED, its default, is enough, since they
lock the rows that they read to change. Readers see one state and are never asked to try again.
"""

from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from sync_server.database.backend import Failure

LOCK_TIMEOUT_MS = 10_000
"""How long a writer waits for a row; whoever gets it no sooner is told to come later."""
IDLE_TIMEOUT_MS = 60_000
"""A writer that is silent for so long inside its transaction is cut off: nobody waits for it for ever."""
_READERS = 32
_POOL_TIMEOUT_S = 10
_AGAIN = (
    *("40001", "40P01"),  # serialization failure, deadlock
    "23505",  # two wrote the first row of its kind; run again, the second one reads it
)
_BUSY = ("53200", "53300", "53400", "55P03", "57014", "57P03")
_FULL = "53100"
_LOST = ("57P01", "57P02", "25P03", "40003")  # shut down, or cut off


class PostgresqlBackend:
    """The way to write to PostgreSQL."""

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
        """Take down for the beginning whether the commit waits for the disk."""
        connection.execution_options(durable=durable)

    def failure(self, error: DBAPIError) -> Failure | None:
        """Why that failed; None for a bug."""
        state: str | None = getattr(error.orig, "sqlstate", None)
        if state in _AGAIN:
            return Failure.AGAIN
        if state == _FULL:
            return Failure.FULL
        if state in _BUSY:
            return Failure.BUSY
        if error.connection_invalidated or state in _LOST or (state or "").startswith("08"):
            return Failure.LOST
        if state is not None:
            return None
        # What never reached the server: no connection could be made, or the driver refuses a text.
        name = type(error.orig).__name__
        return {"OperationalError": Failure.LOST, "DataError": Failure.IMPOSSIBLE}.get(name)

    def ticket(self, connection: Connection) -> str | None:
        """The transaction's number, None where it has changed nothing."""
        found: str | None = connection.exec_driver_sql(_TICKET).scalar()
        return found

    def is_committed(self, ticket: str) -> bool:
        """Whether that transaction was committed; waits for one that is still at it."""
        with self.writer.connect() as connection:
            while (said := connection.execute(_STATUS, {"ticket": ticket}).scalar()) == "in progress":
                connection.exec_driver_sql("SELECT pg_sleep(0.1)")
        return bool(said == "committed")


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
