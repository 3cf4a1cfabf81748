"""Hybrid logical clock (Kulkarni et al. 2014): timestamps that follow wall time and never go backwards.

A stamp is a string, `{milliseconds since 1970:012x}-{counter:04x}`, so stamps sort as strings. It does not
contain the device: operations sort by (hlc, device, n).
"""

import re

ZERO = "000000000000-0000"
MAX_AHEAD_MS = 5 * 60_000
PATTERN = r"^[0-9a-f]{12}-[0-9a-f]{4}$"
_SHAPE = re.compile(PATTERN)
_MAX_COUNTER = 0xFFFF


def stamp(milliseconds: int, counter: int = 0) -> str:
    """The stamp for a wall time in milliseconds since 1970 (UTC) and a counter of 0–65535."""
    return f"{milliseconds:012x}-{counter:04x}"


def parts(hlc: str) -> tuple[int, int]:
    """(milliseconds, counter) of a stamp. Raises ValueError if `hlc` is not a stamp."""
    if not _SHAPE.fullmatch(hlc):
        raise ValueError(hlc)
    return int(hlc[:12], 16), int(hlc[13:], 16)


def tick(last: str, now_ms: int) -> str:
    """The next stamp of a device, given its greatest stamp so far and its clock in milliseconds."""
    ms, counter = parts(last)
    if now_ms > ms:
        return stamp(now_ms)
    if counter == _MAX_COUNTER:
        return stamp(ms + 1)
    return stamp(ms, counter + 1)


def clamp(hlc: str, received_ms: int) -> str:
    """The stamp that the server uses: at most five minutes ahead of the server's clock."""
    return min(hlc, stamp(received_ms + MAX_AHEAD_MS))
