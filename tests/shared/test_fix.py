"""Which fix of a wait is taken, and which position a record keeps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.records.fix import NEW, Fix, FixSearch, stands
from shared.records.models import Position
from shared.vocabulary import CoordSource

NOON = datetime(2026, 11, 29, 4, tzinfo=UTC)
ACCURACIES = st.none() | st.floats(0.1, 5000)
AGES = st.floats(-4000, 4000).map(lambda seconds: timedelta(seconds=seconds))


def fix(accuracy: float | None, age_s: float = 0, after_s: float = 0, lat: float = 23.0) -> Fix:
    heard = NOON + timedelta(seconds=after_s)
    return Fix(lat, 113.7, accuracy, heard - timedelta(seconds=age_s), heard)


def best(*fixes: Fix) -> Fix | None:
    search = FixSearch()
    for one in fixes:
        search.add(one)
    return search.best


@given(st.lists(ACCURACIES, min_size=1, max_size=8))
def test_the_most_exact_new_fix_wins_whatever_the_order(accuracies: list[float | None]) -> None:
    fixes = [fix(accuracy, after_s=n) for n, accuracy in enumerate(accuracies)]
    found = best(*fixes)
    assert found is not None
    known = [accuracy for accuracy in accuracies if accuracy is not None]
    assert found.accuracy_m == (min(known) if known else None)
    forward, backward = best(*fixes), best(*reversed(fixes))
    assert forward is not None
    assert backward is not None
    assert forward.accuracy_m == backward.accuracy_m


@given(AGES, st.integers(1, 6))
def test_a_fix_that_is_repeated_is_never_new(age: timedelta, times: int) -> None:
    taken = NOON - age
    repeated = [Fix(23.0, 113.7, 5.0, taken, NOON + timedelta(seconds=40 * n)) for n in range(1, times + 1)]
    found = best(*[one for one in repeated if abs(one.age) > NEW])
    assert found is None


def test_an_old_fix_never_passes_for_a_new_one() -> None:
    search = FixSearch()
    search.add(fix(5, age_s=300))
    search.add(fix(50, age_s=100, after_s=1))
    assert search.found is not None
    assert (search.found.old, search.found.position.age_s) == (True, 100)
    search.add(fix(200, after_s=2))
    assert (search.found.accuracy_m, search.found.position.age_s) == (200, None)


@given(AGES, st.floats(0.5, 10))
def test_a_positioning_that_keeps_pace_with_a_wrong_clock_is_new(age: timedelta, pause: float) -> None:
    off = age.total_seconds()
    found = best(fix(60, off), fix(8, off, after_s=pause))
    assert found is not None
    assert found.accuracy_m == 8
    assert found.position.clock_skewed == (True if abs(found.age) > timedelta(minutes=5) else None)


def test_two_old_fixes_of_different_age_are_both_old() -> None:
    assert best(fix(5, age_s=300), fix(5, age_s=100, after_s=1)) is None


@pytest.mark.parametrize(
    ("now", "stays"),
    [
        (fix(30, after_s=20), True),
        (fix(5, after_s=20), False),  # it is more exact
        (fix(30, after_s=90), False),  # the one before is no longer new
        (fix(30, after_s=20, lat=23.001), False),  # 111 m away: somebody walked
        (fix(None, after_s=20), False),
        (fix(30, after_s=-20), False),
    ],
)
def test_a_less_exact_fix_replaces_no_new_one_of_the_same_place(now: Fix, stays: bool) -> None:
    assert stands(fix(8).position, now.position) is stays


def test_only_a_fix_stands_against_a_fix() -> None:
    typed = Position(lat=23.0, lon=113.7, source=CoordSource.TYPED)
    made_up = Fix(23.0, 113.7, 3.0, NOON, NOON, mock=True).position
    assert made_up.mock_location is True
    old = Fix(23.0, 113.7, 3.0, NOON, NOON + timedelta(seconds=60), old=True).position
    for present in (typed, made_up, old):
        assert not stands(present, fix(30, after_s=20).position)


def test_a_vague_fix_is_not_usable() -> None:
    assert not fix(1001).usable
    assert fix(1000).usable
    assert fix(None).usable
    assert not fix(None).good
