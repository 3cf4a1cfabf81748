"""Guessing is slowed down: after a few failures from one place, a while must pass."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from shared import problems
from shared.problems import Problem

MOST = 10
WINDOW_S = 600
_REMEMBERED = 10_000
_GUESSES = (problems.sign_in_failed, problems.code_invalid, problems.link_invalid)


class Attempts:
    """The failures of the last ten minutes, by what was tried and from where; kept in memory."""

    def __init__(self) -> None:
        self._failures: dict[tuple[str, ...], deque[float]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def guard(self, *key: str) -> Iterator[None]:
        """Let one attempt be made. Raises Problem too_many_attempts; a failed guess inside is counted."""
        self._check(key)
        try:
            yield
        except Problem as problem:
            if problem.kind in _GUESSES:
                self._failed(key)
            raise
        with self._lock:
            self._failures.pop(key, None)

    def _check(self, key: tuple[str, ...]) -> None:
        now = time.monotonic()
        with self._lock:
            failures = self._failures.get(key)
            while failures and failures[0] <= now - WINDOW_S:
                failures.popleft()
            if failures and len(failures) >= MOST:
                raise problems.too_many_attempts(retry_after_s=int(failures[0] + WINDOW_S - now) + 1)

    def _failed(self, key: tuple[str, ...]) -> None:
        with self._lock:
            while len(self._failures) >= _REMEMBERED:
                self._failures.pop(next(iter(self._failures)))
            self._failures.setdefault(key, deque(maxlen=MOST)).append(time.monotonic())
