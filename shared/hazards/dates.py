"""Days and years of a hazard: which are refused, and which are so unlikely that a person is asked."""

from datetime import date, datetime, timedelta

from shared import problems
from shared.problems import Problem

FIRST_YEAR = 2020
"""The first year of the register: an earlier one is a typing error or a clock that was reset."""

_FAR = timedelta(days=2 * 366)
_WRONG_CLOCK = timedelta(days=31)
"""How far ahead a phone's clock may be without its reports being refused; they are flagged."""


def deadline_refusal(due_date: str | None, found_on: str | None) -> Problem | None:
    """Why an ISO day cannot be the 整改时限 of a hazard that was found on `found_on`, or None."""
    if due_date and found_on and due_date < found_on:
        return problems.deadline_impossible(due_date=due_date, found_on=found_on)
    return None


def is_doubtful(due_date: str, today: str, present: str | None = None) -> bool:
    """Whether an ISO day is unlikely as a 整改时限 that is set `today`.

    It is if it has passed, is before the `present` deadline that it extends, or is more than two years away.
    """
    far = (date.fromisoformat(today) + _FAR).isoformat()
    return due_date < today or due_date > far or (present is not None and due_date < present)


def year_refusal(year: int | None, present: int) -> Problem | None:
    """Why a hazard cannot have that 年度, or None; `present` is this year in China."""
    if year is not None and not FIRST_YEAR <= year <= present + 1:
        return problems.year_impossible(year=year)
    return None


def finding_refusal(found_on: str | None, today: str) -> Problem | None:
    """Why an ISO day cannot be the one on which a hazard was found, or None; `today` in China."""
    latest = (date.fromisoformat(today) + _WRONG_CLOCK).isoformat()
    if found_on is not None and found_on > latest:
        return problems.finding_impossible(found_on=found_on)
    return None


def hours_ahead(made_at: str, received_at: str) -> int:
    """Whole hours by which a device's clock was ahead when it saved what the server received; 0 if none.

    Both are ISO 8601 with their offsets. A clock that is behind looks like a phone that was offline.
    """
    ahead = datetime.fromisoformat(made_at) - datetime.fromisoformat(received_at)
    return max(0, ahead // timedelta(hours=1))
