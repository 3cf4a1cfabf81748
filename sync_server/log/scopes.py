"""Which operations concern which towns: a phone may ask for some towns only.

An operation is of an owner, a hazard or a visit, and an owner is where its town says. Who was once in a
scope stays in it, so that a phone never keeps an old state for true; who enters one brings its history.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, insert, or_, select
from sqlmodel import Session

from shared.operations import Operation, RecordType, Stamp
from sync_server.database.in_values import in_values
from sync_server.database.tables import EducationVisitRow, HazardRow, OperationRow, TownHistoryRow
from sync_server.log.projection import AffectedRows

_OPERATION = OperationRow.metadata.tables["operation"].c
_MOVED = TownHistoryRow.metadata.tables["moved"]
_PLACED: tuple[Table, ...] = tuple(
    row.metadata.tables[str(row.__tablename__)] for row in (HazardRow, EducationVisitRow)
)
NOWHERE = ""
"""The town of what has none; it concerns everybody."""


def owner_of(touched: AffectedRows, operation: Operation) -> str:
    """The hazard or visit that an operation is about; "" where nobody knows. `touched`: after folding."""
    match operation.type:
        case RecordType.HAZARD | RecordType.EDUCATION_VISIT:
            return operation.record
        case RecordType.HAZARD_EVENT:
            return str(operation.fields.get("hazard") or "")
        case RecordType.PHOTO:
            photo = touched.photos[operation.record]
            return photo["hazard"] or photo["visit"] or ""
    return ""


def note_moves(
    session: Session, touched: AffectedRows, operations: Sequence[Operation], stamps: Sequence[Stamp]
) -> None:
    """Remember where owners come from and go to, if a batch moves them; `touched`: after folding.

    A hazard that others spoke of before it was there itself counts as moved, so that they come with it.
    """
    moves: list[dict[str, Any]] = []
    for owner, seq in _last_writes(operations, stamps).items():
        row = touched.hazards.get(owner) or touched.visits[owner]
        now, was = row["town_code"] or NOWHERE, touched.towns.get(owner)
        if was is None and owner in touched.spoken_of:
            moves.append({"town": now, "owner": owner, "since_seq": seq})
        elif was is not None and was != now:
            moves.append({"town": was, "owner": owner, "since_seq": 0})
            moves.append({"town": now, "owner": owner, "since_seq": seq})
    if not moves:
        return
    campaign, columns = touched.campaign.id, _MOVED.c
    known = session.execute(
        select(columns.town, columns.owner).where(
            columns.campaign == campaign, in_values(session, columns.owner, [move["owner"] for move in moves])
        )
    )
    noted = {(row.town, row.owner) for row in known}
    new = [{"campaign": campaign, **move} for move in moves if (move["town"], move["owner"]) not in noted]
    if new:
        session.connection().execute(insert(_MOVED), new)


def _last_writes(operations: Sequence[Operation], stamps: Sequence[Stamp]) -> dict[str, int]:
    """Hazard or visit → the last seq that a batch gives it by an operation of its own."""
    return {
        operation.record: stamp.seq
        for operation, stamp in zip(operations, stamps, strict=True)
        if operation.type in (RecordType.HAZARD, RecordType.EDUCATION_VISIT)
    }


def in_scope(
    session: Session, campaign: str, owner: ColumnElement[Any], towns: Sequence[str]
) -> ColumnElement[bool]:
    """Whether an owner is, or ever was, in one of `towns` or in none."""
    moved = _MOVED.c
    placed = [
        select(table.c.id).where(
            table.c.campaign == campaign,
            or_(table.c.town_code.is_(None), in_values(session, table.c.town_code, towns)),
        )
        for table in _PLACED
    ]
    once = select(moved.owner).where(
        moved.campaign == campaign, in_values(session, moved.town, [*towns, NOWHERE])
    )
    return or_(*(owner.in_(owners) for owners in (*placed, once)))


def entered(session: Session, campaign: str, towns: Sequence[str], since: int, until: int) -> list[str]:
    """The owners that came into one of `towns` by an operation after `since` and up to `until`."""
    moved = _MOVED.c
    return list(
        session.execute(
            select(moved.owner)
            .where(moved.campaign == campaign, in_values(session, moved.town, towns))
            .where(moved.since_seq > since, moved.since_seq <= until)
            .distinct()
        ).scalars()
    )


def asked_for(campaign: str, device: str, scope: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an operation goes to a device that asks for a scope: its own do, and what has no owner."""
    return and_(
        _OPERATION.campaign == campaign,
        or_(scope, _OPERATION.device == device, _OPERATION.owner == NOWHERE),
    )
