"""The mathematics of the map: what it shows, what fits into it, lines, scale and names of towns."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile_app.screens.map.map_view import (
    MAX_ZOOM,
    MIN_ZOOM,
    MapView,
    around_all,
    fitting,
    graticule,
    scale_bar,
    town_labels,
)
from mobile_app.store.map.map_cells import GeoBox
from shared.geo import EAST, NORTH, SOUTH, WEST, metres

CITY = GeoBox(SOUTH, NORTH, WEST, EAST)
PHONE = MapView(22.93, 113.87, 9.4, 360, 512)
lats, lons = st.floats(SOUTH, NORTH), st.floats(WEST, EAST)
views = st.builds(
    MapView, lats, lons, st.floats(MIN_ZOOM, MAX_ZOOM), st.floats(300, 1200), st.floats(200, 1000)
)


@given(views)
def test_the_corners_of_the_box_are_the_corners_of_the_screen(view: MapView) -> None:
    box = view.box()
    assert view.pixel((box.north, box.west)) == pytest.approx((0, 0), abs=0.01)
    assert view.pixel((box.south, box.east)) == pytest.approx((view.width, view.height), abs=0.01)
    assert view.pixel((view.lat, view.lon)) == pytest.approx((view.width / 2, view.height / 2))


@given(st.lists(st.tuples(lats, lons), min_size=1, max_size=9))
def test_what_is_to_be_shown_fits(places: list[tuple[float, float]]) -> None:
    box = around_all(places)
    assert box is not None
    view = fitting(box, PHONE)
    for place in places:
        x, y = view.pixel(place)
        assert -0.1 <= x <= view.width + 0.1
        assert -0.1 <= y <= view.height + 0.1


def test_nothing_has_no_box() -> None:
    assert around_all([]) is None


@given(views)
def test_the_scale_is_right_and_round(view: MapView) -> None:
    length, pixels = scale_bar(view)
    assert 40 < pixels <= 110
    assert str(length).rstrip("0") in ("1", "2", "5")
    east = view.lon + pixels / view.pixels_per_degree
    assert metres((view.lat, view.lon), (view.lat, east)) == pytest.approx(length, rel=0.01)


@given(views)
def test_there_are_some_lines_and_not_too_many(view: MapView) -> None:
    for places in graticule(view):
        assert len(places) <= 2 * max(view.width, view.height) / 90 + 2
        steps = [second - first for first, second in pairwise(places)]
        assert all(step == pytest.approx(steps[0]) for step in steps)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_whole_city_names_some_towns_and_none_over_another(language: str) -> None:
    shown = town_labels(PHONE, language)
    assert 8 <= len(shown) <= 33
    assert len(town_labels(MapView(22.93, 113.87, 13, 6000, 6000), language)) == 33
    middle = shown[0][1]
    taken = [(*PHONE.pixel((middle.lat, middle.lon)), 28.0, 28.0)]
    assert middle not in [town for _, town in town_labels(PHONE, language, taken)], "it makes room"


def test_towns_are_called_by_their_short_names() -> None:
    assert {"虎门", "松山湖"} <= {
        name for name, _ in town_labels(MapView(22.93, 113.87, 12, 3000, 3000), "zh")
    }


@pytest.mark.parametrize("odd", [(90.0, 180.0), (-90.0, -180.0), (11.37, 23.0)])
def test_a_place_at_the_end_of_the_earth_is_no_reason_to_show_nothing(odd: tuple[float, float]) -> None:
    assert around_all([(23.0, 113.7), odd, (23.1, 113.8)]) == GeoBox(23.0, 23.1, 113.7, 113.8)
    alone = around_all([odd])
    assert alone is not None
    view = fitting(alone, PHONE)
    assert view.zoom >= MIN_ZOOM
    assert abs(view.lat) < 86
    assert scale_bar(view)[1] > 0
