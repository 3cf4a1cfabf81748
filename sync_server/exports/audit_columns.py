"""What each column of an export of the audit log shows of a row."""

from dataclasses import dataclass
from datetime import date

from sync_server.exports.table import Column, Table


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row of the audit log in words."""

    number: int
    at: str
    who: str
    action: str
    subject: str
    device: str
    details: str
    hash: str


def table(end: str, span: tuple[date | None, date | None], filled_by: str, day: str) -> Table:
    """The table of audit rows; its entries are `AuditEntry`s.

    `end`: the number and hash of the log's last row; `span`: the first and last day that were asked for.
    """
    days = " – ".join(one.isoformat() if one else "" for one in span) if any(span) else "全部"
    facts = (
        (0, f"导出人：{filled_by}"),
        (3, f"导出日期：{day}"),
        (5, f"日期范围：{days}"),
        (7, f"日志末条：{end}"),
    )
    return Table("审计日志", "安澜审计日志", filled_by, facts, _COLUMNS, 2)


_COLUMNS = (
    Column("编号", 9, "number", lambda entry: entry.number),
    Column("时间", 20, "text", lambda entry: entry.at),
    Column("人员", 12, "text", lambda entry: entry.who),
    Column("做了什么", 22, "wrapped", lambda entry: entry.action),
    Column("对象", 24, "wrapped", lambda entry: entry.subject),
    Column("设备", 20, "wrapped", lambda entry: entry.device),
    Column("说明", 48, "wrapped", lambda entry: entry.details),
    Column("校验码", 68, "text", lambda entry: entry.hash),
)
