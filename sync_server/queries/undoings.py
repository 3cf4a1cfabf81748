"""What devices wrote and administrators undid: the audit has a line for each undoing and withdrawal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session

from shared.permissions import Action
from sync_server.access.devices import OFFICE, UNDO
from sync_server.access.policy import Access
from sync_server.database.tables import AuditRow, DeviceRow

UNDONE, WITHDRAWN = "device_undone", "undoing_withdrawn"
_AUDIT = AuditRow.metadata.tables["audit"].c
_DEVICE = DeviceRow.metadata.tables["device"].c


@dataclass(frozen=True, slots=True)
class Undoing:
    """A device's operations that were received from `since` on and stand on the log up to `end`.

    `end`: None for undoings of before it was noted; those cover what was received until `at`.
    `withdrawn`: when that was, "" while it holds.
    """

    id: str
    device: str
    since: str
    end: int | None
    at: str
    person: str
    reason: str
    withdrawn: str = ""

    def covers(self, device: str, seq: int, received_at: str) -> bool:
        """Whether it is about this operation."""
        if device != self.device or received_at < self.since:
            return False
        return received_at <= self.at if self.end is None else seq <= self.end


@dataclass(frozen=True, slots=True)
class Undoings:
    """All of them, the oldest first. `hands`: the devices under which undoing and withdrawing wrote."""

    noted: Sequence[Undoing]
    hands: frozenset[str]

    def is_void(self, device: str, seq: int, received_at: str) -> bool:
        """Whether an operation counts no more, or was written only because of such."""
        return device in self.hands or any(
            one.covers(device, seq, received_at) for one in self.noted if not one.withdrawn
        )

    def of(self, undoing: str) -> Undoing | None:
        """The one with that id."""
        return next((one for one in self.noted if one.id == undoing), None)

    def with_one(self, undoing: Undoing) -> "Undoings":
        """These and one more."""
        return replace(self, noted=[*self.noted, undoing])

    def without(self, undoing: str) -> "Undoings":
        """All but the one with that id."""
        return replace(self, noted=[one for one in self.noted if one.id != undoing])


def all_noted(session: Session, access: Access, campaign: str) -> Undoings:
    """Every undoing. Raises Problem role_forbidden."""
    access.require(Action.MANAGE_DEVICES)
    hands = set(
        session.execute(
            select(_DEVICE.id).where(
                _DEVICE.campaign == campaign, _DEVICE.platform == OFFICE, _DEVICE.name == UNDO
            )
        ).scalars()
    )
    rows = session.execute(
        select(AuditRow).where(_AUDIT.action.in_((UNDONE, WITHDRAWN))).order_by(_AUDIT.number)
    ).scalars()
    found = list(rows)
    withdrawn = {row.subject: row.at for row in found if row.action == WITHDRAWN}
    noted = []
    for row in found:
        if row.action == UNDONE:
            said = row.details
            hands.update(said.get("hands", ()))  # of before such devices had a name of their own
            noted.append(
                Undoing(
                    row.id,
                    row.device or "",
                    said["since"],
                    said.get("end"),
                    row.at,
                    row.person or "",
                    said["reason"],
                    withdrawn.get(row.id, ""),
                )
            )
    return Undoings(noted, frozenset(hands))
