"""Stamps follow wall time, never run backwards, and sort as text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock

times = st.integers(0, 2**47)
stamps = st.builds(clock.stamp, times, st.integers(0, 0xFFFF))


@given(stamps, times)
def test_the_next_stamp_is_later_whatever_the_clock_shows(last: str, now_ms: int) -> None:
    following = clock.tick(last, now_ms)
    assert following > last
    assert following >= clock.stamp(now_ms) or now_ms <= clock.parts(last)[0]
    assert re.fullmatch(clock.PATTERN, following)


@given(stamps, stamps)
def test_stamps_sort_as_their_parts(a: str, b: str) -> None:
    assert (a < b) == (clock.parts(a) < clock.parts(b))
    assert clock.stamp(*clock.parts(a)) == a


def test_a_full_counter_moves_to_the_next_millisecond() -> None:
    assert clock.tick(clock.stamp(1000, 0xFFFF), 1000) == clock.stamp(1001)
    assert clock.tick(clock.stamp(1000, 0xFFFE), 999) == clock.stamp(1000, 0xFFFF)


def test_a_clock_ahead_of_the_last_stamp_starts_a_new_counter() -> None:
    assert clock.tick(clock.stamp(1000, 7), 1001) == clock.stamp(1001)


@given(stamps, times)
def test_a_stamp_counts_at_most_five_minutes_ahead(hlc: str, received_ms: int) -> None:
    counted = clock.clamp(hlc, received_ms)
    assert counted <= hlc
    assert clock.parts(counted)[0] <= received_ms + 300_000
    assert counted == hlc or clock.parts(hlc) > (received_ms + 300_000, 0)


@given(stamps, stamps, times, times)
def test_clamping_keeps_the_order_of_arrivals(a: str, b: str, first_ms: int, later_ms: int) -> None:
    a, b = sorted((a, b))
    assert clock.clamp(a, min(first_ms, later_ms)) <= clock.clamp(b, max(first_ms, later_ms))


@pytest.mark.parametrize("text", ["0", "00000000000g-0000", "000000000000-00000", "000000000000-0000\n"])
def test_what_is_no_stamp_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        clock.parts(text)
