"""Limits the memory that requests hold at a time: in total, and per client."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from shared import problems

_RETRY_AFTER_S = 2
_MB = 2**20


class Budget:
    """Bytes held at a time: `total` in all, `each` of one owner. Use it in the event loop's thread only."""

    def __init__(self, total: int, each: int) -> None:
        self._total, self._each = total, each
        self.held = 0
        self._owners: Counter[str] = Counter()

    @contextmanager
    def reserved(self, owner: str, size: int = 0) -> Iterator["Reservation"]:
        """Reserve memory for one request, at first `size` bytes; freed at the end. Raises overloaded."""
        reservation = Reservation(self, owner)
        try:
            reservation.grow(size)
            yield reservation
        finally:
            reservation.shrink()

    def _take(self, owner: str, size: int) -> bool:
        if self.held + size > self._total or self._owners[owner] + size > self._each:
            return False
        self.held += size
        self._owners[owner] += size
        return True

    def _give_back(self, owner: str, size: int) -> None:
        self.held -= size
        self._owners[owner] -= size
        if self._owners[owner] <= 0:
            del self._owners[owner]


class Reservation:
    """The part of a budget that one request holds."""

    def __init__(self, budget: Budget, owner: str) -> None:
        self._budget, self._owner = budget, owner
        self._size = 0

    def fits(self, size: int) -> bool:
        """Try to hold that much more; whether it was possible."""
        if not self._budget._take(self._owner, size):
            return False
        self._size += size
        return True

    def grow(self, size: int) -> None:
        """Hold that much more. Raises Problem overloaded."""
        if not self.fits(size):
            raise problems.overloaded(retry_after_s=_RETRY_AFTER_S)

    def shrink(self, to: int = 0) -> None:
        """Free all but `to` bytes."""
        self._budget._give_back(self._owner, self._size - to)
        self._size = to


@dataclass(frozen=True, slots=True)
class Memory:
    """The budgets of one server.

    `messages`: pushes, pulls and snapshots. `uploads`: photo bytes that are not written yet. `forms`: what
    people send from pages, and messages of strangers. `pages`: answers.
    """

    messages: Budget = field(default_factory=lambda: Budget(64 * _MB, 16 * _MB))
    uploads: Budget = field(default_factory=lambda: Budget(32 * _MB, 4 * _MB))
    forms: Budget = field(default_factory=lambda: Budget(16 * _MB, 16 * _MB))
    pages: Budget = field(default_factory=lambda: Budget(32 * _MB, 16 * _MB))


PAGE = 256 * 1024
"""Bytes that a page counts as until it is sent."""
LOG_PAGE = 1024 * 1024
"""The same for a page of the log or of a snapshot."""
