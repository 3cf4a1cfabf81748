"""Invented names for the demo: villages, waters, schools and people."""

from random import Random

from shared.towns import Town
from shared.vocabulary import WaterType

VILLAGES = (
    *("上塘", "下塘", "新围", "旧围", "涌口", "涌尾", "田心", "水边", "桥东", "桥西", "江边", "竹园", "荔园"),
    *(
        "大岭",
        "石岗",
        "横岗",
        "沙头",
        "沙尾",
        "莲塘",
        "龙背",
        "榕树下",
        "井头",
        "坑口",
        "鹅洲",
        "稻香",
        "蕉利",
    ),
)
TREES = ("荔枝", "龙眼", "榕树", "莲花", "竹林", "水松", "芭蕉", "木棉", "桃园", "白鹭", "红荷", "青山")
PLACES = ("东", "西", "南", "北", "大", "新", "老", "上", "下", "前", "后")
SURNAMES = "陈李黄张梁林刘吴罗叶何郑莫袁钟卢尹邓"
LANDMARKS = (
    "小学后侧",
    "村委会旁",
    "祠堂前",
    "文化广场东侧",
    "工业区围墙外",
    "菜地旁",
    "环村路边",
    "公园南门",
)
LANDMARKS_OUTSIDE = ("高速桥下", "山脚果园内", "河堤路转角", "农田机耕路尽头", "在建工地内", "旧砖厂旁")

NOUNS: dict[WaterType, tuple[str, ...]] = {
    WaterType.RIVER: ("河{place}段", "江{place}岸"),
    WaterType.CREEK: ("{tree}涌", "{village}涌{place}段", "{place}涌"),
    WaterType.LAKE: ("{tree}湖",),
    WaterType.RESERVOIR: ("{tree}水库", "{village}水库"),
    WaterType.HILL_POND: ("{tree}山塘", "{village}{place}山塘"),
    WaterType.WILD_POND: ("{tree}野山塘", "无名山塘{number}号"),
    WaterType.FISH_POND: ("{village}{number}号鱼塘", "{tree}鱼塘"),
    WaterType.POND: ("{tree}塘", "{village}{place}塘", "{place}塘"),
    WaterType.DITCH: ("{village}排水渠", "{place}干渠"),
    WaterType.SLUICE_PUMP: ("{village}排站", "{place}水闸"),
    WaterType.WELL: ("{village}古井", "{place}水井"),
    WaterType.TANK: ("{village}灌溉水池", "{tree}蓄水池"),
    WaterType.SITE_PIT: ("{village}工地积水坑", "{number}号地块积水坑"),
    WaterType.QUARRY: ("{village}旧石场水坑", "{tree}矿坑"),
    WaterType.LANDSCAPE: ("{tree}公园湖", "{village}湿地"),
    WaterType.COAST_WHARF: ("{village}码头", "{place}海堤"),
    WaterType.SWIM_VENUE: ("{village}泳池",),
    WaterType.OTHER: ("{village}低洼积水处",),
}
SHARE: dict[WaterType, int] = {
    WaterType.POND: 20,
    WaterType.FISH_POND: 18,
    WaterType.CREEK: 18,
    WaterType.HILL_POND: 8,
    WaterType.RESERVOIR: 6,
    WaterType.RIVER: 6,
    WaterType.DITCH: 5,
    WaterType.WILD_POND: 5,
    WaterType.SITE_PIT: 5,
    WaterType.LANDSCAPE: 3,
    WaterType.SLUICE_PUMP: 2,
    WaterType.TANK: 2,
    WaterType.LAKE: 2,
    WaterType.QUARRY: 2,
    WaterType.WELL: 1,
    WaterType.COAST_WHARF: 1,
    WaterType.SWIM_VENUE: 1,
    WaterType.OTHER: 1,
}
"""The relative frequency of each type."""


def short_name(town: Town) -> str:
    """A town's name without 街道 or 镇: 东城, 虎门."""
    return town.zh.removesuffix("街道").removesuffix("镇")


def village(town: Town, rng: Random) -> str:
    return f"{short_name(town)}{rng.choice(VILLAGES)}村"


def water_name(water_type: WaterType, town: Town, rng: Random) -> str:
    name = rng.choice(NOUNS[water_type]).format(
        village=rng.choice(VILLAGES),
        tree=rng.choice(TREES),
        place=rng.choice(PLACES),
        number=rng.randint(1, 30),
    )
    return short_name(town) + name if len(name) < 4 else name


def address(town: Town, in_village: str, rng: Random) -> str:
    where = rng.choice(LANDMARKS if rng.random() < 0.7 else LANDMARKS_OUTSIDE)
    return f"东莞市{town.zh}{in_village}{where}约{rng.randrange(20, 400, 10)}米"


def person(rng: Random) -> str:
    """A responsible person: a surname and 某, the usual form for an anonymous person."""
    return rng.choice(SURNAMES) + rng.choice(("某", "某某"))


def phone(rng: Random) -> str:
    """A number that nobody has: no mobile number in China starts with 120."""
    return f"120{rng.randint(0, 99_999_999):08d}"


def school(town: Town, rng: Random) -> str:
    return f"{short_name(town)}{rng.choice(VILLAGES)}{rng.choice(('小学', '中学', '学校'))}(演示)"
