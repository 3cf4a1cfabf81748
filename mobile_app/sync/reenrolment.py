"""Enrolling once more a phone whose access ended."""

from mobile_app.store.database.meta import Enrolment
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import recovery
from mobile_app.sync.sync_loop import SyncLoop


class Reenrolment:
    """Two steps, so that a person can be asked between them: the code is spent with the first, the phone
    has its new token with the second."""

    def __init__(self, database: PhoneDatabase, sync_loop: SyncLoop) -> None:
        self._database = database
        self._sync_loop = sync_loop

    async def ask(self, code: str, device_name: str) -> Enrolment:
        """Who this phone would be by a code, or by the link that carries it.

        Problems: those of `Server.enrol`, campaign_foreign.
        """
        return await self._sync_loop.enrolment(code, device_name)

    async def take(self, enrolment: Enrolment) -> None:
        """Be that device, and send what is not at the server yet. Durable on return."""
        async with self._sync_loop.between_rounds():
            await self._database.write_through(lambda session: recovery.enrol_again(session, enrolment))
