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
    tab: str
    purpose: str
    metres: str
    kilometres: str
    zoom_in: str
    zoom_out: str
    where_am_i: str
    show_all: str
    legend: str
    me: str
    hazards: str
    came_back: str
    settled: str
    here: str
    risk: str
    risk_unrated: str
    round: str
    round_open: str
    round_stops: str
    round_nearest: str
    round_unlocated: str
    round_farther: str
    round_unplaced: str
    none: str
    none_hint: str
    area: str
    area_ask: str
    area_too_wide: str
    area_begin: str
    area_running: str
    area_stop: str
    area_done: str
    area_kept: str
    area_forget: str

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
    tab="地图",
    purpose="内部工作用图 · WGS-84",
    metres="{length} 米",
    kilometres="{length} 公里",
    zoom_in="放大",
    zoom_out="缩小",
    where_am_i="我在哪",
    show_all="显示全部隐患",
    legend="图例",
    me="我的位置",
    hazards="{count} 处隐患",
    came_back="退回或反弹 {count} 处",
    settled="都已办结",
    here="这里有 {count} 处",
    risk="风险等级：{level}",
    risk_unrated="资料不全，未定级",
    round="今天要去的",
    round_open="在地图上看",
    round_stops="今天要去 {count} 处",
    round_nearest="编号从近到远。",
    round_unlocated="点“我在哪”，就从近到远编号。",
    round_farther="还有 {count} 处更远，不在图上。",
    round_unplaced="还有 {count} 处没有定位，不在图上。",
    none="地图上还没有隐患",
    none_hint="有定位的隐患才在地图上。别处的隐患，联网同步后出现。",
    area="存这一片地图",
    area_ask="存下现在看到的这一片，没有网络也能看。共 {count} 块，约 {size}。",
    area_too_wide="这一片太大，先放大地图再存。",
    area_begin="开始下载",
    area_running="已下载 {done}/{total} 块。离开地图就停下，已下载的留着。",
    area_stop="停下",
    area_done="这一片地图已存好",
    area_kept="这部手机已存 {count} 块（{size}）。",
    area_forget="删除已存的地图",
)

EN = MapTexts(
    directions="Directions",
    directions_hint="Which app shall show the way? If nothing happens, it is not installed: try another.",
    amap="Amap",
    baidu="Baidu Maps",
    tencent="Tencent Maps",
    system="The phone’s own maps",
    tab="Map",
    purpose="For internal work · WGS-84",
    metres="{length} m",
    kilometres="{length} km",
    zoom_in="Zoom in",
    zoom_out="Zoom out",
    where_am_i="Where am I",
    show_all="Show all hazards",
    legend="Legend",
    me="My position",
    hazards="{count} 〔hazard|hazards〕",
    came_back="{count} returned or relapsed",
    settled="all settled",
    here="{count} 〔hazard|hazards〕 here",
    risk="Risk level: {level}",
    risk_unrated="incomplete, not rated",
    round="Today’s round",
    round_open="Show on the map",
    round_stops="{count} 〔place|places〕 to go to today",
    round_nearest="Numbered from the nearest on.",
    round_unlocated="Tap “Where am I” to number them from the nearest on.",
    round_farther="{count} more 〔is|are〕 farther away and not shown.",
    round_unplaced="{count} more 〔has|have〕 no position and 〔is|are〕 not shown.",
    none="No hazards on the map yet",
    none_hint="Only hazards with a position are on the map. Others’ appear after a sync.",
    area="Keep this area",
    area_ask="Keep what is shown now, to see it without a network: {count} 〔tile|tiles〕, about {size}.",
    area_too_wide="This area is too large: zoom in first.",
    area_begin="Download",
    area_running="{done} of {total} tiles. It stops when you leave the map; what has come stays.",
    area_stop="Stop",
    area_done="This area is kept",
    area_kept="This phone keeps {count} 〔tile|tiles〕 ({size}).",
    area_forget="Delete kept areas",
)
