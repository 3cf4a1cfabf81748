"""How much work a query is for SQLite, whatever the machine."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from mobile_app.store.database.phone_database import PhoneDatabase


def steps_of(database: PhoneDatabase, work: Callable[[Session], Any]) -> int:
    """How many instructions of SQLite `work` takes."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    def counted(session: Session) -> None:
        connection: Any = session.connection().connection.driver_connection
        connection.set_progress_handler(step, 1)
        work(session)
        connection.set_progress_handler(None, 0)

    database.read(counted)
    return steps
