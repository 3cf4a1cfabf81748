"""Where the device is: the best new fix within a time limit."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import TypeVar

import flet as ft
import flet_geolocator as geo

from mobile_app.device.clock import Clock
from shared import problems
from shared.records.fix import Fix, FixSearch

LIMIT_SECONDS = 20.0
ANSWER_SECONDS = 60.0
"""How long a person may take to allow the position."""
OLD_AFTER_SECONDS = 10.0
"""How long to wait for a new fix while the device gives nothing but an old one."""
PAUSE_SECONDS = 0.5
"""Between one question and the next."""
_GRANTED = (geo.GeolocatorPermissionStatus.ALWAYS, geo.GeolocatorPermissionStatus.WHILE_IN_USE)
_REFUSED = (geo.GeolocatorPermissionStatus.DENIED, geo.GeolocatorPermissionStatus.DENIED_FOREVER)

Answer = TypeVar("Answer")


class Location:
    """The device's geolocator, made when it is first asked; ask from an event handler or effect of the
    app."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._geolocator: geo.Geolocator | None = None
        self.refused = False
        """Whether the person refused it when it was last asked for, since the app was opened."""

    async def locate(
        self,
        heard: Callable[[Fix], None] | None = None,
        enough: asyncio.Event | None = None,
        limit_s: float = LIMIT_SECONDS,
    ) -> Fix:
        """The best new fix that can be had within `limit_s` seconds; sooner when one is good, or when
        `enough` is set. Where a device has only an old one, that one, marked as old. `heard` gets what was
        found so far, whenever that changes.

        Problems: location_denied, location_off, location_timeout, location_imprecise {metres}.
        """
        try:
            found = await self._search(heard, enough or asyncio.Event(), limit_s)
        except problems.Problem as problem:
            self.refused = problem.kind is problems.location_denied
            raise
        self.refused = False
        return found

    async def _search(
        self, heard: Callable[[Fix], None] | None, enough: asyncio.Event, limit_s: float
    ) -> Fix:
        geolocator = self._held()
        await self._allowed(geolocator, limit_s)
        search = FixSearch()
        failed: RuntimeError | None = None
        begun = self._clock.steady()
        while (left := begun + limit_s - self._clock.steady()) > 0 and not enough.is_set():
            before = search.found
            try:
                answer = await _unless(enough, geolocator.get_current_position(_wish(left)), left)
                if answer:
                    search.add(self._fix(answer))
            except RuntimeError as error:  # while a device starts its positioning it may say that it has none
                failed = error
                if _problem(error).kind is not problems.location_off:
                    break
            if search.found and search.found != before and heard:
                heard(search.found)
            if search.best.good if search.best else search.old and limit_s - left > OLD_AFTER_SECONDS:
                break
            await asyncio.sleep(min(PAUSE_SECONDS, left))
        if search.found is None:
            raise _problem(failed) if failed else problems.location_timeout()
        if not search.found.usable:
            raise problems.location_imprecise(metres=round(search.found.accuracy_m or 0))
        return search.found

    async def _allowed(self, geolocator: geo.Geolocator, limit_s: float) -> None:
        try:
            if not await asyncio.wait_for(geolocator.is_location_service_enabled(), limit_s):
                raise problems.location_off()
            if await asyncio.wait_for(geolocator.get_permission_status(), limit_s) in _GRANTED:
                return  # a browser asks for permission by waiting for a fix, however long that takes
            if await asyncio.wait_for(geolocator.request_permission(), ANSWER_SECONDS) in _REFUSED:
                raise problems.location_denied()
        except TimeoutError:
            raise problems.location_timeout() from None
        except RuntimeError as error:
            raise _problem(error) from error

    def _fix(self, found: geo.GeolocatorPosition) -> Fix:
        if found.latitude is None or found.longitude is None:
            raise RuntimeError("the geolocator answered without a position")
        now = self._clock.wall()
        accuracy = float(found.accuracy or 0)
        return Fix(
            lat=round(float(found.latitude), 6),
            lon=round(float(found.longitude), 6),
            accuracy_m=accuracy if 0 < accuracy < math.inf else None,  # 0 stands for an unknown one
            taken_at=(found.timestamp or now).astimezone(now.tzinfo or UTC),
            heard_at=now,
            mock=bool(found.mocked),
        )

    def _held(self) -> geo.Geolocator:
        if self._geolocator is None:
            self._geolocator = geo.Geolocator()
        return self._geolocator


async def _unless(enough: asyncio.Event, asked: Awaitable[Answer], seconds: float) -> Answer | None:
    """The answer; None where `enough` is set or the time is over before it comes."""
    question, stop = asyncio.ensure_future(asked), asyncio.ensure_future(enough.wait())
    try:
        await asyncio.wait({question, stop}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return question.result() if question.done() else None
    finally:
        question.cancel()
        stop.cancel()


def _wish(seconds: float) -> geo.GeolocatorConfiguration:
    """A new fix: left alone, the geolocator takes one of up to five minutes ago in a browser."""
    return geo.GeolocatorWebConfiguration(
        accuracy=geo.GeolocatorPositionAccuracy.BEST,
        time_limit=ft.Duration(milliseconds=max(1, math.ceil(seconds * 1000))),
        maximum_age=ft.Duration(),
    )


def _problem(error: RuntimeError) -> problems.Problem:
    message = str(error).casefold()
    if "denied" in message or "permission" in message:
        return problems.location_denied()
    if "timeout" in message or "time limit" in message or "timed out" in message:
        return problems.location_timeout()
    return problems.location_off()
