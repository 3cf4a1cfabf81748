"""How far this device's clock is from the server's, by the server's answers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session

from mobile_app.store.database import meta
from shared.china_time import CHINA_TIME

if TYPE_CHECKING:
    from mobile_app.device.clock import Clock
    from mobile_app.store.database.phone_database import PhoneDatabase

_OFFSET_WORTH_KEEPING_MS = 500


def clock_offset(server_time: str, asked: float, answered: float) -> int | None:
    """Milliseconds to add to this clock to have the server's; None where the answer's time is no time.

    `asked` and `answered` are seconds since 1970 by this clock; the server spoke somewhere between them.
    """
    try:
        there = datetime.fromisoformat(server_time).timestamp()
    except ValueError:
        return None
    if asked <= there <= answered:
        return 0
    return round((there - (asked + answered) / 2) * 1000)


def keep_offset(session: Session, offset_ms: int | None) -> None:
    """Note the offset that an answer showed, where it differs by more than answers vary."""
    where = meta.progress(session)
    if offset_ms is not None and abs(offset_ms - where.offset_ms) > _OFFSET_WORTH_KEEPING_MS:
        meta.set_progress(session, replace(where, offset_ms=offset_ms))


class ServerClock:
    """The server's clock as far as this device knows it: its own before it has heard of the server."""

    def __init__(self, database: "PhoneDatabase", clock: "Clock") -> None:
        self._database, self._clock = database, clock

    def today(self) -> date:
        """The day in China, whatever the zone and the clock of this phone."""
        return self.now().astimezone(CHINA_TIME).date()

    def now(self) -> datetime:
        """The present, whatever this device's own clock shows; UTC."""
        return datetime.fromtimestamp(self._clock.seconds(), UTC) + self.ahead

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of this device's clock; negative where it is behind."""
        return timedelta(milliseconds=self.offset())

    def offset(self) -> int:
        """`ahead` in milliseconds."""
        return self._database.read(meta.progress).offset_ms
