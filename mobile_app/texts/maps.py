"""The texts of the tab 地图 and of 导航, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MapTexts:
    """The texts of one language; those with `count` depend on it (`shared.plural`)."""

    directions: str
    directions_hint: str
    amap: str
    baidu: str
    tencent: str
    system: str

    def app(self, code: str) -> str:
        """The name of a map app by its code."""
        return {"amap": self.amap, "baidu": self.baidu, "tencent": self.tencent, "system": self.system}[code]


ZH = MapTexts(
    directions="导航",
    directions_hint="用哪个地图？点了没有反应，就是这部手机没有装，请换一个。",
    amap="高德地图",
    baidu="百度地图",
    tencent="腾讯地图",
    system="手机自带的地图",
)

EN = MapTexts(
    directions="Directions",
    directions_hint="Which app shall show the way? If nothing happens, it is not installed: try another.",
    amap="Amap",
    baidu="Baidu Maps",
    tencent="Tencent Maps",
    system="The phone’s own maps",
)
