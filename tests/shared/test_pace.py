"""How a year goes toward its target: weeks, what is needed, and what to expect."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.counting import week_of
from shared.numbers import pace
from shared.numbers.pace import Week

days = st.dates(date(2024, 1, 1), date(2028, 12, 31)).map(date.isoformat)
numbers = st.integers(0, 3000)


def test_the_weeks_of_a_year_begin_with_that_of_new_year() -> None:
    year = pace.of_year({"2025-12-29": 1, "2026-01-12": 3}, 2026, 100, 4, "2026-01-14")
    assert year.weeks == (Week("2025-12-29", 1, 1), Week("2026-01-05", 0, 1), Week("2026-01-12", 3, 4))
    assert (year.every[0], year.every[-1], len(year.every)) == ("2025-12-29", "2026-12-28", 53)


def test_what_is_needed_and_expected_follows_from_what_is_left() -> None:
    counted = {"2026-10-26": 99, "2026-11-02": 10, "2026-11-09": 20, "2026-11-16": 30, "2026-11-23": 40}
    year = pace.of_year({**counted, "2026-11-30": 5}, 2026, 300, 200, "2026-12-03")
    assert year.recent == 25, "four whole weeks; the present one has only begun"
    assert year.needed == pytest.approx(25)
    assert year.forecast == 300


def test_a_year_that_is_over_needs_and_expects_nothing() -> None:
    year = pace.of_year({"2025-06-02": 7}, 2025, 10, 7, "2026-01-01")
    assert (year.needed, year.forecast) == (None, None)
    assert year.weeks[-1].total == 7
    assert len(year.weeks) == len(year.every)


def test_a_year_to_come_has_no_weeks_yet() -> None:
    year = pace.of_year({}, 2027, 520, 0, "2026-11-30")
    assert year.weeks == ()
    assert year.needed == pytest.approx(520 / 52, rel=0.01)


@given(st.dictionaries(days.map(week_of), numbers), numbers, numbers, days)
def test_the_forecast_is_what_the_recent_pace_brings(
    counted: dict[str, int], target: int, net: int, today: str
) -> None:
    year = pace.of_year(counted, 2026, target, net, today)
    assert [week.monday for week in year.weeks] == [
        monday for monday in year.every if monday <= week_of(today)
    ]
    assert (year.weeks[-1].total if year.weeks else 0) == sum(week.counted for week in year.weeks)
    assert (year.forecast is None) is (today > "2026-12-31")
    if year.forecast is not None:
        assert year.forecast >= net
    if year.needed is not None:
        assert (year.needed == 0) is (net >= target)
        left = date(2026, 12, 31) - max(date.fromisoformat(today), date(2026, 1, 1))
        assert net + year.needed * max(left / timedelta(days=7), 1 / 7) == pytest.approx(max(net, target))
