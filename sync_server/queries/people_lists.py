"""Lists for the administrator: people and phones."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from sync_server.database.tables import DeviceRow, PersonRow

_PERSON = PersonRow.metadata.tables["person"].c
_DEVICE = DeviceRow.metadata.tables["device"].c
_OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Account:
    """A person with the number of phones that still have access."""

    row: PersonRow
    phones: int


@dataclass(frozen=True, slots=True)
class Owned:
    """A phone and the name of whom it belongs to."""

    row: DeviceRow
    owner: str


def accounts(session: Session) -> list[Account]:
    """Everyone, those no longer active last."""
    counted = session.execute(
        select(_DEVICE.person, func.count())
        .where(_DEVICE.platform != _OFFICE, _DEVICE.revoked_at.is_(None))
        .group_by(_DEVICE.person)
    )
    number_of = {row.person: row[1] for row in counted}
    rows = session.execute(
        select(PersonRow).order_by(_PERSON.active.desc(), _PERSON.created_at, _PERSON.id)
    ).scalars()
    return [Account(row, number_of.get(row.id, 0)) for row in rows]


def phones(session: Session, campaign: str) -> list[Owned]:
    """Every phone of a campaign: those with access first, the newest first."""
    rows = session.execute(
        select(DeviceRow)
        .where(_DEVICE.campaign == campaign, _DEVICE.platform != _OFFICE)
        .order_by(_DEVICE.revoked_at.is_not(None), _DEVICE.enrolled_at.desc())
    ).scalars()
    names = people_names(session)
    return [Owned(row, names.get(row.person, "")) for row in rows]


def people_names(session: Session) -> dict[str, str]:
    """Person id → name, of all persons, those no longer active too."""
    found = session.execute(select(_PERSON.id, _PERSON.name))
    return {row.id: row.name for row in found}


def device_names(session: Session, campaign: str) -> dict[str, str]:
    """Device id → its name; "" for a browser."""
    found = session.execute(
        select(_DEVICE.id, _DEVICE.name, _DEVICE.platform).where(_DEVICE.campaign == campaign)
    )
    return {row.id: "" if row.platform == _OFFICE else row.name for row in found}
