"""What the phone's person may do, as the server last said."""

from collections.abc import Sequence

from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from shared import permissions, problems
from shared.permissions import Action, Grant
from shared.sync.wire import GivenRole
from shared.vocabulary import Role


class PhoneAccess:
    """A part of the services: decides by `shared.permissions` what the screens offer and what is saved."""

    def __init__(self, database: PhoneDatabase) -> None:
        self._database = database

    def grants(self) -> tuple[Grant, ...]:
        """The person's grants; by the role of enrolment until the server has said more."""
        return self._database.read(meta.grants)

    def given(self) -> tuple[GivenRole, ...]:
        """The person's roles with the names of places; only the role of enrolment until the server has said
        more."""
        given, who = self._database.read(meta.given_roles), self._database.read(meta.identity)
        if given is None:
            return (GivenRole(role=who.role),) if who else ()
        return given

    @property
    def knows_places(self) -> bool:
        """Whether the server has said where the person has their roles."""
        return self._database.read(meta.given_roles) is not None

    def roles(self) -> list[Role]:
        """The person's roles, each once."""
        return list(dict.fromkeys(grant.role for grant in self.grants()))

    def may(self, action: Action, town: str | None = None) -> bool:
        """Whether the person may do an action: in a town, or anywhere."""
        return permissions.permits(self.grants(), action, town=town)

    def require(self, actions: Sequence[Action]) -> None:
        """Raise Problem role_forbidden unless the person may do all of these somewhere."""
        if not all(map(self.may, actions)):
            role = permissions.first(self.roles())
            raise problems.role_forbidden(**({"role": role.value} if role else {}))
