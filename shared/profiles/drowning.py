"""东莞市水域隐患整治: waters in which children could drown."""

from typing import Any

from shared.forms.form import Control, Form, FormField, folded, kit_section, photos, section
from shared.forms.model_fields import form_field
from shared.forms.steps import KIT_HELP, step_forms
from shared.hazards.patrol_plan import Level, PatrolPlan, Season
from shared.profiles.labels import COMMON_LABELS
from shared.profiles.profile import LedgerColumn, LedgerFact, Profile
from shared.profiles.risk import assess
from shared.profiles.sign import SignWords
from shared.records.models import Hazard, HazardEvent
from shared.vocabulary import Bank, Bed, DepthClass, Flow, KitItem, PhotoRole, RiskLevel, Term, WaterType
from shared.wording import Wording

FOUR_ONES = (KitItem.SIGN, KitItem.RING, KitItem.ROPE, KitItem.POLE)
"""四个一: the least that must stand ready at a water."""


def _size(hazard: Hazard) -> str:
    area, length = hazard.area_m2, hazard.length_m
    parts = [f"{area:g} ㎡" if area is not None else "", f"{length:g} m" if length is not None else ""]
    return " / ".join(filter(None, parts))


def _depth(hazard: Hazard) -> str | float:
    if hazard.depth_m is not None:
        return hazard.depth_m
    return hazard.depth_class.zh if hazard.depth_class else ""


def _owner(hazard: Hazard) -> str:
    return " / ".join(dict.fromkeys(filter(None, (hazard.owner_unit, hazard.responsible_unit))))


def _measures(hazard: Hazard) -> str:
    kinds: tuple[Term, ...] = hazard.measure_class or ()
    return " ".join(filter(None, ("、".join(kind.zh for kind in kinds), hazard.measures)))


LEDGER: tuple[LedgerColumn, ...] = (
    LedgerColumn("编号", 24, "text", LedgerFact.NUMBER),
    LedgerColumn("园区(镇街)", 11, "text", LedgerFact.TOWN),
    LedgerColumn("村(社区)", 12, "text", "village"),
    LedgerColumn("水域名称", 18, "wrapped", "water_name"),
    LedgerColumn("水域类型", 11, "text", "water_type"),
    LedgerColumn("具体位置", 26, "wrapped", "address"),
    LedgerColumn("经度(WGS-84)", 12, "degrees", LedgerFact.LON),
    LedgerColumn("纬度(WGS-84)", 12, "degrees", LedgerFact.LAT),
    LedgerColumn("经度(GCJ-02)", 12, "degrees", LedgerFact.GCJ_LON),
    LedgerColumn("纬度(GCJ-02)", 12, "degrees", LedgerFact.GCJ_LAT),
    LedgerColumn("定位精度(米)", 8, "number", LedgerFact.ACCURACY),
    LedgerColumn("面积(㎡)/长度(m)", 12, "text", _size),
    LedgerColumn("水深(米)", 10, "number", _depth),
    LedgerColumn("最近学校", 16, "wrapped", "nearest_school"),
    LedgerColumn("距学校距离(米)", 9, "number", "school_distance_m"),
    LedgerColumn("权属/责任单位", 18, "wrapped", _owner),
    LedgerColumn("责任人", 9, "text", "responsible_person"),
    LedgerColumn("联系电话", 14, "text", "phone"),
    LedgerColumn("隐患类型", 20, "wrapped", "defect_types"),
    LedgerColumn("隐患描述", 32, "wrapped", "description"),
    LedgerColumn("风险等级", 8, "text", LedgerFact.RISK),
    LedgerColumn("警示牌", 8, "text", "kit_sign"),
    LedgerColumn("救生圈", 8, "text", "kit_ring"),
    LedgerColumn("救生绳", 8, "text", "kit_rope"),
    LedgerColumn("救生杆", 8, "text", "kit_pole"),
    LedgerColumn("护栏/围蔽", 9, "text", "kit_fence"),
    LedgerColumn("监控/语音", 9, "text", "kit_camera_voice"),
    LedgerColumn("巡查责任人", 10, "text", "patroller"),
    LedgerColumn("整改措施", 28, "wrapped", _measures),
    LedgerColumn("交办日期", 11, "date", LedgerFact.ASSIGNED_ON),
    LedgerColumn("整改时限", 11, "date", LedgerFact.DUE_ON),
    LedgerColumn("整改状态", 9, "text", LedgerFact.STATUS),
    LedgerColumn("整改完成日期", 11, "date", LedgerFact.RECTIFIED_ON),
    LedgerColumn("验收人", 9, "text", LedgerFact.ACCEPTOR),
    LedgerColumn("销号日期", 11, "date", LedgerFact.CLOSED_ON),
    LedgerColumn("复查日期/结果", 16, "text", LedgerFact.RECHECK),
    LedgerColumn("是否反弹", 8, "text", LedgerFact.RELAPSED),
    LedgerColumn("整改前照片", 17, "picture", LedgerFact.BEFORE_PHOTO),
    LedgerColumn("整改后照片", 17, "picture", LedgerFact.AFTER_PHOTO),
    LedgerColumn("排查人", 9, "text", LedgerFact.INSPECTOR),
    LedgerColumn("排查日期", 11, "date", "found_on"),
    LedgerColumn("备注", 20, "wrapped", "remark"),
)

LABELS: dict[str, Wording] = {
    "water_name": Wording("水域名称", "Name of the water"),
    "water_type": Wording("水域类型", "Type of water"),
    "area_m2": Wording("面积(㎡)", "Area (m²)"),
    "length_m": Wording("长度(米)", "Length (m)"),
    "depth_m": Wording("水深(米)", "Depth (m)"),
    "depth_class": Wording("水深分级", "Depth class"),
    "flow": Wording("水流", "Flow"),
    "bank": Wording("岸坡", "Bank"),
    "bed": Wording("水底", "Bed"),
    "access": Wording("可达性", "Access"),
    "nearest_school": Wording("最近学校", "Nearest school"),
    "school_distance_m": Wording("距学校距离(米)", "Distance to the school (m)"),
    "on_route": Wording("上下学沿线", "On the way to school"),
    "observed_use": Wording("涉水活动", "What people do there"),
    "incident_history": Wording("历史事故", "Earlier accidents"),
    "kit_sign": Wording("警示牌", "Warning sign"),
    "kit_ring": Wording("救生圈", "Life ring"),
    "kit_rope": Wording("救生绳", "Rescue rope"),
    "kit_pole": Wording("救生杆", "Rescue pole"),
    "kit_fence": Wording("护栏/围蔽", "Fence"),
    "kit_camera_voice": Wording("监控/语音", "Camera or voice warning"),
    "kit_patrol": Wording("巡查值守", "Patrol on duty"),
    "people_seen": Wording("发现涉水人数", "People seen in the water"),
    "dissuaded": Wording("劝离人数", "People led away"),
}

GENERIC_NAMES = (
    *(
        "鱼塘",
        "水塘",
        "池塘",
        "山塘",
        "野塘",
        "野山塘",
        "水库",
        "水池",
        "蓄水池",
        "水坑",
        "水井",
        "水渠",
        "沟渠",
    ),
    *("河涌", "河道", "河流", "水闸", "排站", "人工湖", "景观湖", "废弃", "无名", "旁边", "附近"),
)
"""Words in the names of many waters; two names that share only these have nothing in common."""

KIT_TITLE = Wording("救生设施“四个一”", "Rescue kit")


def _field(name: str, **more: Any) -> FormField:
    return form_field(Hazard, name, LABELS.get(name) or COMMON_LABELS[name], **more)


HAZARD_FORM = Form(
    (
        section(photos(PhotoRole.BEFORE)),
        section(
            _field(
                "position",
                help=Wording(
                    "要站在水边定位；走动过就再点“获取定位”。",
                    "Take it at the water. If you have moved, tap “Get position” again.",
                ),
            )
        ),
        section(
            _field("town_code", required=True),
            _field("water_type", required=True, control=Control.TILES),
            _field("water_name", required=True),
            _field("address"),
            _field("description"),
            title=Wording("基本情况", "Facts"),
        ),
        kit_section(KIT_TITLE, KIT_HELP),
        section(_field("due_date", quick_days=(7, 15, 30))),
        folded(
            Wording("水深、岸边与进入", "Depth, bank and access"),
            _field("depth_m"),
            _field("depth_class", control=Control.TILES),
            _field("flow", control=Control.TILES),
            _field("bank", control=Control.TILES),
            _field("bed", control=Control.TILES),
            _field("access", control=Control.TILES),
            _field("area_m2"),
            _field("length_m"),
        ),
        folded(
            Wording("周边与活动", "Schools, people and accidents"),
            _field("nearest_school"),
            _field("school_distance_m"),
            _field("on_route"),
            _field("observed_use"),
            _field("incident_history", control=Control.TILES),
        ),
        folded(
            Wording("其他防护", "Other protection"),
            *(_field(f"kit_{item.value}") for item in KitItem),  # those that the deployment does not look at
        ),
        folded(
            Wording("责任与措施", "Who and what"),
            _field("village"),
            _field("defect_types"),
            _field("owner_unit"),
            _field("responsible_unit"),
            _field("responsible_person"),
            _field("phone", longest=40),
            _field("patroller"),
            _field("lead_dept"),
            _field("measure_class"),
            _field("measures"),
            _field("remark"),
        ),
    )
)
"""In the order in which one works at the water; folded is what the risk score and the ledger ask besides."""

_WORTH_A_LINE = frozenset({Bank.STEEP, Bank.VERTICAL, Flow.TIDAL, Flow.FAST, Bed.SILT, Bed.DROP})


def _dangers(hazard: Hazard) -> list[Wording]:
    """How deep it is, and what else makes it dangerous, as far as somebody recorded it."""
    found = []
    if hazard.depth_m is not None:
        found.append(Wording(f"水深约 {hazard.depth_m:g} 米", f"About {hazard.depth_m:g} m deep"))
    elif hazard.depth_class and hazard.depth_class is not DepthClass.UNKNOWN:
        found.append(Wording(f"水深：{hazard.depth_class.zh}", f"Depth: {hazard.depth_class.en}"))
    for name in ("bank", "flow", "bed"):
        value: Term | None = getattr(hazard, name)
        if value in _WORTH_A_LINE:
            label = LABELS[name]
            found.append(Wording(f"{label.zh}：{value.zh}", f"{label.en}: {value.en}"))
    return found


SIGN = SignWords(
    title=Wording("水深危险 禁止下水", "DANGER: DEEP WATER"),
    ban=Wording(
        "严禁游泳、戏水、捕捞，未成年人不得靠近", "No swimming, playing or fishing. Children keep away."
    ),
    rescue=Wording(
        "有人落水：大声呼救，抛救生圈、救生绳，递救生杆，不要盲目下水",
        "If somebody is in the water: shout for help, throw the ring or rope, do not jump in.",
    ),
    dangers=_dangers,
)


def _days(*, major: int, larger: int, ordinary: int, low: int, unrated: int) -> dict[Level, int]:
    return {
        RiskLevel.MAJOR: major,
        RiskLevel.LARGER: larger,
        RiskLevel.ORDINARY: ordinary,
        RiskLevel.LOW: low,
        None: unrated,
    }


PATROLS = PatrolPlan(
    (
        Season(
            Wording("暑期高峰", "summer peak"),
            *("06-01", "09-30"),
            _days(major=1, larger=3, ordinary=7, low=15, unrated=3),
        ),
        Season(
            Wording("汛期", "flood season"),
            *("04-01", "11-30"),
            _days(major=3, larger=7, ordinary=15, low=30, unrated=7),
        ),
        Season(
            Wording("平时", "rest of the year"),
            *("01-01", "12-31"),
            _days(major=7, larger=15, ordinary=30, low=60, unrated=15),
        ),
    )
)
"""A proposal of this project: no rule of the city says how often. Children drown from April to November, most
from June to September. What is not rated yet is as urgent as 较大, as missing data score worst."""

DROWNING = Profile(
    id="drowning",
    things=Wording("水域隐患", "water hazards"),
    unnamed=Wording("未命名水域", "Unnamed water"),
    hazard=Hazard,
    event=HazardEvent,
    title_field="water_name",
    type_field="water_type",
    types=WaterType,
    searched=(
        *("water_name", "address", "village", "description", "nearest_school"),
        *("owner_unit", "responsible_unit"),
    ),
    near_m=250,
    generic_names=GENERIC_NAMES,
    kit=tuple(KitItem),
    usual_kit=FOUR_ONES,
    kit_title=KIT_TITLE,
    number_prefix="DG",
    ledger_title="{unit}{year}年水域安全隐患排查整治台账",
    ledger=LEDGER,
    hazard_form=HAZARD_FORM,
    step_forms=step_forms(
        HazardEvent, KIT_TITLE, {name: LABELS[name] for name in ("people_seen", "dissuaded")}
    ),
    assess=assess,
    labels=LABELS,
    sign=SIGN,
    patrol_plan=PATROLS,
)
