"""Measures the way to the server while it is used: a transport around a transport."""

from collections import deque
from collections.abc import Callable, Mapping

from mobile_app.device.clock import Clock
from mobile_app.device.photo_files import Part
from mobile_app.sync.transport import Answer, Moving, Transport
from shared.problems import Problem
from shared.sync.link_quality import RequestSample

_KEPT = 24
_FRESH_SECONDS = 600.0


class Meter:
    """The latest trips; `on_change()` is called after each. Those older than ten minutes are ignored."""

    def __init__(self, on_change: Callable[[], None], clock: Clock) -> None:
        self._on_change = on_change
        self._clock = clock
        self._trips: deque[tuple[float, RequestSample]] = deque(maxlen=_KEPT)

    @property
    def trips(self) -> list[RequestSample]:
        """The fresh trips, oldest first."""
        since = self._clock.steady() - _FRESH_SECONDS
        return [trip for at, trip in self._trips if at >= since]

    def note(self, trip: RequestSample) -> None:
        """Another request came to its end."""
        self._trips.append((self._clock.steady(), trip))
        self._on_change()

    def forget(self) -> None:
        """The network is another one."""
        self._trips.clear()


class MeteredTransport:
    """`way`, with every request noted."""

    def __init__(self, way: Transport, meter: Meter, clock: Clock) -> None:
        self._way = way
        self._clock = clock
        self._meter = meter
        self.streams = way.streams

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Part = b"",
        *,
        seconds: float = 30.0,
        moving: Moving | None = None,
    ) -> Answer:
        began = self._clock.steady()
        try:
            answer = await self._way.send(method, path, headers, body, seconds=seconds, moving=moving)
        except Problem:
            self._meter.note(RequestSample(len(body), self._clock.steady() - began, arrived=False))
            raise
        self._meter.note(RequestSample(len(body) + len(answer.body), self._clock.steady() - began))
        return answer

    async def close(self) -> None:
        await self._way.close()
