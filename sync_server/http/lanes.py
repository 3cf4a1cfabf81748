"""Lanes: each kind of work has its own threads and bounded queue, so that none waits for another."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from typing import TypeVar

from shared import problems

T = TypeVar("T")

_LETS_PASS_S = 0.02
"""The longest that an item of long work waits for another lane."""


class Lane:
    """Threads for one kind of work; at most `most_waiting` jobs wait, and `each` of one owner at a time."""

    def __init__(
        self, name: str, threads: int, most_waiting: int, *, each: int = 0, retry_after_s: int = 2
    ) -> None:
        self.threads: Executor = ThreadPoolExecutor(threads, name)
        self.room = threads + most_waiting
        self.inside = 0
        self._each = each or self.room
        self._owners: Counter[str] = Counter()
        self._retry_after_s = retry_after_s
        self._idle = threading.Event()
        self._idle.set()

    def let_pass(self, items: Iterable[T]) -> Iterator[T]:
        """Yield each item once this lane is idle, or after `_LETS_PASS_S`.

        For long work in other lanes: a thread that never waits takes the interpreter from a job here
        whenever that asks the database something.
        """
        for item in items:
            self._idle.wait(_LETS_PASS_S)
            yield item

    async def run(self, work: Callable[[], T], owner: str = "") -> T:
        """Run a job in one of the threads. Raises Problem overloaded if too many wait."""
        if self.inside >= self.room or self._owners[owner] >= self._each:
            raise problems.overloaded(retry_after_s=self._retry_after_s)
        self.inside += 1
        self._idle.clear()
        self._owners[owner] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, work)
        finally:
            self.inside -= 1
            if not self.inside:
                self._idle.set()
            self._owners[owner] -= 1
            if not self._owners[owner]:
                del self._owners[owner]

    def wait_for(self, work: Callable[[], T], seconds: float) -> T:
        """Run a job in one of the threads, for a thread of pages: there are few of them, so they are not
        counted into `room`. Raises TimeoutError after so many seconds; what has not begun then never does."""
        job = self.threads.submit(work)
        try:
            return job.result(seconds)
        finally:
            job.cancel()


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes of one server. Pages have none: they run in Starlette's own threads (`PAGES`).

    `pushes`: one at a time, as what one needs in memory serves the next one, and two would take turns at the
    interpreter anyway. `lookups`: tokens and other reads of a row. `logs`: pulls and snapshots. `photos`:
    photos taken in: while some wait for the disk, others are looked at. `pictures`: smaller copies.
    """

    pushes: Lane = field(default_factory=lambda: Lane("push", 1, 64, each=2))
    lookups: Lane = field(default_factory=lambda: Lane("lookup", 8, 256))
    logs: Lane = field(default_factory=lambda: Lane("log", 4, 128))
    photos: Lane = field(default_factory=lambda: Lane("photo", 8, 256))
    pictures: Lane = field(default_factory=lambda: Lane("picture", 1, 64, retry_after_s=5))
    exports: Lane = field(default_factory=lambda: Lane("export", 1, 5, each=2, retry_after_s=30))

    def all(self) -> list[Lane]:
        """Every lane."""
        return [getattr(self, one.name) for one in fields(self)]

    def close(self) -> None:
        """Finish the running jobs and start no more."""
        for lane in self.all():
            lane.threads.shutdown(cancel_futures=True)


PAGES = 12
"""Pages rendered at a time."""
PAGES_WAITING = 64
"""Pages that may wait for that; further ones are refused."""
