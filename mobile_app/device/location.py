"""Where the device is: the best fix within a time limit."""

import asyncio
import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import flet as ft
import flet_geolocator as geo

from shared import problems
from shared.records.models import Position
from shared.vocabulary import CoordSource

LIMIT_SECONDS = 20.0
GOOD_METRES = 10.0
ANSWER_SECONDS = 60.0
"""How long a person may take to allow the position."""
_GRANTED = (geo.GeolocatorPermissionStatus.ALWAYS, geo.GeolocatorPermissionStatus.WHILE_IN_USE)
_REFUSED = (geo.GeolocatorPermissionStatus.DENIED, geo.GeolocatorPermissionStatus.DENIED_FOREVER)


@dataclass(frozen=True, slots=True)
class Fix:
    """A position in degrees WGS-84, its accuracy in metres, and the device's time of it (ISO 8601)."""

    lat: float
    lon: float
    accuracy_m: float
    taken_at: str

    @property
    def position(self) -> Position:
        """The fix as records keep it."""
        return Position(
            lat=self.lat,
            lon=self.lon,
            accuracy_m=round(self.accuracy_m, 1),
            source=CoordSource.GNSS,
            fix_time=self.taken_at,
        )


class Location:
    """The device's geolocator, made when it is first asked; ask from an event handler or effect of the
    app."""

    def __init__(self) -> None:
        self._geolocator: geo.Geolocator | None = None

    async def locate(self, limit_s: float = LIMIT_SECONDS, good_m: float = GOOD_METRES) -> Fix:
        """The best fix that can be had within `limit_s` seconds; sooner when one is as good as `good_m`
        metres.

        Problems: location_denied, location_off, location_timeout {seconds}.
        """
        geolocator = self._held()
        await self._allowed(geolocator, limit_s)
        end = time.monotonic() + limit_s
        best: Fix | None = None
        while (left := end - time.monotonic()) > 0 and (best is None or best.accuracy_m > good_m):
            try:
                fix = _fix(await asyncio.wait_for(geolocator.get_current_position(_wish(left)), left))
            except TimeoutError:
                break
            except RuntimeError as error:
                if best is not None:
                    break
                raise _problem(error, limit_s) from error
            if best is None or fix.accuracy_m < best.accuracy_m:
                best = fix
            await asyncio.sleep(0.5)
        if best is None:
            raise problems.location_timeout(seconds=limit_s)
        return best

    async def _allowed(self, geolocator: geo.Geolocator, limit_s: float) -> None:
        try:
            if not await asyncio.wait_for(geolocator.is_location_service_enabled(), limit_s):
                raise problems.location_off()
            if await asyncio.wait_for(geolocator.get_permission_status(), limit_s) in _GRANTED:
                return  # a browser asks for permission by waiting for a fix, however long that takes
            if await asyncio.wait_for(geolocator.request_permission(), ANSWER_SECONDS) in _REFUSED:
                raise problems.location_denied()
        except TimeoutError:
            raise problems.location_timeout(seconds=limit_s) from None
        except RuntimeError as error:
            raise _problem(error, limit_s) from error

    def _held(self) -> geo.Geolocator:
        if self._geolocator is None:
            self._geolocator = geo.Geolocator()
        return self._geolocator


def _wish(seconds: float) -> geo.GeolocatorConfiguration:
    return geo.GeolocatorConfiguration(
        accuracy=geo.GeolocatorPositionAccuracy.BEST,
        time_limit=ft.Duration(milliseconds=max(1, math.ceil(seconds * 1000))),
    )


def _fix(found: geo.GeolocatorPosition) -> Fix:
    if found.latitude is None or found.longitude is None:
        raise RuntimeError("the geolocator answered without a position")
    taken = found.timestamp or datetime.now(UTC)
    accuracy = found.accuracy if found.accuracy is not None else math.inf
    return Fix(
        round(float(found.latitude), 6),
        round(float(found.longitude), 6),
        float(accuracy) if math.isfinite(accuracy) else 1_000_000.0,
        taken.astimezone().isoformat(timespec="seconds"),
    )


def _problem(error: RuntimeError, limit_s: float) -> problems.Problem:
    said = str(error).casefold()
    if "denied" in said or "permission" in said:
        return problems.location_denied()
    if "timeout" in said or "time limit" in said or "timed out" in said:
        return problems.location_timeout(seconds=limit_s)
    return problems.location_off()
