"""Deleted hazards and visits, with who deleted them and when."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from shared import merge
from shared.merge import from_json
from shared.operations import RecordType
from shared.permissions import Action
from sync_server.access.policy import HAZARD, VISIT, Access
from sync_server.database.tables import EducationVisitRow, HazardRow


@dataclass(frozen=True, slots=True)
class Deleted:
    """A deleted record, the person and device that deleted it, and the time by that device's clock."""

    kind: str
    row: HazardRow | EducationVisitRow
    author: str
    device: str
    at: str


def page(
    session: Session, access: Access, campaign: str, most: int, before: int | None = None
) -> list[Deleted]:
    """At most `most` records that the person may bring back, by last change.

    `before`: only those that were last changed before that seq.
    """
    found: list[Deleted] = []
    for kind, table, row_of in (
        (RecordType.HAZARD, HAZARD, HazardRow),
        (RecordType.EDUCATION_VISIT, VISIT, EducationVisitRow),
    ):
        columns = table.c
        wanted = select(row_of).where(
            columns.campaign == campaign, columns.deleted, access.where(table, Action.CHANGE_OTHERS)
        )
        if before is not None:
            wanted = wanted.where(columns.updated_seq < before)
        rows = session.execute(wanted.order_by(columns.updated_seq.desc()).limit(most)).scalars()
        found += [_read(kind, row) for row in rows]
    return sorted(found, key=lambda one: one.row.updated_seq, reverse=True)[:most]


def _read(kind: str, row: HazardRow | EducationVisitRow) -> Deleted:
    write = merge.heads(from_json(row.state), merge.DELETED)[-1]
    return Deleted(kind, row, write.author, write.device, write.made_at)
