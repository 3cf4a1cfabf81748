"""Moments as the database keeps them: ISO 8601 text in UTC with milliseconds, so text order is time order."""

from datetime import UTC, datetime, timedelta

from shared.china_time import CHINA_TIME, year_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The server's clock: everything here reads it, and nothing else does."""
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
    """This moment."""
    return text_of(now())


def later(**ahead: float) -> str:
    """The moment that lies `timedelta(**ahead)` from now."""
    return text_of(now() + timedelta(**ahead))


def text_of(moment: datetime) -> str:
    """A moment as text; `moment` carries its zone."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def text_of_ms(milliseconds: int) -> str:
    """A moment given in milliseconds since 1970, as text."""
    return text_of(datetime.fromtimestamp(milliseconds / 1000, UTC))
