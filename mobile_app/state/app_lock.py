"""Whether the app asks for its PIN."""

from enum import StrEnum


class LockStanding(StrEnum):
    """Nobody is asked; asked before anything was shown; asked over screens, which stay as they are."""

    OPEN = "open"
    START = "start"
    OVER = "over"
