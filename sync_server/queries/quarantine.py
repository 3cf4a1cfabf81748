"""Operations in quarantine.

Every query here raises Problem role_forbidden unless the person may settle them.
"""

from dataclasses import dataclass

from sqlalchemy import Select, and_, case, func, select
from sqlmodel import Session

from shared import problems
from shared.permissions import Action
from shared.sync.wire import MAX_OPERATION
from sync_server.access.policy import Access
from sync_server.database.tables import DeviceRow, PersonRow, QuarantineRow
from sync_server.log import writer

_PERSON = PersonRow.metadata.tables["person"].c
_DEVICE = DeviceRow.metadata.tables["device"].c
_QUARANTINE = QuarantineRow.metadata.tables["quarantine"].c


@dataclass(frozen=True, slots=True)
class SetAside:
    """An operation in quarantine, and whose phone it came from, as far as known."""

    row: QuarantineRow
    device: str | None
    owner: str | None


def listed(
    session: Session, access: Access, campaign: str, most: int, *, settled: bool, skip: int = 0
) -> list[SetAside]:
    """The latest operations in quarantine, at most `most`: the settled ones, or those that wait.

    Without the content of those that exceed the present size limit.
    """
    access.require(Action.SETTLE_QUARANTINE)
    raw = case((func.length(_QUARANTINE.raw) <= MAX_OPERATION, _QUARANTINE.raw), else_="").label("raw")
    others = [column for column in _QUARANTINE if column.name != "raw"]
    names = [*(column.name for column in others), "raw"]
    rows = session.execute(
        _with_owner(campaign)
        .with_only_columns(*others, raw, _DEVICE.name.label("device_name"), _PERSON.name.label("owner"))
        .where(_QUARANTINE.settled.is_not(None) if settled else _QUARANTINE.settled.is_(None))
        .order_by(
            _QUARANTINE.settled_at.desc(),
            _QUARANTINE.received_at.desc(),
            _QUARANTINE.n.desc(),
            _QUARANTINE.device,
        )
        .limit(most)
        .offset(skip)
    )
    return [
        SetAside(QuarantineRow(**{name: row._mapping[name] for name in names}), *row[-2:]) for row in rows
    ]


def count(session: Session, access: Access, campaign: str) -> int:
    """How many operations wait in quarantine."""
    access.require(Action.SETTLE_QUARANTINE)
    waiting = select(func.count()).where(_QUARANTINE.campaign == campaign, _QUARANTINE.settled.is_(None))
    return int(session.execute(waiting).scalar_one())


def one(session: Session, access: Access, campaign: str, device: str, n: int) -> SetAside:
    """One operation, settled or not."""
    access.require(Action.SETTLE_QUARANTINE)
    wanted = _with_owner(campaign).where(_QUARANTINE.device == device, _QUARANTINE.n == n)
    return SetAside(*session.execute(wanted).one())


def waiting(session: Session, access: Access, campaign: str, device: str, n: int) -> QuarantineRow:
    """One that is not settled yet. Raises Problem quarantine_settled, not_found."""
    access.require(Action.SETTLE_QUARANTINE)
    row = session.get(QuarantineRow, (campaign, device, n))
    if row is None and not writer.stored(session, campaign, device, [n]):
        raise problems.not_found()
    if row is None or row.settled:
        raise problems.quarantine_settled()
    return row


def _with_owner(campaign: str) -> Select[tuple[QuarantineRow, str, str]]:
    return (
        select(QuarantineRow, _DEVICE.name.label("device"), _PERSON.name.label("owner"))
        .outerjoin(
            DeviceRow, and_(_DEVICE.campaign == _QUARANTINE.campaign, _DEVICE.id == _QUARANTINE.device)
        )
        .outerjoin(PersonRow, _PERSON.id == _DEVICE.person)
        .where(_QUARANTINE.campaign == campaign)
    )
