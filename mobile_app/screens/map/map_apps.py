"""The apps that show the way to a place, and the address by which each takes it over.

Sources: the URI documents of Amap (`dev=0` and `coordinate=gaode` are GCJ-02), Baidu (`coord_type`) and
Tencent (GCJ-02), RFC 5870 (`geo`, WGS-84), and Apple's Map Links, whose map of China is in GCJ-02. The
schemes of apps open them without a network; where there is no such app, a web page takes their place.
"""

from enum import StrEnum
from urllib.parse import quote

import flet as ft

from shared.geo import Point, degrees_text, wgs_to_gcj


class MapApp(StrEnum):
    """Where the way can be shown."""

    AMAP = "amap"
    BAIDU = "baidu"
    TENCENT = "tencent"
    SYSTEM = "system"


def offered(platform: ft.PagePlatform | None) -> tuple[MapApp, ...]:
    """The map apps of a kind of device; no system's own on one that is no phone."""
    if platform in (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS):
        return tuple(MapApp)
    return tuple(app for app in MapApp if app is not MapApp.SYSTEM)


def address(app: MapApp, platform: ft.PagePlatform | None, place: Point, name: str) -> str:
    """The URL that opens `app` with the way to `place` (WGS-84), which is called `name`."""
    iphone = platform is ft.PagePlatform.IOS
    phone = iphone or platform is ft.PagePlatform.ANDROID
    called = quote(name, safe="")
    true_lat, true_lon = map(degrees_text, place)
    lat, lon = map(degrees_text, wgs_to_gcj(place))
    match app:
        case MapApp.AMAP if phone:
            scheme = "iosamap://path" if iphone else "amapuri://route/plan/"
            return f"{scheme}?sourceApplication=anlan&dlat={lat}&dlon={lon}&dname={called}&dev=0&t=0"
        case MapApp.AMAP:
            to = f"{lon},{lat},{called}"
            return f"https://uri.amap.com/navigation?to={to}&mode=car&coordinate=gaode&callnative=1&src=anlan"
        case MapApp.BAIDU if phone:
            scheme = "baidumap" if iphone else "bdapp"
            to = f"name:{quote(name.replace('|', ' '), safe='')}%7Clatlng:{true_lat},{true_lon}"
            return f"{scheme}://map/direction?destination={to}&coord_type=wgs84&mode=driving&src=anlan"
        case MapApp.BAIDU:
            at = f"location={true_lat},{true_lon}&title={called}&content={called}"
            return f"https://api.map.baidu.com/marker?{at}&coord_type=wgs84&output=html&src=anlan"
        case MapApp.TENCENT:
            page = "qqmap://map/routeplan" if phone else "https://apis.map.qq.com/uri/v1/routeplan"
            return f"{page}?type=drive&to={called}&tocoord={lat},{lon}&referer=anlan"
        case MapApp.SYSTEM if iphone:
            return f"https://maps.apple.com/?daddr={lat},{lon}&dirflg=d"
        case MapApp.SYSTEM:
            return f"geo:{true_lat},{true_lon}?q={true_lat},{true_lon}({called})"
