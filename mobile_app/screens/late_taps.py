"""A tap that was meant for the screen before: the second of two fast ones on a button that led on."""

import time

LATE_S = 1.0


class LateTaps:
    """Tells late taps apart, for what lies where the button of the screen before was."""

    def __init__(self) -> None:
        self._led_on = -LATE_S

    def led_on(self) -> None:
        """A button has just led to another screen."""
        self._led_on = time.monotonic()

    def is_late(self) -> bool:
        """Whether a tap that comes now may have been meant for that button."""
        return time.monotonic() - self._led_on < LATE_S
