"""A geolocator for tests: what the sky over a phone has to say, one answer after the other."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import flet as ft
import flet_geolocator as geo

ALLOWED = geo.GeolocatorPermissionStatus.WHILE_IN_USE
DENIED = geo.GeolocatorPermissionStatus.DENIED


@dataclass(frozen=True)
class Seen:
    """What one answer says; `age_s` by the device's clock."""

    accuracy: float = 8.0
    lat: float = 23.0421
    lon: float = 113.7832
    age_s: float = 0.0
    mocked: bool = False
    taken: datetime | None = None


class Sky:
    """Gives `answers` in their order, the last one for ever if `again`, else none after it.

    `before` and `allowed` are the permission before and after the person was asked; `on` whether the device
    looks for its place at all; `error` what it says instead of an answer.
    """

    def __init__(
        self,
        *answers: Seen | str,
        again: bool = False,
        before: geo.GeolocatorPermissionStatus = DENIED,
        allowed: geo.GeolocatorPermissionStatus = ALLOWED,
        on: bool = True,
        error: str = "",
    ) -> None:
        self._answers, self._again = list(answers), again
        self._before, self._allowed, self._on, self._error = before, allowed, on, error
        self.wishes: list[geo.GeolocatorConfiguration] = []
        self.requests = 0
        """How often the person was asked for the permission."""
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Let the device give up, as it does when its time is over."""
        self._error = "Location request timed out."
        self._ended.set()

    async def is_location_service_enabled(self) -> bool:
        return self._on

    async def get_permission_status(self) -> geo.GeolocatorPermissionStatus:
        return self._before

    async def request_permission(self) -> geo.GeolocatorPermissionStatus:
        self.requests += 1
        if self._before is ALLOWED:
            await asyncio.sleep(60)  # a browser asks by waiting for a fix
        return self._allowed

    async def get_current_position(self, wish: geo.GeolocatorConfiguration) -> geo.GeolocatorPosition:
        self.wishes.append(wish)
        if self._error:
            raise RuntimeError(self._error)
        if not self._answers:
            await self._ended.wait()
            raise RuntimeError(self._error)
        last = self._again and len(self._answers) == 1
        answer = self._answers[0] if last else self._answers.pop(0)
        if isinstance(answer, str):
            raise RuntimeError(answer)
        return geo.GeolocatorPosition(
            latitude=answer.lat,
            longitude=answer.lon,
            accuracy=answer.accuracy,
            timestamp=answer.taken or datetime.now().astimezone() - timedelta(seconds=answer.age_s),
            mocked=answer.mocked,
        )


def asks_for_new(wish: geo.GeolocatorConfiguration) -> bool:
    """Whether a browser that is asked so may not answer with a fix that it has already."""
    return isinstance(wish, geo.GeolocatorWebConfiguration) and wish.maximum_age == ft.Duration()
