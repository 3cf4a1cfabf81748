"""Keeps what a pull says of the person's present roles."""

from collections.abc import Sequence

from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from shared.sync.wire import GivenRole


async def keep(database: PhoneDatabase, roles: Sequence[GivenRole] | None) -> bool:
    """Store the roles, durable on return; whether they are new. None: the server named none."""
    if roles is None or database.read(meta.given_roles) == tuple(roles):
        return False
    await database.write(lambda session: meta.set_given_roles(session, roles))
    await database.settle()
    return True
