"""Who may be the same water: what is near, what is similar in name, and that people's answers stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import geo
from shared.hazards import duplicates
from shared.hazards.duplicates import Site, similar_names
from shared.profiles.drowning import DROWNING, GENERIC_NAMES
from shared.vocabulary import WaterType

TOWN, OTHER_TOWN = "441900003", "441900004"
HERE = (23.021, 113.752)
places = st.tuples(st.floats(geo.SOUTH, geo.NORTH), st.floats(geo.WEST, geo.EAST))
steps = st.floats(-0.004, 0.004)
names = st.text("横坑大岭山村东魚鱼塘水库庫一二12１号#第 ·", max_size=9)
sites = st.builds(
    Site,
    st.sampled_from("abcde"),
    names,
    st.sampled_from((None, TOWN, OTHER_TOWN)),
    st.one_of(st.none(), st.builds(lambda n, e: (HERE[0] + n, HERE[1] + e), steps, steps)),
    st.sets(st.sampled_from("abcde"), max_size=2),
)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("横坑鱼塘", "横坑魚塘"),
        ("横坑鱼塘", "横坑水塘"),
        ("横坑水库", "横坑水庫"),
        ("横坑鱼塘", "横坑"),
        ("横坑1号鱼塘", "横坑一号鱼塘"),
        ("横坑１＃鱼塘", "横坑第一号鱼塘"),
        ("横坑十二号塘", "横坑12号塘"),
        ("横坑鱼塘 01", "横坑1号鱼塘"),
        ("横坑1号鱼塘", "横坑鱼塘"),
        ("横坑村鱼塘", "横坑鱼塘"),
        ("黄牛埔森林水库", "黄牛甫森林水库"),
        ("大塘", "大塘"),
        ("三江水库", "３江水库"),
    ],
)
def test_names_of_the_same_water(name: str, other: str) -> None:
    assert similar_names(DROWNING, name, other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("横坑1号鱼塘", "横坑2号鱼塘"),
        ("横坑1号鱼塘", "横坑11号鱼塘"),
        ("鱼塘", "鱼塘"),
        ("1号鱼塘", "1号鱼塘"),
        ("横坑鱼塘", "石井鱼塘"),
        ("大岭山水库", "大岭村水库"),
        ("横沥鱼塘", "横沥中学后山鱼塘"),
        ("三江水库", "四江水库"),
        ("", "横坑"),
        ("", ""),
    ],
)
def test_names_of_different_waters(name: str, other: str) -> None:
    assert not similar_names(DROWNING, name, other)


@pytest.mark.parametrize("kind", WaterType)
def test_the_names_that_a_form_suggests_are_alike_to_no_other(kind: WaterType) -> None:
    suggested = DROWNING.suggested_title({"town_code": TOWN, "water_type": kind.value})
    site = Site("a", suggested, TOWN)
    for other in WaterType:
        same_town = DROWNING.suggested_title({"town_code": TOWN, "water_type": other.value})
        assert duplicates.candidate(DROWNING, site, Site("b", same_town, TOWN)) is None
    assert duplicates.candidate(DROWNING, site, Site("b", "东城水库", TOWN)) is None
    near = duplicates.candidate(DROWNING, Site("a", suggested, TOWN, HERE), Site("b", suggested, TOWN, HERE))
    assert near
    assert near.near
    assert not near.similar


def test_the_name_of_the_town_makes_no_names_alike_and_none_different() -> None:
    def alike(name: str, other: str) -> bool:
        return duplicates.candidate(DROWNING, Site("a", name, TOWN), Site("b", other, TOWN)) is not None

    assert alike("东城街道横坑鱼塘", "横坑鱼塘")
    assert not alike("东城街道横坑鱼塘", "东城街道石井鱼塘")
    assert not alike("东城街道一号塘", "东城街道")


@given(names, names)
def test_likeness_does_not_depend_on_who_is_asked_first(name: str, other: str) -> None:
    assert similar_names(DROWNING, name, other) == similar_names(DROWNING, other, name)


@given(names, st.sampled_from(GENERIC_NAMES))
def test_a_name_is_similar_to_itself_with_another_generic_word(name: str, generic: str) -> None:
    core = f"石排{name.replace(' ', '')}岗"
    assert similar_names(DROWNING, core, f"{core}{generic}")


@given(sites, sites)
def test_a_pair_is_a_pair_from_both_sides(site: Site, other: Site) -> None:
    one, two = (duplicates.candidate(DROWNING, *pair) for pair in ((site, other), (other, site)))
    assert (one is None) == (two is None)
    if one and two:
        assert (one.metres, one.near, one.similar) == (two.metres, two.near, two.similar)
        assert one.near or one.similar


@given(sites, sites)
def test_who_was_told_apart_or_is_the_same_record_is_no_pair(site: Site, other: Site) -> None:
    if site.id == other.id or site.id in other.distinct_from or other.id in site.distinct_from:
        assert duplicates.candidate(DROWNING, site, other) is None


@given(places, st.floats(0, 400), st.floats(0, 360))
def test_near_is_what_lies_within_the_distance_of_the_profile(
    here: geo.Point, away: float, bearing: float
) -> None:
    from geopy.distance import geodesic

    there = geodesic(meters=away).destination(here, bearing)
    found = duplicates.candidate(
        DROWNING, Site("a", "横坑", TOWN, here), Site("b", "", TOWN, (there.latitude, there.longitude))
    )
    if abs(away - DROWNING.near_m) > 5:
        assert (found is not None) == (away < DROWNING.near_m)


@given(places, places, st.floats(1, 100_000))
def test_the_box_around_a_point_holds_all_that_is_so_near(
    here: geo.Point, there: geo.Point, metres: float
) -> None:
    south, north, west, east = geo.around(here, metres)
    if min(geo.about_metres(here, there), geo.about_metres(there, here)) <= metres:
        assert south <= there[0] <= north
        assert west <= there[1] <= east


@given(st.lists(sites, max_size=6, unique_by=lambda site: site.id), st.data())
def test_pairs_are_what_comparing_each_with_each_finds(some: list[Site], data: st.DataObject) -> None:
    new = data.draw(st.lists(st.sampled_from(some), unique_by=lambda site: site.id)) if some else []
    found = [frozenset(pair[:2]) for pair in duplicates.pairs(DROWNING, some, [site.id for site in new])]
    assert len(found) == len(set(found))
    each = {
        frozenset((site.id, other.id))
        for site in new
        for other in some
        if duplicates.candidate(DROWNING, site, other)
    }
    assert set(found) == each


def test_the_likeliest_come_first() -> None:
    new = Site("", "横坑鱼塘", TOWN, HERE)
    others = [
        Site("by name", "横坑水塘", TOWN),
        Site("far", "横坑鱼塘", TOWN, (HERE[0] + 0.1, HERE[1])),
        Site("beside", "石井", TOWN, (HERE[0] + 0.0005, HERE[1])),
        Site("alike", "横坑", OTHER_TOWN, (HERE[0] + 0.001, HERE[1])),
        Site("elsewhere", "横坑鱼塘", OTHER_TOWN),
        Site("told apart", "横坑鱼塘", TOWN, HERE, ("",)),
    ]
    found = [one.id for one in duplicates.candidates(DROWNING, new, others)]
    assert found == ["alike", "beside", "far", "by name"]
