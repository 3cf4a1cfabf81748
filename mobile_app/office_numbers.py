"""The office's numbers toward the target: asked for after a sync, and kept for when there is no network."""

from typing import TYPE_CHECKING

from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from shared.problems import Problem

if TYPE_CHECKING:
    from mobile_app.device.clock import Clock
    from mobile_app.store.database.meta import Identity
    from mobile_app.sync.server import Server
    from shared.sync.progress import ProgressAnswer

_ASK_AGAIN_S = 900.0


class OfficeNumbers:
    """A part of the services."""

    def __init__(self, database: PhoneDatabase, clock: "Clock") -> None:
        self._database, self._clock = database, clock
        self._asked: tuple[object, float] | None = None

    def known(self) -> "ProgressAnswer | None":
        """The numbers as last received for this phone's person, with the server's time of them."""
        return self._database.read(meta.office_numbers)

    async def ask(self, server: "Server", who: "Identity") -> None:
        """Ask again if the last answer is a while ago. Without an answer those that are known stay: records
        are synced all the same, and a server of before knows no such question."""
        now, whose = self._clock.steady(), (who.person, self._database.read(meta.given_roles))
        if self._asked and self._asked[0] == whose and now - self._asked[1] < _ASK_AGAIN_S:
            return
        self._asked = whose, now
        try:
            answer = await server.progress(who.campaign)
        except Problem:
            return
        await self._database.write(lambda session: meta.set_office_numbers(session, who.person, answer))
