"""Group commit: writes that several threads request at the same time share one transaction."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Waiting(Generic[T]):
    item: T
    done: bool = False
    error: BaseException | None = None


class GroupCommit(Generic[T]):
    """Batches the items of concurrent callers; `work` gets all waiting items, which succeed or fail together.

    The caller that holds the lock processes everything that is waiting by then. So when a caller gets the
    lock, its own item either still waits or was processed by another caller.
    """

    def __init__(self, work: Callable[[Sequence[T]], None]) -> None:
        self._work = work
        self._waiting: deque[_Waiting[T]] = deque()
        self._lock = threading.Lock()

    def do(self, item: T) -> None:
        """Return when `item` has been processed; raises what the work raised."""
        own = _Waiting(item)
        self._waiting.append(own)
        with self._lock:
            if not own.done:
                self._do_all([self._waiting.popleft() for _ in range(len(self._waiting))])
        if own.error is not None:
            raise own.error

    def _do_all(self, waiting: Sequence[_Waiting[T]]) -> None:
        error: BaseException | None = None
        try:
            self._work([entry.item for entry in waiting])
        except BaseException as raised:
            error = raised
        for entry in waiting:
            entry.error = error
            entry.done = True
