"""What this device's clocks show: the wall clock, which may be wrong, and one that only goes forward."""

import time
from datetime import datetime


class Clock:
    """The device's own clocks."""

    def seconds(self) -> float:
        """Seconds since 1970 by the wall clock."""
        return time.time()

    def wall(self) -> datetime:
        """What the wall clock shows, with its zone."""
        return datetime.now().astimezone()

    def steady(self) -> float:
        """Seconds by a clock that nobody sets."""
        return time.monotonic()
