"""What each column of a programme's 台账 shows."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from shared import geo
from shared.forms.value_words import BETWEEN, NO, YES
from shared.profiles.profile import LedgerColumn, LedgerFact
from shared.records.models import KitCheck
from shared.towns import town_name
from shared.vocabulary import KitState, Term
from sync_server.exports.ledger_line import Heading, LedgerLine
from sync_server.exports.table import CITY, Column, Table, Value

UNRATED = "资料不全"
_NAMING = 4
"""The columns that name a hazard: 编号 to 水域名称."""


def title(heading: Heading) -> str:
    """The title of the ledger."""
    return heading.profile.ledger_title.format(unit=heading.unit or CITY, year=heading.year)


def table(heading: Heading) -> Table:
    """The ledger of a programme; its entries are `LedgerLine`s."""
    facts = (
        (0, f"填报单位：{heading.unit or CITY}"),
        (7, f"填报人：{heading.filled_by}"),
        (12, "审核人："),
        (17, f"填报日期：{heading.day}"),
        (20, f"专项行动：{heading.campaign}"),
    )
    columns = [
        Column(column.title, column.width, column.style, partial(cell, column))
        for column in heading.profile.ledger
    ]
    return Table("台账", title(heading), heading.filled_by, facts, columns, _NAMING)


def cell(column: LedgerColumn, line: LedgerLine) -> Value:
    """The value of `column` for a hazard."""
    source = column.source
    if isinstance(source, LedgerFact):
        return _FACTS[source](line)
    return in_words(source(line.hazard) if callable(source) else getattr(line.hazard, source))


def in_words(value: Any) -> Value:
    """A record's value as a cell shows it: terms by their Chinese words."""
    match value:
        case Term():
            return value.zh
        case bool():
            return (YES if value else NO).zh
        case KitCheck():
            counted = f"×{value.count}" if value.count and value.state is not KitState.MISSING else ""
            return value.state.zh + counted
        case tuple():
            return BETWEEN.zh.join(str(in_words(part)) for part in value)
        case None | str() | int() | float() | date():
            return value
        case _:
            return str(value)


def _label(term: Term | None) -> str:
    return term.zh if term else ""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _degrees(line: LedgerLine, axis: str) -> float | None:
    position = line.hazard.position
    return getattr(position, axis) if position else None


def _shifted(line: LedgerLine, axis: int) -> float | None:
    position = line.hazard.position
    return round(geo.wgs_to_gcj((position.lat, position.lon))[axis], 6) if position else None


def _due(line: LedgerLine) -> date | None:
    return _day(line.history.due_date) or getattr(line.hazard, "due_date", None)


def _recheck(line: LedgerLine) -> str:
    return " ".join(filter(None, (line.history.rechecked_on, _label(line.history.recheck_result))))


_FACTS: Mapping[LedgerFact, Callable[[LedgerLine], Value]] = {
    LedgerFact.NUMBER: lambda line: line.number,
    LedgerFact.TOWN: lambda line: town_name(line.hazard.town_code),
    LedgerFact.LON: lambda line: _degrees(line, "lon"),
    LedgerFact.LAT: lambda line: _degrees(line, "lat"),
    LedgerFact.GCJ_LON: lambda line: _shifted(line, 1),
    LedgerFact.GCJ_LAT: lambda line: _shifted(line, 0),
    LedgerFact.ACCURACY: lambda line: _degrees(line, "accuracy_m"),
    LedgerFact.RISK: lambda line: UNRATED if line.unrated else _label(line.risk),
    LedgerFact.ASSIGNED_ON: lambda line: _day(line.history.assigned_on),
    LedgerFact.DUE_ON: _due,
    LedgerFact.STATUS: lambda line: line.history.status.zh,
    LedgerFact.RECTIFIED_ON: lambda line: _day(line.history.rectified_on),
    LedgerFact.ACCEPTOR: lambda line: line.acceptor,
    LedgerFact.CLOSED_ON: lambda line: _day(line.history.closed_on),
    LedgerFact.RECHECK: _recheck,
    LedgerFact.RELAPSED: lambda line: (YES if line.history.relapses else NO).zh,
    LedgerFact.BEFORE_PHOTO: lambda line: line.before,
    LedgerFact.AFTER_PHOTO: lambda line: line.after,
    LedgerFact.INSPECTOR: lambda line: line.inspector,
}
