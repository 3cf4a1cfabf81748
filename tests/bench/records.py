"""Made-up hazards as phones would push them: 24 fields, about 1 kB, varied Chinese values."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

from mobile_app.store.database.ids import record_id
from shared import clock
from shared.operations import GENESIS
from shared.towns import TOWNS
from shared.vocabulary import (
    Access,
    Bank,
    DefectType,
    DepthClass,
    Flow,
    KitState,
    ObservedUse,
    Term,
    WaterType,
)

CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 6, 1, 8, 0, tzinfo=CHINA)

FIELDS = (
    *(
        "year",
        "town_code",
        "village",
        "water_name",
        "water_type",
        "address",
        "position",
        "area_m2",
        "depth_m",
    ),
    *(
        "depth_class",
        "flow",
        "bank",
        "access",
        "nearest_school",
        "school_distance_m",
        "observed_use",
        "owner_unit",
    ),
    *("responsible_person", "phone", "defect_types", "description", "kit_sign", "kit_ring", "due_date"),
)
NESTED = ("position", "observed_use", "defect_types", "kit_sign", "kit_ring")
"""Those of `FIELDS` whose values are lists or objects."""

DEPTHS = (DepthClass.SHALLOW, DepthClass.KNEE, DepthClass.CHEST, DepthClass.CHEST, DepthClass.DEEP)
"""By depth in half metres."""

SURNAMES = "陈李黄张梁王刘林吴何叶罗邓莫袁卢钟谢郭温尹祁"
GIVEN = "志强伟明国华建军秀英丽玲敏静浩然子轩淑贞炳坤锡耀润棠沛森焕仪"
PLACES = "上下大小东西南北新旧横龙凤石沙塘坑埔涌滘塱岭田桥围洲湖水井头尾角边坊屋厦墩埗莞洑"
HAMLETS = ("村", "社区", "围", "新村", "坊", "片区")
FEATURES = (
    "废弃窑厂",
    "农庄",
    "市场",
    "小学",
    "祠堂",
    "高速桥底",
    "工业园",
    "水闸",
    "泵站",
    "绿道",
    "果园",
    "篮球场",
)
SIDES = ("东侧", "西侧", "南面", "北面", "后面", "入口处", "旁边", "对面")
SCHOOLS = ("小学", "中心小学", "学校", "初级中学")
OWNERS = ("股份经济合作社", "村民委员会", "居民委员会", "经济联合社")
WHERE = (
    "岸边",
    "水面",
    "东侧坡顶",
    "台阶下",
    "出水口",
    "路口",
    "堤围上",
    "树荫下",
    "浅滩",
    "桥墩旁",
    "取水点",
    "围墙缺口",
)
WHAT = (
    *(
        "警示牌",
        "护栏",
        "救生圈",
        "救生绳",
        "长竹竿",
        "铁丝网",
        "监控立杆",
        "石阶",
        "排水管",
        "木栈道",
        "围板",
        "界桩",
    ),
    *("钓鱼台", "简易浮桥", "垃圾堆", "杂草", "青苔", "浮萍"),
)
HOW = (
    *(
        "褪色看不清",
        "倒伏",
        "缺失",
        "被人取走",
        "锈蚀松动",
        "被藤蔓遮住",
        "破了一个口",
        "只剩底座",
        "塌了一段",
        "湿滑",
    ),
    *("没有联系电话", "高度不够", "堆放杂物挡住", "去年补过又坏", "完好但位置太远"),
)
WHO = (
    "放学的学生",
    "附近工厂子弟",
    "钓鱼的人",
    "三五个孩子",
    "洗衣的妇女",
    "散步的老人带小孩",
    "外来务工人员",
    "骑车的中学生",
)
DOES = (
    "常从这里抄近路",
    "在此戏水",
    "周末来玩",
    "中午下水捉鱼",
    "站在边上看水",
    "翻过围墙进来",
    "傍晚来纳凉",
)
WANTED = (
    *(
        "加装围栏",
        "补齐救生设施",
        "通知权属单位限期整改",
        "增设警示牌",
        "安排专人巡查",
        "报镇街协调回填",
        "暑假前封闭",
    ),
    *("安装语音监控", "与学校一起入户提醒", "请水务先降水位", "清理岸边杂物", "加盖并上锁"),
)


@dataclass(frozen=True, slots=True)
class Phone:
    """Who a record comes from: what enrolling told."""

    campaign: str
    device: str
    author: str


class Maker:
    """Makes operations from a seed: the same seed gives the same records, ids included."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def operations(self, phone: Phone, first_n: int, count: int) -> list[dict[str, Any]]:
        """`count` operations of `phone`, each a new hazard, numbered from `first_n` and ready for JSON."""
        return [self._operation(phone, n) for n in range(first_n, first_n + count)]

    def _operation(self, phone: Phone, n: int) -> dict[str, Any]:
        moment = START + timedelta(seconds=211 * n, milliseconds=self._random.randrange(200_000))
        milliseconds = int(moment.timestamp() * 1000)
        return {
            "campaign": phone.campaign,
            "device": phone.device,
            "n": n,
            "record": record_id(milliseconds, self._random.getrandbits(74)),
            "type": "hazard",
            "kind": "edit",
            "fields": self.hazard(moment),
            "base": 0,
            "tip": GENESIS,
            "hlc": clock.stamp(milliseconds),
            "made_at": moment.isoformat(timespec="milliseconds"),
            "author": phone.author,
            "schema": 1,
        }

    def hazard(self, found: datetime) -> dict[str, Any]:
        """The 24 fields of one hazard found at `found`."""
        pick, roll = self._random.choice, self._random.random
        town = pick(TOWNS)
        village = self._place(2) + pick(HAMLETS)
        water = pick(list(WaterType))
        depth = round(roll() * 4, 1)
        return {
            "year": found.year,
            "town_code": town.code,
            "village": village,
            "water_name": self._place(2) + water.zh.split("/")[0],
            "water_type": water.value,
            "address": f"{town.zh}{village}{pick(FEATURES)}{pick(SIDES)}约{self._tens(20, 600)}米",
            "position": {
                "lat": round(town.lat + self._random.gauss(0, 0.02), 6),
                "lon": round(town.lon + self._random.gauss(0, 0.02), 6),
                "accuracy_m": round(3 + roll() * 20, 1),
                "source": "gnss",
                "fix_time": found.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            },
            "area_m2": self._random.randrange(40, 20_000),
            "depth_m": depth,
            "depth_class": DEPTHS[int(min(depth, 2) * 2)].value,
            "flow": pick(list(Flow)).value,
            "bank": pick(list(Bank)).value,
            "access": pick(list(Access)).value,
            "nearest_school": f"{town.zh[:-1]}{self._place(1)}{pick(SCHOOLS)}",
            "school_distance_m": self._tens(50, 3000),
            "observed_use": self._some(list(ObservedUse)[1:], 2),
            "owner_unit": f"{village}{pick(OWNERS)}",
            "responsible_person": self._person(),
            "phone": f"1{pick('3578')}{self._random.randrange(10**8, 10**9)}",
            "defect_types": self._some(list(DefectType), 3),
            "description": self._description(),
            "kit_sign": self._kit(),
            "kit_ring": self._kit(),
            "due_date": (found.date() + timedelta(days=self._random.randrange(7, 60))).isoformat(),
        }

    def _description(self) -> str:
        pick = self._random.choice
        first = f"{pick(WHERE)}{pick(WHAT)}{pick(HOW)},约{self._random.randrange(2, 90)}米范围"
        second = f"{pick(WHERE)}{pick(WHAT)}{pick(HOW)};{pick(WHO)}{pick(DOES)}"
        return f"{first},{second}。{self._place(2)}{pick(HAMLETS)}建议{pick(WANTED)},{pick(WANTED)}。"

    def _place(self, length: int) -> str:
        return "".join(self._random.sample(PLACES, length))

    def _person(self) -> str:
        return self._random.choice(SURNAMES) + "".join(
            self._random.sample(GIVEN, self._random.randrange(1, 3))
        )

    def _tens(self, least: int, most: int) -> int:
        return self._random.randrange(least, most, 10)

    def _some(self, words: Sequence[Term], most: int) -> list[str]:
        return [word.value for word in self._random.sample(words, self._random.randrange(1, most + 1))]

    def _kit(self) -> dict[str, Any]:
        state = self._random.choice((KitState.GOOD, KitState.DAMAGED, KitState.MISSING))
        return {"state": state.value, "count": self._random.randrange(4)}


def encoded(document: Any) -> bytes:
    """`document` as a phone sends it: UTF-8 JSON without spaces, Chinese unescaped."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
