"""Lists for the administrator: people and phones."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from shared import problems
from shared.permissions import Action
from shared.vocabulary import Role
from sync_server.access import grants
from sync_server.access.grants import LiveGrant
from sync_server.access.policy import Access
from sync_server.database.tables import DeviceRow, PersonRow

_PERSON = PersonRow.metadata.tables["person"].c
_DEVICE = DeviceRow.metadata.tables["device"].c
_OFFICE = "office"
MOST_PHONES = 100
"""Phones of one person that are listed."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person, the role they are known by, their phones that have access, and what they are granted."""

    row: PersonRow
    role: Role
    phones: int
    given: tuple[LiveGrant, ...] = ()


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
    roles, given = grants.roles(session), defaultdict[str, list[LiveGrant]](list)
    for one in grants.live(session):
        given[one.person].append(one)
    return [
        Account(row, roles[row.id], number_of.get(row.id, 0), tuple(given.get(row.id, ()))) for row in rows
    ]


def account(session: Session, access: Access, person: str) -> Account:
    """One person. Problems: role_forbidden, not_found."""
    access.require(Action.MANAGE_PEOPLE)
    row = session.get(PersonRow, person)
    if row is None:
        raise problems.not_found()
    phones = session.execute(
        select(func.count()).where(
            _DEVICE.person == person, _DEVICE.platform != _OFFICE, _DEVICE.revoked_at.is_(None)
        )
    ).scalar_one()
    role = grants.roles(session, [person])[person]
    return Account(row, role, phones, tuple(grants.live(session, person)))


def phones_of(session: Session, access: Access, campaign: str, person: str) -> list[DeviceRow]:
    """A person's phones, those with access first, the newest first. Raises Problem role_forbidden."""
    access.require(Action.MANAGE_DEVICES)
    rows = session.execute(
        select(DeviceRow)
        .where(_DEVICE.campaign == campaign, _DEVICE.person == person, _DEVICE.platform != _OFFICE)
        .order_by(_DEVICE.revoked_at.is_not(None), _DEVICE.enrolled_at.desc())
        .limit(MOST_PHONES)
    )
    return list(rows.scalars())


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


def units(session: Session) -> list[str]:
    """The units that active people work for."""
    found = select(_PERSON.unit).where(_PERSON.active, _PERSON.unit != "").distinct().order_by(_PERSON.unit)
    return list(session.execute(found).scalars())


def device_names(session: Session, campaign: str) -> dict[str, str]:
    """Device id → its name; "" for a browser."""
    found = session.execute(
        select(_DEVICE.id, _DEVICE.name, _DEVICE.platform).where(_DEVICE.campaign == campaign)
    )
    return {row.id: "" if row.platform == _OFFICE else row.name for row in found}
