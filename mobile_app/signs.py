"""The waters to which signs lead: a part of the services."""

from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.patrols import signs
from mobile_app.store.queries import hazards
from mobile_app.store.queries.hazards import HazardRow


class Signs:
    """Finds waters by the codes on their signs."""

    def __init__(self, database: PhoneDatabase) -> None:
        self._database = database

    def hazards_with(self, code: str) -> list[HazardRow]:
        """The lines of the hazards here to which the sign `code` leads (`signs.hazards_with`)."""
        return self._database.read(lambda session: hazards.rows(session, signs.hazards_with(session, code)))
