"""Lists for the administrator: people and phones."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from shared.permissions import Action
from shared.vocabulary import Role
from sync_server.access import grants
from sync_server.access.policy import Access
from sync_server.database.tables import DeviceRow, PersonRow

_PERSON = PersonRow.metadata.tables["person"].c
_DEVICE = DeviceRow.metadata.tables["device"].c
_OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Account:
    """A person, the role they are known by, and how many of their phones still have access.

    `towns`: the codes of the towns that the role is limited to, none for the whole city.
    """

    row: PersonRow
    role: Role
    phones: int
    towns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Owned:
    """A phone and its person's name."""

    row: DeviceRow
    owner: str


def accounts(session: Session, access: Access) -> list[Account]:
    """Everyone, those no longer active last. Raises Problem role_forbidden."""
    access.require(Action.MANAGE_PEOPLE)
    counted = session.execute(
        select(_DEVICE.person, func.count())
        .where(_DEVICE.platform != _OFFICE, _DEVICE.revoked_at.is_(None))
        .group_by(_DEVICE.person)
    )
    number_of = {row.person: row[1] for row in counted}
    rows = session.execute(
        select(PersonRow).order_by(_PERSON.active.desc(), _PERSON.created_at, _PERSON.id)
    ).scalars()
    roles, towns = grants.roles(session), grants.towns(session)
    return [
        Account(row, roles[row.id], number_of.get(row.id, 0), towns.get(row.id, frozenset())) for row in rows
    ]


def phones(session: Session, access: Access, campaign: str, most: int, skipped: int = 0) -> list[Owned]:
    """At most `most` phones of a campaign after the first `skipped`. Raises Problem role_forbidden.

    Those with access come first, and of them those that claimed to have seen another log; the newest first.
    """
    access.require(Action.MANAGE_DEVICES)
    rows = session.execute(
        select(DeviceRow)
        .where(_DEVICE.campaign == campaign, _DEVICE.platform != _OFFICE)
        .order_by(_DEVICE.revoked_at.is_not(None), _DEVICE.claims.desc(), _DEVICE.enrolled_at.desc())
        .offset(skipped)
        .limit(most)
    ).scalars()
    names = people_names(session)
    return [Owned(row, names.get(row.person, "")) for row in rows]


def people_names(session: Session) -> dict[str, str]:
    """Person id → name, of all persons, inactive ones included."""
    found = session.execute(select(_PERSON.id, _PERSON.name))
    return {row.id: row.name for row in found}


def device_names(session: Session, campaign: str) -> dict[str, str]:
    """Device id → its name; "" for a browser."""
    found = session.execute(
        select(_DEVICE.id, _DEVICE.name, _DEVICE.platform).where(_DEVICE.campaign == campaign)
    )
    return {row.id: "" if row.platform == _OFFICE else row.name for row in found}
