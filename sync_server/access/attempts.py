"""Limits guessing: after too many failures, on one target or from one address, callers have to wait."""

import ipaddress
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from shared import problems
from shared.problems import Problem

MOST = 10
"""Failures at one target from one address: a name's password, or one code."""
MOST_FROM_ONE_PLACE = 100
"""Failures from one address at any target. Many phones may share it; there are 10^14 codes."""
WINDOW_S = 600
_REMEMBERED = 10_000
_GUESSES = (problems.sign_in_failed, problems.code_invalid, problems.link_invalid)
_Key = tuple[str, ...]


class Attempts:
    """The failures of the last ten minutes, by target and address; kept in memory."""

    def __init__(self) -> None:
        self._failures: dict[_Key, deque[float]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def guard(self, what: str, which: str, address: str) -> Iterator[None]:
        """Allow one attempt at `which` (a name, a code) of `what`, from an address.

        Raises Problem too_many_attempts. A failed guess inside is counted; a correct one forgets the failures
        at the same target only.
        """
        place = (what, _network(address))
        limits = {place: MOST_FROM_ONE_PLACE, (*place, which[:100]): MOST}
        self._check(limits)
        try:
            yield
        except Problem as problem:
            if problem.kind in _GUESSES:
                self._failed(limits)
            raise
        with self._lock:
            self._failures.pop((*place, which[:100]), None)

    def _check(self, limits: dict[_Key, int]) -> None:
        now = time.monotonic()
        with self._lock:
            for key, most in limits.items():
                failures = self._failures.get(key)
                while failures and failures[0] <= now - WINDOW_S:
                    failures.popleft()
                if failures and len(failures) >= most:
                    raise problems.too_many_attempts(retry_after_s=int(failures[0] + WINDOW_S - now) + 1)

    def _failed(self, limits: dict[_Key, int]) -> None:
        with self._lock:
            for key, most in limits.items():
                failures = self._failures.pop(key, None) or deque(maxlen=most)
                failures.append(time.monotonic())
                self._failures[key] = failures  # at the end: the oldest are forgotten first
            while len(self._failures) > _REMEMBERED:
                self._failures.pop(next(iter(self._failures)))


def _network(address: str) -> str:
    """The address; for IPv6 the /64 network, which one customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
