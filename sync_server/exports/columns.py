"""The columns of the 台账, in the order offices expect, and what each shows of a hazard."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared import geo
from shared.records import KitCheck
from shared.towns import town_name
from shared.vocabulary import KitState, Term
from sync_server.exports.ledger_line import LedgerLine, PhotoState, Picture

Value = str | float | int | date | Picture | None
Align = Literal["text", "number", "degrees", "date", "wrapped", "picture"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its width in characters, how it is set, and its value for a hazard."""

    title: str
    width: float
    align: Align
    value: Callable[[LedgerLine], Value]


AWAITED = "照片尚未送达"
YES, NO = "是", "否"


def _label(term: Term | None) -> str:
    return term.zh if term else ""


def _labels(terms: Iterable[Term] | None) -> str:
    return "、".join(term.zh for term in terms or ())


def _kit(check: KitCheck | None) -> str:
    if check is None:
        return ""
    counted = f"×{check.count}" if check.count and check.state is not KitState.MISSING else ""
    return check.state.zh + counted


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _size(entry: LedgerLine) -> str:
    area, length = entry.hazard.area_m2, entry.hazard.length_m
    parts = [f"{area:g} ㎡" if area is not None else "", f"{length:g} m" if length is not None else ""]
    return " / ".join(filter(None, parts))


def _depth(entry: LedgerLine) -> Value:
    depth = entry.hazard.depth_m
    return f"{depth:g}" if depth is not None else _label(entry.hazard.depth_class)


def _shifted(entry: LedgerLine, axis: int) -> float | None:
    position = entry.hazard.position
    return round(geo.wgs_to_gcj((position.lat, position.lon))[axis], 6) if position else None


def _accuracy(entry: LedgerLine) -> float | None:
    position = entry.hazard.position
    return position.accuracy_m if position else None


def _owner(entry: LedgerLine) -> str:
    units = (entry.hazard.owner_unit, entry.hazard.responsible_unit)
    return " / ".join(dict.fromkeys(filter(None, units)))


def _measures(entry: LedgerLine) -> str:
    return " ".join(filter(None, (_labels(entry.hazard.measure_class), entry.hazard.measures)))


def _due(entry: LedgerLine) -> date | None:
    return _day(entry.life.due_date) or entry.hazard.due_date


def _recheck(entry: LedgerLine) -> str:
    return " ".join(filter(None, (entry.life.rechecked_on, _label(entry.life.recheck_result))))


def _degrees(entry: LedgerLine, axis: Literal["lat", "lon"]) -> float | None:
    position = entry.hazard.position
    return getattr(position, axis) if position else None


def plain(value: Value) -> str | float | int | date:
    """The value as a cell without pictures shows it: a photo becomes its address or why there is none."""
    if value is None:
        return ""
    if isinstance(value, Picture):
        return {PhotoState.NONE: "", PhotoState.AWAITED: AWAITED, PhotoState.HERE: value.link}[value.state]
    return value


ORDINAL = "序号"
COLUMNS: tuple[Column, ...] = (
    Column("编号", 24, "text", lambda e: e.number),
    Column("园区(镇街)", 11, "text", lambda e: town_name(e.hazard.town_code)),
    Column("村(社区)", 12, "text", lambda e: e.hazard.village),
    Column("水域名称", 18, "wrapped", lambda e: e.hazard.water_name),
    Column("水域类型", 11, "text", lambda e: _label(e.hazard.water_type)),
    Column("具体位置", 26, "wrapped", lambda e: e.hazard.address),
    Column("经度(WGS-84)", 12, "degrees", lambda e: _degrees(e, "lon")),
    Column("纬度(WGS-84)", 12, "degrees", lambda e: _degrees(e, "lat")),
    Column("经度(GCJ-02)", 12, "degrees", lambda e: _shifted(e, 1)),
    Column("纬度(GCJ-02)", 12, "degrees", lambda e: _shifted(e, 0)),
    Column("定位精度(米)", 8, "number", _accuracy),
    Column("面积(㎡)/长度(m)", 12, "text", _size),
    Column("水深(米)", 10, "text", _depth),
    Column("最近学校", 16, "wrapped", lambda e: e.hazard.nearest_school),
    Column("距学校距离(米)", 9, "number", lambda e: e.hazard.school_distance_m),
    Column("权属/责任单位", 18, "wrapped", _owner),
    Column("责任人", 9, "text", lambda e: e.hazard.responsible_person),
    Column("联系电话", 14, "text", lambda e: e.hazard.phone),
    Column("隐患类型", 20, "wrapped", lambda e: _labels(e.hazard.defect_types)),
    Column("隐患描述", 32, "wrapped", lambda e: e.hazard.description),
    Column("风险等级", 8, "text", lambda e: _label(e.risk)),
    Column("警示牌", 8, "text", lambda e: _kit(e.hazard.kit_sign)),
    Column("救生圈", 8, "text", lambda e: _kit(e.hazard.kit_ring)),
    Column("救生绳", 8, "text", lambda e: _kit(e.hazard.kit_rope)),
    Column("救生杆", 8, "text", lambda e: _kit(e.hazard.kit_pole)),
    Column("护栏/围蔽", 9, "text", lambda e: _kit(e.hazard.kit_fence)),
    Column("监控/语音", 9, "text", lambda e: _kit(e.hazard.kit_camera_voice)),
    Column("巡查责任人", 10, "text", lambda e: e.hazard.patroller),
    Column("整改措施", 28, "wrapped", _measures),
    Column("交办日期", 11, "date", lambda e: _day(e.life.assigned_on)),
    Column("整改时限", 11, "date", _due),
    Column("整改状态", 9, "text", lambda e: e.life.status.zh),
    Column("整改完成日期", 11, "date", lambda e: _day(e.life.rectified_on)),
    Column("验收人", 9, "text", lambda e: e.acceptor),
    Column("销号日期", 11, "date", lambda e: _day(e.life.closed_on)),
    Column("复查日期/结果", 16, "text", _recheck),
    Column("是否反弹", 8, "text", lambda e: YES if e.life.relapses else NO),
    Column("整改前照片", 17, "picture", lambda e: e.before),
    Column("整改后照片", 17, "picture", lambda e: e.after),
    Column("排查人", 9, "text", lambda e: e.inspector),
    Column("排查日期", 11, "date", lambda e: e.hazard.found_on),
    Column("备注", 20, "wrapped", lambda e: e.hazard.remark),
)
"""All but the first column, 序号, which counts the rows of the export itself."""

TITLES: tuple[str, ...] = (ORDINAL, *(column.title for column in COLUMNS))
