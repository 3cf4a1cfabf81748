"""How far the median of a few measurements can be trusted."""

from math import inf, isinf
from random import Random

import pytest

from tests.bench.spread import Spread, spread


def test_the_median_stands_in_the_middle_of_its_interval() -> None:
    assert spread([5, 1, 3, 2, 4, 6, 9, 8, 7]) == Spread(median=5, low=2, high=8, count=9)


@pytest.mark.parametrize("count", range(1, 6))
def test_fewer_than_six_measurements_bound_nothing(count: int) -> None:
    found = spread([1.0] * count)
    assert (found.low, found.high) == (-inf, inf)
    assert isinf(found.half_width)


def test_six_measurements_bound_the_median_by_their_extremes() -> None:
    found = spread([1.0, 2.0, 3.0, 4.0, 5.0, 60.0])
    assert (found.low, found.median, found.high) == (1.0, 3.5, 60.0)


def test_one_wild_measurement_of_nine_changes_nothing() -> None:
    calm, wild = [1.0 + n / 100 for n in range(9)], [1.0 + n / 100 for n in range(8)] + [1e6]
    assert spread(wild) == spread(calm)


def test_measurements_that_agree_leave_no_doubt() -> None:
    assert spread([0.5] * 9).half_width == 0


def test_more_measurements_narrow_the_interval() -> None:
    chance = Random(1)
    values = [chance.gauss(1, 0.1) for _ in range(400)]
    widths = [spread(values[:count]).half_width for count in (25, 100, 400)]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("count", [6, 9, 20, 40])
def test_the_true_median_is_within_as_often_as_promised(count: int) -> None:
    chance = Random(count)
    drawn = (spread([chance.lognormvariate(0, 0.3) for _ in range(count)]) for _ in range(2000))
    assert sum(found.low <= 1 <= found.high for found in drawn) >= 0.94 * 2000
