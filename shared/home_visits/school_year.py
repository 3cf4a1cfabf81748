"""The school year: 1 September to 31 August."""

from datetime import date
from typing import NamedTuple


class SchoolYear(NamedTuple):
    """Its first and last day, ISO."""

    first: str
    last: str

    @property
    def next(self) -> "SchoolYear":
        """The school year after it."""
        return starting(int(self.first[:4]) + 1)


def starting(year: int) -> SchoolYear:
    """The school year that starts in September of `year`."""
    return SchoolYear(f"{year}-09-01", f"{year + 1}-08-31")


def of_day(day: str) -> SchoolYear:
    """The school year that an ISO day lies in."""
    found = date.fromisoformat(day)
    return starting(found.year if found.month >= 9 else found.year - 1)


def kept_until(day: str) -> str:
    """The last day on which what was recorded on an ISO day is kept: the end of the next school year."""
    return of_day(day).next.last
