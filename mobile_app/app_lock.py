"""应用密码: a PIN that the app asks for at the start and after some minutes in the background.

It hides the screens from whoever picks the phone up. It encrypts nothing: what is stored is as readable as
before. Its rules are those of the PIN for drafts of home visits: the same length, the same waits.
"""

from collections.abc import Callable
from dataclasses import replace

from mobile_app.device.clock import Clock
from mobile_app.state.app_lock import LockStanding
from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.home_visits.draft_lock import DraftLock

_NAME = "app"  # beside the locks of persons


class AppLock:
    """A part of the services. `changed()` is called when `standing` may be another."""

    def __init__(self, pins: DraftLock, database: PhoneDatabase, clock: Clock) -> None:
        self._pins, self._database, self._clock = pins, database, clock
        self._opened = self._asks = False
        self._left: tuple[float, float] | None = None
        self.changed: Callable[[], None] = lambda: None

    @property
    def available(self) -> bool:
        """Whether this device can keep a PIN."""
        return self._pins.available

    @property
    def is_on(self) -> bool:
        """Whether the app has a PIN."""
        return self._pins.is_set(_NAME)

    @property
    def standing(self) -> LockStanding:
        """Whether the PIN is asked for now."""
        if not self.is_on:
            return LockStanding.OPEN
        if not self._opened:
            return LockStanding.START
        return LockStanding.OVER if self._asks else LockStanding.OPEN

    @property
    def minutes(self) -> int:
        """How long the app may be in the background before it asks."""
        return self._database.read(meta.choices).lock_minutes

    async def choose_minutes(self, minutes: int) -> None:
        """Ask after so many minutes in the background."""
        choices = replace(self._database.read(meta.choices), lock_minutes=minutes)
        await self._database.write(lambda session: meta.choose(session, choices))
        await self._database.settle()

    async def turn_on(self, pin: str) -> None:
        """Ask for this PIN from now on. Durable on return."""
        await self._pins.set_pin(_NAME, pin)
        self._open()

    async def turn_off(self, pin: str) -> None:
        """Ask no longer. Problems: pin_wait {seconds}, pin_wrong."""
        await self._pins.unlock(_NAME, pin)
        await self.forget()

    async def unlock(self, pin: str) -> None:
        """Go on. Problems: pin_wait {seconds}, pin_wrong."""
        await self._pins.unlock(_NAME, pin)
        self._open()

    async def forget(self) -> None:
        """Ask no longer: the PIN was given, or the office has said that this phone is its person's."""
        await self._pins.forget(_NAME)
        self._open()

    def left(self) -> None:
        """The app went to the background."""
        if self._left is None:
            self._left = self._clock.seconds(), self._clock.steady()

    def came_back(self) -> None:
        """The app is in front again.

        The longer of two times counts: clocks are set back, and steady ones may stand still while a device
        sleeps. A clock that shows an earlier time than before counts as too long.
        """
        left, self._left = self._left, None
        if left is None or not self.is_on:
            return
        wall, steady = self._clock.seconds() - left[0], self._clock.steady() - left[1]
        if wall < 0 or max(wall, steady) >= self.minutes * 60:
            self._asks = True
            self.changed()

    def _open(self) -> None:
        self._opened, self._asks = True, False
        self.changed()
