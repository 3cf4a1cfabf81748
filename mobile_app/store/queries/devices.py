"""The devices that wrote what is here, and their persons."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import KnownDevice
from mobile_app.store.log import entries
from shared.sync.wire import DeviceName


def note(session: Session, devices: Mapping[str, DeviceName]) -> None:
    """Store what the server says about devices."""
    rows = [{"id": device, "person": name.person, "name": name.name} for device, name in devices.items()]
    if rows:
        statement = insert(KnownDevice)
        updates = {"person": statement.excluded.person, "name": statement.excluded.name}
        session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=updates), rows)


def names(session: Session, devices: Iterable[str]) -> dict[str, DeviceName]:
    """Device → its person and its name, for those of `devices` that this phone has heard of, itself too."""
    who = meta.identity(session)
    found = {who.device: DeviceName(person=who.name, name=who.device_name)} if who else {}
    for some in entries.slices(sorted(set(devices))):
        rows = session.execute(select(KnownDevice).where(col(KnownDevice.id).in_(some))).scalars()
        found |= {row.id: DeviceName(person=row.person, name=row.name) for row in rows}
    return found
