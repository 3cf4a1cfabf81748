"""Reads hazards: pages of the ledger, totals, and all hazards of a filter."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, cast, func, or_, select
from sqlmodel import Session

from shared import problems
from shared.merge import from_json, shown
from shared.permissions import Action
from shared.profiles.profile import Profile
from shared.vocabulary import Status
from sync_server.access.policy import Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import HazardRow
from sync_server.queries.filters import Filter, unplaced, where

_TABLE = HazardRow.metadata.tables["hazard"]
_HAZARD = _TABLE.c

PAGE = 50
BATCH = 25

SORTS: dict[str, tuple[ColumnElement[Any], bool]] = {
    "updated": (_HAZARD.updated_seq, True),
    "number": (func.coalesce(_HAZARD.ledger_no, ""), False),
    "due": (func.coalesce(_HAZARD.due_date, "9999-12-31"), False),
    "found": (func.coalesce(_HAZARD.found_on, ""), True),
    "risk": (func.coalesce(cast(_HAZARD.risk_score, BigInteger), -1), True),
    "town": (func.coalesce(_HAZARD.town_code, ""), False),
}
"""Name of an order → the column, and whether the greatest comes first. Ties are ordered by id."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the ledger; `backwards` reverses the column's usual direction."""

    by: str = "updated"
    backwards: bool = False

    @property
    def descending(self) -> bool:
        return SORTS[self.by][1] is not self.backwards


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the ledger: rows in order, and the cursors of its neighbours where there are any."""

    rows: tuple[HazardRow, ...]
    before: str | None
    after: str | None


def parse_order(sort: str | None, direction: str | None) -> Order:
    """The order of a query string. Raises Problem invalid."""
    by = sort or "updated"
    if by not in SORTS or direction not in (None, "", "asc", "desc"):
        raise problems.invalid(errors=[{"path": "sort", "reason": "unknown_value"}])
    return Order(by, bool(direction) and (direction == "desc") is not SORTS[by][1])


def page(
    session: Session,
    access: Access,
    campaign: str,
    asked: Filter,
    today: str,
    *,
    order: Order | None = None,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE,
) -> Page:
    """The `size` hazards after the cursor `after` or before `before`, or the first ones.

    Raises Problem invalid for an invalid cursor.
    """
    order = order or Order()
    backwards = before is not None and after is None
    key, _ = SORTS[order.by]
    descending = order.descending is not backwards
    condition = where(access, campaign, asked, today)
    cursor = after or before
    if cursor:
        condition = and_(condition, _beyond(key, cursor, descending))
    turned = select(HazardRow, key).where(condition).order_by(*_sorted(order.by, descending=descending))
    found = session.execute(turned.limit(size + 1)).all()
    more = len(found) > size
    lines = [(row, value) for row, value in found[:size]]
    if backwards:
        lines.reverse()
    if not lines:
        return Page((), None, None)
    return Page(
        tuple(row for row, _ in lines),
        before=_cursor(*lines[0]) if (more if backwards else cursor) else None,
        after=_cursor(*lines[-1]) if (more or backwards) else None,
    )


def _sorted(by: str, *, descending: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    key, _ = SORTS[by]
    return (key.desc(), _HAZARD.id.desc()) if descending else (key.asc(), _HAZARD.id.asc())


def _cursor(row: HazardRow, value: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, row.id]).encode()).decode().rstrip("=")


def _beyond(key: ColumnElement[Any], cursor: str, descending: bool) -> ColumnElement[bool]:
    try:
        value, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        fits = isinstance(last, str) and type(value) is (int if isinstance(key.type, Integer) else str)
        f"{value}{last}".encode()  # JSON lets through halves of characters, which no database takes
    except (ValueError, TypeError, RecursionError):
        fits = False
    if not fits or "\0" in f"{value}{last}" or (isinstance(value, int) and abs(value) >= 2**63):
        raise problems.invalid(errors=[{"path": "after", "reason": "no_cursor"}])
    if descending:
        return or_(key < value, and_(key == value, _HAZARD.id < last))
    return or_(key > value, and_(key == value, _HAZARD.id > last))


def each(
    session: Session, access: Access, campaign: str, asked: Filter, today: str, order: Order
) -> Iterator[Sequence[HazardRow]]:
    """All hazards of a filter, sorted once, in batches that are released after use."""
    found = session.execute(
        select(HazardRow)
        .where(where(access, campaign, asked, today))
        .order_by(*_sorted(order.by, descending=order.descending))
        .execution_options(yield_per=BATCH)
    )
    yield from found.scalars().partitions()


def count(
    session: Session,
    access: Access,
    campaign: str,
    asked: Filter,
    today: str,
    action: Action = Action.SEE_HAZARDS,
) -> int:
    """How many hazards of a filter there are on which the person may take `action`."""
    condition = and_(where(access, campaign, asked, today), access.where(_TABLE, action))
    return int(session.execute(select(func.count()).where(condition)).scalar_one())


def totals(session: Session, access: Access, campaign: str, asked: Filter, today: str) -> dict[Status, int]:
    """How many hazards of a filter are in each status; statuses without any are left out."""
    found = session.execute(
        select(_HAZARD.status, func.count())
        .where(where(access, campaign, asked, today))
        .group_by(_HAZARD.status)
    )
    return {Status(status): number for status, number in found}


def count_unplaced(session: Session, access: Access, campaign: str, asked: Filter, today: str) -> int:
    """How many hazards of a filter have no position."""
    condition = and_(where(access, campaign, asked, today), unplaced())
    return int(session.execute(select(func.count()).where(condition)).scalar_one())


def get(session: Session, access: Access, campaign: str, hazard: str) -> HazardRow:
    """One hazard, deleted ones included. Raises Problem hazard_unknown, also if the person may not see it."""
    row = session.get(HazardRow, (campaign, hazard))
    if row is None or not access.can(Action.SEE_HAZARDS, row):
        raise problems.hazard_unknown()
    return row


def several(session: Session, access: Access, campaign: str, ids: Sequence[str]) -> list[HazardRow]:
    """Those of some hazards that the person may see."""
    wanted = select(HazardRow).where(
        _HAZARD.campaign == campaign,
        in_values(session, _HAZARD.id, ids),
        access.where(_TABLE, Action.SEE_HAZARDS),
    )
    return list(session.execute(wanted).scalars())


def by_number(session: Session, access: Access, campaign: str, number: str) -> HazardRow | None:
    """The hazard with a 编号, or None."""
    return session.execute(
        select(HazardRow).where(
            _HAZARD.campaign == campaign,
            _HAZARD.ledger_no == number,
            access.where(_TABLE, Action.SEE_HAZARDS),
        )
    ).scalar_one_or_none()


def record(row: HazardRow, profile: Profile) -> Any:
    """The fields of a hazard as shown, with the latest state of its kit: a record of its programme."""
    return profile.read_hazard({**shown(from_json(row.state)), **row.kit})


def is_unrated(row: HazardRow, profile: Profile) -> bool:
    """Whether the risk of a hazard cannot be rated yet, as data are missing."""
    return row.risk_level is None and profile.assess(record(row, profile)) is not None
