"""Timestamps as the database stores them: ISO 8601 in UTC with milliseconds, so text order is time order."""

from datetime import UTC, datetime, timedelta

from shared.china_time import CHINA_TIME, year_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The server's clock; all server code reads the time here."""
    return datetime.now(UTC)


def today() -> str:
    """The ISO day in China."""
    return now().astimezone(CHINA_TIME).date().isoformat()


def this_year() -> int:
    """The year in China."""
    return year_of(today())


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return (now() - _EPOCH) // timedelta(milliseconds=1)


def now_text() -> str:
    """The current time as text."""
    return text_of(now())


def later(**ahead: float) -> str:
    """The time `timedelta(**ahead)` from now, as text."""
    return text_of(now() + timedelta(**ahead))


def text_of(moment: datetime) -> str:
    """A timezone-aware time as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text_of_ms(milliseconds: int) -> str:
    """A time in milliseconds since 1970, as text."""
    return text_of(datetime.fromtimestamp(milliseconds / 1000, UTC))
