"""China's time, by which days and years are counted wherever a server or a phone stands."""

from datetime import UTC, datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8))


def day_of(moment: str) -> str:
    """The ISO day in China of a moment (ISO 8601 with its offset)."""
    return datetime.fromisoformat(moment).astimezone(CHINA_TIME).date().isoformat()


def day_of_ms(milliseconds: int) -> str:
    """The ISO day in China of a moment in milliseconds since 1970 (UTC)."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    return moment.astimezone(CHINA_TIME).date().isoformat()


def year_of(day: str) -> int:
    """The year of an ISO day."""
    return int(day[:4])
