"""Keeps the office's key that a pull names."""

from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from shared.sync.wire import OfficeKey


async def keep(database: PhoneDatabase, key: OfficeKey | None) -> None:
    """Store the key, durable on return, unless it is known. None: the server named none."""
    if key is None or database.read(meta.office_key) == key:
        return
    await database.write(lambda session: meta.set_office_key(session, key))
    await database.settle()
