"""Moments as the database keeps them: ISO 8601 text in UTC with milliseconds, so text order is time order."""

import time
from datetime import UTC, datetime, timedelta


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def now_text() -> str:
    """This moment."""
    return text_of(datetime.now(UTC))


def later(**ahead: float) -> str:
    """The moment that lies `timedelta(**ahead)` from now."""
    return text_of(datetime.now(UTC) + timedelta(**ahead))


def text_of(moment: datetime) -> str:
    """A moment as text; `moment` carries its zone."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text_of_ms(milliseconds: int) -> str:
    """A moment given in milliseconds since 1970, as text."""
    return text_of(datetime.fromtimestamp(milliseconds / 1000, UTC))
