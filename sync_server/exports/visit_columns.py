"""What each column of an export of safety education shows of a visit."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.counting import percent
from shared.records.models import EducationVisit
from shared.towns import town_name
from sync_server.exports.columns import in_words
from sync_server.exports.table import CITY, Column, Table, Value


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit as an export takes it, masked for whoever asked.

    `hazards`: the 编号 of the hazards it is about. `photos`: how many are attached.
    """

    id: str
    visit: EducationVisit
    hazards: str
    photos: int


def table(unit: str, span: tuple[str | None, str | None], filled_by: str, day: str) -> Table:
    """The table of visits; its entries are `VisitLine`s.

    `unit`: the town that reports, "" for the city; `span`: the first and last day that were asked for;
    days are ISO.
    """
    days = " – ".join(one or "" for one in span) if any(span) else "全部"
    title = f"{unit or CITY}中小学生安全教育(安全宣传)活动登记表"
    facts = (
        (0, f"填报单位：{unit or CITY}"),
        (4, f"填报人：{filled_by}"),
        (7, "审核人："),
        (10, f"填报日期：{day}"),
        (14, f"活动日期：{days}"),
    )
    return Table("安全教育", title, filled_by, facts, _COLUMNS, 4)


def _of(name: str) -> Callable[[VisitLine], Value]:
    return lambda line: in_words(getattr(line.visit, name))


def _rate(line: VisitLine) -> Value:
    issued = line.visit.letters_issued
    return percent(line.visit.receipts_returned or 0, issued) if issued else None


_COLUMNS = (
    Column("日期", 12, "date", _of("date")),
    Column("园区(镇街)", 12, "text", lambda line: town_name(line.visit.town_code)),
    Column("活动类型", 12, "text", _of("visit_type")),
    Column("地点", 24, "wrapped", _of("place")),
    Column("组织单位", 22, "wrapped", _of("organiser")),
    Column("主讲人", 10, "text", _of("presenter")),
    Column("对象", 10, "text", _of("audience")),
    Column("年级", 12, "text", _of("grade_band")),
    Column("开始时间", 9, "text", _of("start")),
    Column("结束时间", 9, "text", _of("end")),
    Column("主题", 16, "wrapped", _of("topics")),
    Column("形式", 14, "wrapped", _of("method")),
    Column("人数", 8, "number", _of("headcount")),
    Column("户数", 8, "number", _of("households")),
    Column("发放份数", 9, "number", _of("leaflets")),
    Column("告家长书发放份数", 10, "number", _of("letters_issued")),
    Column("回执份数", 9, "number", _of("receipts_returned")),
    Column("回执率", 9, "text", _rate),
    Column("效果", 28, "wrapped", _of("feedback")),
    Column("后续措施", 28, "wrapped", _of("follow_up")),
    Column("相关隐患编号", 26, "wrapped", lambda line: line.hazards),
    Column("照片数", 8, "number", lambda line: line.photos),
)
