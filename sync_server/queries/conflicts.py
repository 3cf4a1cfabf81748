"""Records whose writers contradict each other, and where each of the contradicting writes came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import and_, func, select
from sqlmodel import Session

from shared import merge
from shared.merge import RecordState, Write, from_json
from shared.operations import RecordType
from sync_server.database.in_values import in_values
from sync_server.database.tables import EducationVisitRow, HazardRow, OperationRow

_HAZARD = HazardRow.metadata.tables["hazard"].c
_VISIT = EducationVisitRow.metadata.tables["education_visit"].c
_OPERATION = OperationRow.metadata.tables["operation"].c


@dataclass(frozen=True, slots=True)
class Origin:
    """What the log says of a write beyond its value: when it arrived, and all that was saved with it."""

    received_at: str
    fields: dict[str, Any]


def count(session: Session, campaign: str) -> int:
    """How many records of a campaign wait for somebody to say what holds."""
    found = 0
    for columns in (_HAZARD, _VISIT):
        counting = select(func.count()).where(
            columns.campaign == campaign, columns.conflicts > 0, columns.deleted.is_(False)
        )
        found += session.execute(counting).scalar_one()
    return found


def visits(session: Session, campaign: str, town: str | None, most: int) -> list[EducationVisitRow]:
    """The visits of a town, or of all, that are in conflict, the last changed first."""
    wanted = and_(_VISIT.campaign == campaign, _VISIT.conflicts > 0, _VISIT.deleted.is_(False))
    if town is not None:
        wanted = and_(wanted, _VISIT.town_code == town)
    return list(
        session.execute(
            select(EducationVisitRow).where(wanted).order_by(_VISIT.updated_seq.desc()).limit(most)
        ).scalars()
    )


def state_of(session: Session, campaign: str, kind: RecordType, record: str) -> RecordState | None:
    """The state of a hazard or a visit; None where there is none of that id."""
    row: HazardRow | EducationVisitRow | None = None
    if kind is RecordType.HAZARD:
        row = session.get(HazardRow, (campaign, record))
    elif kind is RecordType.EDUCATION_VISIT:
        row = session.get(EducationVisitRow, (campaign, record))
    return from_json(row.state) if row else None


def disputes(row: HazardRow | EducationVisitRow) -> dict[str, list[Write]]:
    """Register → the writes that contradict each other, the shown one last."""
    return merge.disputes(from_json(row.state))


def origins(
    session: Session, campaign: str, keys: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], Origin]:
    """(device, n) → where that operation came from."""
    wanted = set(keys)
    rows = session.execute(
        select(_OPERATION.device, _OPERATION.n, _OPERATION.received_at, _OPERATION.wire).where(
            _OPERATION.campaign == campaign,
            in_values(session, _OPERATION.device, sorted({device for device, _ in wanted})),
            in_values(session, _OPERATION.n, sorted({n for _, n in wanted})),
        )
    )
    return {
        (row.device, row.n): Origin(row.received_at, orjson.loads(row.wire)["fields"])
        for row in rows
        if (row.device, row.n) in wanted
    }
