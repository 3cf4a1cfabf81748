"""Coordinates as people paste them: what is read, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.forms.typed_position import (
    parse_degrees,
    parse_point,
    position_doubt,
    swapped_point,
    typed_position,
)
from shared.geo import EAST, NORTH, SOUTH, WEST, Point
from shared.vocabulary import Datum

HERE = (23.021, 113.752)
LATITUDES = st.integers(round(SOUTH * 10**6), round(NORTH * 10**6)).map(lambda micro: micro / 10**6)
LONGITUDES = st.integers(round(WEST * 10**6), round(EAST * 10**6)).map(lambda micro: micro / 10**6)
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("N113.752 E23.021", HERE),
        ("经度23.021，纬度113.752", HERE),
        ("23.021E 113.752N", HERE),
        ("N23.021 E113.752", None),
        ("23.021, 113.752", None),
        ("113.752, 23.021", None),
        ("N39.9 E116.4", None),
        ("N116.4 E39.9", None),
        ("鱼塘", None),
    ],
)
def test_a_position_the_wrong_way_round_is_recognised(text: str, meant: Point | None) -> None:
    assert swapped_point(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "23.021, 113.752",
        "113.752,23.021",
        "23.021 113.752",
        "23.021\n113.752",
        "23.021；113.752",
        "(23.021, 113.752)",
        "23.021, 113.752。",
        "２３．０２１，１１３．７５２",
        "23.021°, 113.752°",
        "23.021°113.752°",
        "N23.021 E113.752",
        "N23.021E113.752",
        "23.021n 113.752e",
        "E113.752,N23.021",
        "北纬23.021度 东经113.752度",
        "纬度：23.021，经度：113.752",
        "lat: 23.021, lng: 113.752",
        "23°01′15.6″N 113°45′07.2″E",
        "23°01'15.6\"N,113°45'07.2\"E",
        "23º 1’ 15.6” N 113º 45’ 7.2” E",
        "东经113度45分7.2秒，北纬23度1分15.6秒",
        "23°1.26′, 113°45.12′",
    ],
)
def test_a_pasted_position_is_read(text: str) -> None:
    point = parse_point(text)
    assert point is not None
    assert (round(point[0], 9), round(point[1], 9)) == HERE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "23.021",
        "1e1, 113.752",
        "2_3.0, 113.752",
        "nan, 113",
        "٢٣, ١١٣",
        "23.021113.752",
        "23.021, 113.752, 5",
        "91, 92",
        "23, 181",
        "N23.021 N113.752",
        "N113.752 E23.021",
        "23°61′00″N 113°45′07″E",
        "23.5°30′N 113°45′E",
        "23 01 15.6, 113 45 7",
        "石井塘",
        "2" * 100_000,
        " " * 100_000 + "23.021, 113.752",
    ],
)
def test_what_is_no_position_is_refused(text: str) -> None:
    assert parse_point(text) is None
    assert typed_position(text, Datum.WGS84) is None


@pytest.mark.parametrize(
    "text", ["N23.021", "23.021°", "23.021。", "２３．０２１", " 23.021N", "23°01′15.6″N"]
)
def test_one_coordinate_is_read_with_its_marks(text: str) -> None:
    assert parse_degrees(text) == pytest.approx(23.021, abs=1e-9)


@pytest.mark.parametrize("text", ["1e1", "2_3.0", "nan", "inf", "", "23,021", "0x17", "23.021, 113.752"])
def test_what_is_no_coordinate_is_refused(text: str) -> None:
    assert parse_degrees(text) is None


@given(LATITUDES, LONGITUDES, st.booleans(), st.sampled_from([",", " ", ", ", "，", ";"]), st.booleans())
def test_every_place_in_dongguan_is_read_in_either_order(
    lat: float, lon: float, swapped: bool, between: str, full_width: bool
) -> None:
    text = f"{lon}{between}{lat}" if swapped else f"{lat}{between}{lon}"
    assert parse_point(text.translate(FULL_WIDTH) if full_width else text) == (lat, lon)


@given(LATITUDES, LONGITUDES)
def test_degrees_minutes_and_seconds_are_read_to_a_centimetre(lat: float, lon: float) -> None:
    point = parse_point(f"{_sexagesimal(lat)}N {_sexagesimal(lon)}E")
    assert point == pytest.approx((lat, lon), abs=1e-7)


def _sexagesimal(degrees: float) -> str:
    seconds = round(degrees * 3600 * 10_000)
    whole, rest = divmod(seconds, 3600 * 10_000)
    minutes, rest = divmod(rest, 60 * 10_000)
    return f"{whole}°{minutes:02}′{rest / 10_000:07.4f}″"


@given(st.text(max_size=40) | st.text("0123456789.,NE °'\"-。", max_size=30))
def test_a_read_position_is_possible_whatever_was_typed(text: str) -> None:
    point = parse_point(text)
    assert point is None or (abs(point[0]) <= 90 and abs(point[1]) <= 180)


def test_a_typed_position_is_kept_as_it_was_typed_where_it_had_to_be_shifted() -> None:
    found = typed_position("23.01827754, 113.75719293", Datum.GCJ02)
    assert found is not None
    assert (found["lat"], found["lon"]) == HERE
    assert found["raw"] == "23.01827754,113.75719293"
    assert typed_position("113.752 23.021", Datum.WGS84) == {
        "lat": 23.021,
        "lon": 113.752,
        "source": "typed",
    }


@pytest.mark.parametrize(
    ("position", "code"),
    [
        ({"lat": 23.02, "lon": 113.75}, None),
        ({"lat": 113.75, "lon": 23.02}, "position_swapped"),
        ({"lat": 32.02, "lon": 113.75}, "position_doubtful"),
        ({"lat": 113.75, "lon": 32.02}, None),
        ({"lat": "北", "lon": 23.02}, None),
        ({"lat": 23.02}, None),
        (None, None),
    ],
)
def test_what_is_doubtful_about_a_typed_position(position: Any, code: str | None) -> None:
    doubt = position_doubt(position)
    assert (doubt and doubt.code) == code
