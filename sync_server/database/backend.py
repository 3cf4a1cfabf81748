"""What the one retry loop needs to know of a kind of database: how it is written to, and how it fails."""

from enum import Enum, auto
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError


class Failure(Enum):
    """Why a statement or a commit failed, where that is no bug."""

    AGAIN = auto()
    """Another writer was faster; nothing was kept, and running the work again is right."""
    LOST = auto()
    """The connection is gone, and whatever was not committed with it."""
    BUSY = auto()
    """The database takes no more just now."""
    FULL = auto()
    """There is no room on its disk."""
    IMPOSSIBLE = auto()
    """A text that it cannot keep."""


class Backend(Protocol):
    """One kind of database, opened."""

    reader: Engine
    """Each transaction sees one consistent state."""
    writer: Engine
    at_once: int
    """Writers of this process that work at the same time; others wait their turn."""

    def prepare(self, connection: Connection, durable: bool) -> None:
        """See to it that a writer's commit waits for the disk, or does not; asked before it begins."""

    def failure(self, error: DBAPIError) -> Failure | None:
        """Why that failed; None for a bug."""

    def ticket(self, connection: Connection) -> str | None:
        """What to ask about should the answer to the commit get lost; None where there is nothing to ask."""

    def is_committed(self, ticket: str) -> bool:
        """Whether the transaction of a ticket was committed. Raises DBAPIError while that cannot be said."""
