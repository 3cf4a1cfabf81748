"""Datums against published vectors, distances, towns, and who may be the same water."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import geo
from shared.geo import Point
from shared.towns import TOWNS
from shared.vocabulary import Accuracy, Datum, Direction

# (WGS-84, GCJ-02, BD-09)
VECTORS: list[tuple[Point, Point, Point]] = [
    ((23.021, 113.752), (23.01827754, 113.75719293), (23.02461153, 113.76360683)),
    ((22.819, 113.673), (22.81610169, 113.67812267), (22.82196392, 113.68466555)),
]
around_dongguan = st.tuples(st.floats(geo.SOUTH, geo.NORTH), st.floats(geo.WEST, geo.EAST))
anywhere = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(("wgs", "gcj", "bd"), VECTORS)
def test_the_datums_agree_with_the_vectors(wgs: Point, gcj: Point, bd: Point) -> None:
    assert geo.wgs_to_gcj(wgs) == pytest.approx(gcj, abs=1e-8)
    assert geo.gcj_to_wgs(gcj) == pytest.approx(wgs, abs=1e-7)
    assert geo.bd_to_wgs(bd) == pytest.approx(wgs, abs=1e-7)


@given(around_dongguan)
def test_going_there_and_back_ends_within_a_centimetre(point: Point) -> None:
    assert geo.metres(geo.gcj_to_wgs(geo.wgs_to_gcj(point)), point) < 0.01


@given(around_dongguan)
def test_the_shift_is_that_of_dongguan(point: Point) -> None:
    assert 550 < geo.metres(point, geo.wgs_to_gcj(point)) < 660


@given(anywhere, st.sampled_from(Datum))
def test_conversion_never_fails_or_warns(point: Point, datum: Datum) -> None:
    assert all(math.isfinite(part) for part in (*geo.to_wgs(point, datum), *geo.wgs_to_gcj(point)))


def test_only_shifted_datums_are_shifted() -> None:
    point = VECTORS[0][0]
    assert geo.to_wgs(point, Datum.CGCS2000) == point == geo.to_wgs(point, Datum.UNKNOWN)
    assert geo.to_wgs(VECTORS[0][1], Datum.GCJ02) == pytest.approx(point, abs=1e-7)


@given(around_dongguan, around_dongguan)
def test_the_flat_distance_is_good_enough_to_sieve(a: Point, b: Point) -> None:
    assert geo.about_metres(a, b) == pytest.approx(geo.metres(a, b), rel=0.01, abs=0.01)


def test_a_degree_of_latitude_is_as_long_as_it_should_be() -> None:
    assert geo.metres((22.5, 113.75), (23.5, 113.75)) == pytest.approx(110_748, abs=10)


def test_every_town_is_plausible_and_nearest_to_itself() -> None:
    assert len(TOWNS) == 33
    for town in TOWNS:
        assert geo.plausible(town.lat, town.lon)
        assert geo.nearest_town(town.lat, town.lon) is town


@pytest.mark.parametrize(
    ("north", "east", "expected"),
    [
        (100, 0, Direction.NORTH),
        (100, 90, Direction.NORTH_EAST),
        (10, 100, Direction.EAST),
        (-90, 100, Direction.SOUTH_EAST),
        (-100, -10, Direction.SOUTH),
        (-100, -100, Direction.SOUTH_WEST),
        (0, -100, Direction.WEST),
        (100, -100, Direction.NORTH_WEST),
    ],
)
def test_a_direction_is_one_of_eight(north: float, east: float, expected: Direction) -> None:
    here = (23.021, 113.752)
    there = (here[0] + north / 111_320, here[1] + east / (111_320 * math.cos(math.radians(here[0]))))
    assert geo.bearing(here, there).direction is expected


@given(around_dongguan, around_dongguan)
def test_the_way_back_leads_to_the_opposite_or_beside_it(here: Point, there: Point) -> None:
    order = list(Direction)
    if geo.about_metres(here, there) > 1:
        turn = order.index(geo.bearing(here, there).direction) - order.index(
            geo.bearing(there, here).direction
        )
        assert turn % 8 in (3, 4, 5)


@pytest.mark.parametrize("point", [(0.0, 0.0), (31.2, 121.5), (22.3, 114.17), (-90.0, 180.0)])
def test_far_from_dongguan_there_is_no_town(point: Point) -> None:
    assert geo.nearest_town(*point) is None
    assert not geo.plausible(*point)


@pytest.mark.parametrize(
    ("metres", "expected"),
    [
        (None, "unknown"),
        (0, "fine"),
        (10, "fine"),
        (11, "fair"),
        (30, "fair"),
        (100, "coarse"),
        (101, "poor"),
    ],
)
def test_accuracy_has_words(metres: float | None, expected: str) -> None:
    assert geo.accuracy_class(metres) is Accuracy(expected)


@pytest.mark.parametrize(
    ("degrees", "text"), [(113.7, "113.700000"), (23.0211234567, "23.021123"), (-0.0000001, "0.000000")]
)
def test_degrees_have_six_decimals(degrees: float, text: str) -> None:
    assert geo.degrees_text(degrees) == text
