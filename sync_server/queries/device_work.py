"""What a device has done: operations by type and kind, and what of it was quarantined."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from shared import problems
from shared.permissions import Action
from sync_server.access.policy import OPERATION, Access
from sync_server.database.tables import DeviceRow, QuarantineRow

_LOG = OPERATION.c
_QUARANTINE = QuarantineRow.metadata.tables["quarantine"].c


@dataclass(frozen=True, slots=True)
class Work:
    """`counts`: (type, kind, how many) of what is on the log; `first`, `last`: when it was received."""

    row: DeviceRow
    counts: Sequence[tuple[str, str, int]]
    first: str | None
    last: str | None
    quarantined: int


def of_device(session: Session, access: Access, campaign: str, device: str, since: str = "") -> Work:
    """The work of a device, received from `since` on. Problems: role_forbidden, not_found."""
    access.require(Action.MANAGE_DEVICES)
    row = session.get(DeviceRow, (campaign, device))
    if row is None:
        raise problems.not_found()
    whose = (_LOG.campaign == campaign, _LOG.device == device, _LOG.received_at >= since)
    counts = session.execute(
        select(_LOG.type, _LOG.kind, func.count()).where(*whose).group_by(_LOG.type, _LOG.kind)
    ).all()
    times = session.execute(
        select(func.min(_LOG.received_at), func.max(_LOG.received_at)).where(*whose)
    ).one()
    refused = session.execute(
        select(func.count()).where(_QUARANTINE.campaign == campaign, _QUARANTINE.device == device)
    ).scalar_one()
    return Work(row, sorted((type, kind, n) for type, kind, n in counts), times[0], times[1], refused)
