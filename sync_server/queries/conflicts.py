"""Records with conflicts, and where each of the conflicting writes came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import and_, func, select
from sqlmodel import Session

from shared import merge, problems
from shared.merge import Write, from_json
from shared.operations import RecordType
from shared.permissions import Action
from sync_server.access.policy import Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import EducationVisitRow, HazardRow, OperationRow

_HAZARDS = HazardRow.metadata.tables["hazard"]
_VISITS = EducationVisitRow.metadata.tables["education_visit"]
_LOG = OperationRow.metadata.tables["operation"]
_VISIT, _OPERATION = _VISITS.c, _LOG.c


@dataclass(frozen=True, slots=True)
class Origin:
    """What the log has about a write beyond its value: when it arrived, and everything saved with it."""

    received_at: str
    fields: dict[str, Any]


def count(session: Session, access: Access, campaign: str) -> int:
    """How many records of a campaign have conflicts that this person may settle."""
    found = 0
    for table in (_HAZARDS, _VISITS):
        columns = table.c
        counting = select(func.count()).where(
            columns.campaign == campaign,
            columns.conflicts > 0,
            columns.deleted.is_(False),
            access.where(table, Action.SETTLE_CONFLICTS),
        )
        found += session.execute(counting).scalar_one()
    return found


def visits(
    session: Session, access: Access, campaign: str, town: str | None, most: int
) -> list[EducationVisitRow]:
    """The visits of a town, or of all, with conflicts, by last change."""
    wanted = and_(
        _VISIT.campaign == campaign,
        _VISIT.conflicts > 0,
        _VISIT.deleted.is_(False),
        access.where(_VISITS, Action.SEE_HAZARDS),
    )
    if town is not None:
        wanted = and_(wanted, _VISIT.town_code == town)
    return list(
        session.execute(
            select(EducationVisitRow).where(wanted).order_by(_VISIT.updated_seq.desc()).limit(most)
        ).scalars()
    )


def get(
    session: Session, access: Access, campaign: str, kind: str, record: str
) -> HazardRow | EducationVisitRow:
    """A hazard or a visit. Raises Problem not_found, also for one that the person may not see."""
    row: HazardRow | EducationVisitRow | None = None
    if kind == RecordType.HAZARD:
        row = session.get(HazardRow, (campaign, record))
    elif kind == RecordType.EDUCATION_VISIT:
        row = session.get(EducationVisitRow, (campaign, record))
    if row is None or not access.can(Action.SEE_HAZARDS, row):
        raise problems.not_found()
    return row


def disputes(row: HazardRow | EducationVisitRow) -> dict[str, list[Write]]:
    """Register → the conflicting writes, the shown one last."""
    return merge.disputes(from_json(row.state))


def origins(
    session: Session, access: Access, campaign: str, keys: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], Origin]:
    """(device, n) → the origin of that operation, for those on records that the person may see."""
    wanted = set(keys)
    rows = session.execute(
        select(_OPERATION.device, _OPERATION.n, _OPERATION.received_at, _OPERATION.wire).where(
            _OPERATION.campaign == campaign,
            in_values(session, _OPERATION.device, sorted({device for device, _ in wanted})),
            in_values(session, _OPERATION.n, sorted({n for _, n in wanted})),
            access.where(_LOG, Action.SEE_HAZARDS),
        )
    )
    return {
        (row.device, row.n): Origin(row.received_at, orjson.loads(row.wire)["fields"])
        for row in rows
        if (row.device, row.n) in wanted
    }
