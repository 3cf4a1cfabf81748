"""What pulls say of the person's present roles, and of the unit that they work for."""

from collections.abc import Sequence

from sqlmodel import Session

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


def unit(session: Session) -> str:
    """The unit that the phone's person works for, as the server last said; "" for none."""
    return next((role.unit for role in meta.given_roles(session) or () if role.unit), "")
