"""Reading visits of safety education: pages, sums, and the whole of what a filter means."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session

from shared import problems, record_types
from shared.counting import percent
from shared.merge import from_json, shown
from shared.operations import RecordType
from shared.permissions import Action
from shared.records.models import EducationVisit
from shared.towns import BY_CODE
from shared.vocabulary import EducationVisitType
from sync_server.access.policy import VISIT, Access
from sync_server.database.tables import EducationVisitRow
from sync_server.queries.filters import NOWHERE

_VISIT = VISIT.c
PAGE = 50
_BATCH = 500
_DAY = func.coalesce(_VISIT.date, "")


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """What a query string asks for; None asks for nothing. `town`: a code or NOWHERE.

    `first`, `last`: ISO days, both included; a visit without a date is outside of every span.
    """

    town: str | None = None
    kind: EducationVisitType | None = None
    first: str | None = None
    last: str | None = None

    def query(self) -> str:
        """The query string that asks for this again, "" where it asks for nothing."""
        asked = {"town": self.town, "kind": self.kind, "from": self.first, "to": self.last}
        return urlencode({name: str(value) for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True)
class Sums:
    """How many visits, and what was counted in them; a number that nobody gave counts nothing."""

    visits: int = 0
    headcount: int = 0
    households: int = 0
    leaflets: int = 0
    letters_issued: int = 0
    receipts_returned: int = 0
    receipts_of_letters: int = 0
    """Receipts of those visits alone that say how many letters were issued."""

    @property
    def rate(self) -> str:
        """The share of letters of which a receipt came back, to be shown; "–" where none was issued."""
        return percent(self.receipts_of_letters, self.letters_issued)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)))


_NUMBERS = tuple(one.name for one in fields(Sums))[1:-1]


def parse(query: Mapping[str, str]) -> VisitFilter:
    """The filter of a query string. Raises Problem invalid where a value is none of its list, or no day."""
    errors: list[dict[str, str]] = []
    town, said = query.get("town") or None, query.get("kind") or None
    if town not in (None, NOWHERE) and town not in BY_CODE:
        errors.append({"path": "town_code", "reason": "unknown_value"})
    kind = next((one for one in EducationVisitType if one.value == said), None)
    if said and kind is None:
        errors.append({"path": "visit_type", "reason": "unknown_value"})
    days = []
    for name in ("from", "to"):
        days.append(query.get(name) or None)
        try:
            if days[-1] and date.fromisoformat(days[-1]).isoformat() != days[-1]:
                raise ValueError
        except ValueError:
            errors.append({"path": "date", "reason": "unknown_value"})
    first, last = days
    if not errors and first and last and first > last:
        errors.append({"path": "date", "reason": "last_before_first"})
    if errors:
        raise problems.invalid(errors=errors)
    return VisitFilter(town, kind, first, last)


def where(access: Access, campaign: str, asked: VisitFilter) -> ColumnElement[bool]:
    """The condition on `education_visit` that the filter means, of those that may be seen."""
    conditions = [
        _VISIT.campaign == campaign,
        _VISIT.deleted.is_(False),
        access.where(VISIT, Action.SEE_HAZARDS),
    ]
    if asked.town:
        conditions.append(
            _VISIT.town_code.is_(None) if asked.town == NOWHERE else _VISIT.town_code == asked.town
        )
    if asked.kind:
        conditions.append(_VISIT.visit_type == asked.kind.value)
    if asked.first:
        conditions.append(_VISIT.date >= asked.first)
    if asked.last:
        conditions.append(_VISIT.date <= asked.last)
    return and_(*conditions)


def page(
    session: Session, access: Access, campaign: str, asked: VisitFilter, after: str | None = None
) -> tuple[Sequence[EducationVisitRow], str | None]:
    """PAGE visits, the latest first, that follow the cursor `after`; and the cursor of the next ones.

    Raises Problem invalid for a cursor that is none of ours.
    """
    condition = where(access, campaign, asked)
    if after:
        condition = and_(condition, _beyond(after))
    found = session.execute(select(EducationVisitRow).where(condition).order_by(*_LATEST).limit(PAGE + 1))
    rows = found.scalars().all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], _cursor(last) if last else None


_LATEST = (_DAY.desc(), _VISIT.id.desc())


def _cursor(row: EducationVisitRow) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.date or "", row.id]).encode()).decode().rstrip("=")


def _beyond(cursor: str) -> ColumnElement[bool]:
    try:
        day, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        f"{day}{last}".encode()
        fits = isinstance(day, str) and isinstance(last, str) and "\0" not in day + last
    except (ValueError, TypeError, RecursionError):
        fits = False
    if not fits:
        raise problems.invalid(errors=[{"path": "after", "reason": "no_cursor"}])
    return or_(day > _DAY, and_(day == _DAY, _VISIT.id < last))


def each(
    session: Session, access: Access, campaign: str, asked: VisitFilter
) -> Iterator[Sequence[EducationVisitRow]]:
    """Every visit of a filter, the latest first, in batches that are let go of once used."""
    found = session.execute(
        select(EducationVisitRow)
        .where(where(access, campaign, asked))
        .order_by(*_LATEST)
        .execution_options(yield_per=_BATCH)
    )
    yield from found.scalars().partitions()


def sums(session: Session, access: Access, campaign: str, asked: VisitFilter, by: str) -> dict[str, Sums]:
    """What a filter means in numbers, for each value of the column `by`; "" where a visit has none."""
    column = _VISIT[by]
    added = [func.coalesce(func.sum(_VISIT[name]), 0) for name in _NUMBERS]
    with_letters = _VISIT.letters_issued.is_not(None)
    added.append(func.coalesce(func.sum(_VISIT.receipts_returned).filter(with_letters), 0))
    rows: Any = session.execute(
        select(column, func.count(), *added).where(where(access, campaign, asked)).group_by(column)
    )
    return {row[0] or "": Sums(*map(int, row[1:])) for row in rows}


def get(session: Session, access: Access, campaign: str, visit: str) -> EducationVisitRow:
    """One visit, deleted ones included. Raises Problem not_found, also for one out of sight."""
    row = session.get(EducationVisitRow, (campaign, visit))
    if row is None or not access.can(Action.SEE_HAZARDS, row):
        raise problems.not_found()
    return row


def record(row: EducationVisitRow) -> EducationVisit:
    """The fields of a visit as people see them."""
    visit: EducationVisit = record_types.read(RecordType.EDUCATION_VISIT, shown(from_json(row.state)))
    return visit
