"""Whose token is in a file: the phone that made it, and whether that phone still has access."""

from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import Session, col, select

from shared import problems
from sync_server.access import devices, policy, tokens
from sync_server.access.devices import Phone
from sync_server.database.tables import DeviceRow, PersonRow, ReplacedTokenRow


@dataclass(frozen=True, slots=True)
class Owner:
    """The phone of a token, the devices that it was before, and its name.

    `ended`: it has no access any more, or the token was replaced by another one since; then whoever holds
    the token may be a thief or have a copy of the phone.
    """

    phone: Phone
    before: frozenset[str]
    name: str
    ended: bool

    @property
    def devices(self) -> set[str]:
        """The devices whose operations may come from the phone."""
        return {self.phone.device, *self.before}


def of(session: Session, campaign: str, token: str) -> Owner:
    """The owner of a token of this campaign. Raises Problem unsent_sender_unknown."""
    hashed = tokens.hashed(token)
    current = or_(col(DeviceRow.token_hash) == hashed, col(DeviceRow.offered_hash) == hashed)
    row = session.exec(select(DeviceRow).where(current)).first()
    replaced = None if row else session.get(ReplacedTokenRow, hashed)
    if replaced is not None:
        row = session.get(DeviceRow, (replaced.campaign, replaced.device))
    if row is None or row.campaign != campaign:
        raise problems.unsent_sender_unknown()
    access = policy.of_person(session, row.person)
    phone = Phone(row.id, row.campaign, access, row.last_seen_at)
    active = session.get_one(PersonRow, row.person).active
    has_access = row.revoked_at is None and active and bool(access.grants)
    before = frozenset(devices.predecessors(session, phone))
    return Owner(phone, before, row.name, replaced is not None or not has_access)
