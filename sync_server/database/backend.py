"""The interface between the retry loop and a kind of database: how to write to it, and how it fails."""

from enum import Enum, auto
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError


class Failure(Enum):
    """Why a statement or a commit failed, other than by a bug."""

    AGAIN = auto()
    """Another writer was faster; nothing was written, and the work can simply be run again."""
    LOST = auto()
    """The connection is lost, and with it everything that was not committed."""
    BUSY = auto()
    """The database accepts no more work at the moment."""
    UNAVAILABLE = auto()
    """The database cannot be opened, read or written."""
    FULL = auto()
    """The database's disk is full."""
    IMPOSSIBLE = auto()
    """A text that the database cannot store."""


class Backend(Protocol):
    """An open database of one kind."""

    reader: Engine
    """Each transaction sees one consistent state."""
    writer: Engine
    at_once: int
    """How many writers of this process may run at the same time; others wait their turn."""

    def prepare(self, connection: Connection, durable: bool) -> None:
        """Before a transaction begins, set whether its commit waits for the disk."""

    def failure(self, error: DBAPIError) -> Failure | None:
        """Classify the error; None for a bug."""

    def ticket(self, connection: Connection) -> str | None:
        """An ID for asking about the commit should its answer get lost; None if there is nothing to ask."""

    def is_committed(self, ticket: str) -> bool:
        """Whether the ticket's transaction was committed. Raises DBAPIError while that is not known."""
