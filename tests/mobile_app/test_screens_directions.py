"""导航: which apps are offered where, and that each is given the place in the datum that it expects."""

from urllib.parse import parse_qs, urlsplit

import flet as ft
import pytest

from mobile_app.screens.map.map_apps import MapApp, address, offered
from shared.geo import about_metres, wgs_to_gcj
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import AppOn, ScriptedPhone

PLACE = (23.021, 113.752)
GCJ = (23.018278, 113.757193)
NAME = "石井塘 1号&东|西"
ANDROID, IPHONE, DESK = ft.PagePlatform.ANDROID, ft.PagePlatform.IOS, ft.PagePlatform.LINUX


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def two(text: str) -> tuple[float, float]:
    first, second = text.split(",")[:2]
    return float(first), float(second)


def test_the_datum_of_the_chinese_maps_is_half_a_kilometre_away() -> None:
    assert wgs_to_gcj(PLACE) == pytest.approx(GCJ, abs=1e-6)
    assert 500 < about_metres(PLACE, GCJ) < 700


@pytest.mark.parametrize("platform", [ANDROID, IPHONE])
def test_amap_is_told_the_place_in_its_own_datum(platform: ft.PagePlatform) -> None:
    url = address(MapApp.AMAP, platform, PLACE, NAME)
    assert url.startswith("amapuri://route/plan/?" if platform is ANDROID else "iosamap://path?")
    asked = query(url)
    assert (float(asked["dlat"]), float(asked["dlon"])) == pytest.approx(GCJ, abs=1e-6)
    assert asked["dev"] == "0", "else it would shift the place again"
    assert asked["dname"] == NAME


@pytest.mark.parametrize("platform", [ANDROID, IPHONE])
def test_baidu_is_told_which_datum_the_place_is_in(platform: ft.PagePlatform) -> None:
    url = address(MapApp.BAIDU, platform, PLACE, NAME)
    assert url.startswith("bdapp://map/direction?" if platform is ANDROID else "baidumap://map/direction?")
    asked = query(url)
    assert asked["coord_type"] == "wgs84"
    name, place = asked["destination"].split("|")
    assert name == "name:石井塘 1号&东 西", "a bar would end the name"
    assert two(place.removeprefix("latlng:")) == PLACE


@pytest.mark.parametrize("platform", [ANDROID, IPHONE, DESK])
def test_tencent_is_told_the_place_in_its_own_datum(platform: ft.PagePlatform) -> None:
    url = address(MapApp.TENCENT, platform, PLACE, NAME)
    assert url.startswith("https://apis.map.qq.com/uri/" if platform is DESK else "qqmap://map/routeplan?")
    asked = query(url)
    assert two(asked["tocoord"]) == pytest.approx(GCJ, abs=1e-6)
    assert asked["to"] == NAME


def test_the_maps_of_the_phone_itself() -> None:
    android = address(MapApp.SYSTEM, ANDROID, PLACE, "石井塘")
    assert android == "geo:23.021000,113.752000?q=23.021000,113.752000(%E7%9F%B3%E4%BA%95%E5%A1%98)"
    iphone = address(MapApp.SYSTEM, IPHONE, PLACE, "石井塘")
    assert two(query(iphone)["daddr"]) == pytest.approx(GCJ, abs=1e-6)


def test_without_apps_there_are_web_pages() -> None:
    assert offered(DESK) == (MapApp.AMAP, MapApp.BAIDU, MapApp.TENCENT)
    amap = query(address(MapApp.AMAP, DESK, PLACE, "石井塘"))
    assert amap["coordinate"] == "gaode"
    lon, lat = two(amap["to"])
    assert (lat, lon) == pytest.approx(GCJ, abs=1e-6)
    baidu = query(address(MapApp.BAIDU, DESK, PLACE, "石井塘"))
    assert (baidu["coord_type"], two(baidu["location"])) == ("wgs84", PLACE)


@played
async def test_a_hazard_with_a_position_leads_to_the_map_apps(device: ScriptedPhone) -> None:
    position = {"lat": PLACE[0], "lon": PLACE[1], "accuracy_m": 8.0}
    hazard = await device.add_hazard(position=position)
    services = await device.open()
    phone = await HeadlessPhone.open(
        AppOn, services, route=f"/hazards/{hazard}", about={"platform": ANDROID.value}
    )
    assert not phone.has("map-app-amap")
    await phone.tap("directions")
    for app in MapApp:
        action = phone.find(f"map-app-{app.value}").action
        assert isinstance(action, ft.OpenUrl)
        assert action.url == address(app, ANDROID, PLACE, "石井塘")
        assert action.target is ft.UrlTarget.SELF, "another tab would stay behind, empty"
    await phone.tap("map-app-amap")
    assert not phone.has("map-app-amap")
    await phone.tap("directions")
    await phone.tap("map-app-none")
    assert not phone.has("map-app-amap")


@played
async def test_a_hazard_without_a_position_offers_no_way(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    phone = await device.start(f"/hazards/{hazard}")
    assert phone.has("name")
    assert not phone.has("directions")
