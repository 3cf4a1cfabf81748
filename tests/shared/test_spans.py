"""Bands of ages, and within how many days most things were done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.numbers import spans

days = st.dictionaries(st.integers(-5, 400), st.integers(1, 9))


@given(days)
def test_everything_is_in_one_band(ages: dict[int, int]) -> None:
    bands = spans.bands(ages)
    assert sum(band.count for band in bands) == sum(ages.values())
    for band in bands:
        within = [
            count
            for age, count in ages.items()
            if max(0, age) >= band.least and (band.most is None or max(0, age) <= band.most)
        ]
        assert band.count == sum(within)


@pytest.mark.parametrize(("share", "within"), [(0.1, 1), (0.5, 5), (0.9, 9), (1.0, 10)])
def test_a_quantile_is_the_day_by_which_that_share_is_done(share: float, within: int) -> None:
    assert spans.quantile(dict.fromkeys(range(1, 11), 1), share) == within
    assert spans.quantile({3: 7}, share) == 3
    assert spans.quantile({}, share) is None


@given(days, st.floats(0.01, 1))
def test_that_share_is_within_it_and_less_is_before(took: dict[int, int], share: float) -> None:
    found, whole = spans.quantile(took, share), sum(took.values())
    if found is not None:
        assert sum(count for day, count in took.items() if day <= found) >= share * whole
        assert sum(count for day, count in took.items() if day < found) < share * whole
