"""Writing together: what several threads want written at the same time shares one transaction."""

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
    """Does one kind of work for many callers; `work` takes the items of all who wait, for better or worse.

    Whoever has the turn works on everything that waits by then. So when a caller gets its turn, its own
    item either still waits, or was finished within the turn of somebody else.
    """

    def __init__(self, work: Callable[[Sequence[T]], None]) -> None:
        self._work = work
        self._waiting: deque[_Waiting[T]] = deque()
        self._turn = threading.Lock()

    def do(self, item: T) -> None:
        """Return when `item` is worked on; raises what the work raised."""
        mine = _Waiting(item)
        self._waiting.append(mine)
        with self._turn:
            if not mine.done:
                self._do_all([self._waiting.popleft() for _ in range(len(self._waiting))])
        if mine.error is not None:
            raise mine.error

    def _do_all(self, waiting: Sequence[_Waiting[T]]) -> None:
        error: BaseException | None = None
        try:
            self._work([one.item for one in waiting])
        except BaseException as raised:
            error = raised
        for one in waiting:
            one.error = error
            one.done = True
