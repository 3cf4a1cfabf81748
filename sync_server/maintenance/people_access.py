"""What the command line does to people and their roles; on behalf of the deployment itself."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, select

from shared import problems
from shared.permissions import Grant
from shared.vocabulary import Role
from sync_server.access import audit, grants, links, names, people, schools
from sync_server.access.sign_in import passwords, second_factor
from sync_server.database.tables import PersonRow
from sync_server.database.transactions import in_transaction


@dataclass(frozen=True, slots=True)
class GrantRequest:
    """A role and where: town codes, or the name of a school and classes of it."""

    role: Role
    towns: tuple[str, ...] = ()
    school: str = ""
    classes: tuple[str, ...] = ()

    @property
    def is_placed(self) -> bool:
        """Whether it says where."""
        return bool(self.towns or self.school or self.classes)

    def grant(self, session: Session) -> Grant:
        """The grant; a school that is new is put on the list. Raises as `schools.grant_of`."""
        return schools.grant_of(session, self.role, self.towns, self.school, self.classes, None)


def add(engine: Engine, name: str, asked: GrantRequest, password: str | None) -> str | None:
    """Add a person with a role.

    Without a password, returns the token of a link to set one. Raises name_taken, password_weak, and as
    `GrantRequest.grant` does.
    """
    password_hash = None if password is None else passwords.hash_new(password, name)

    def work(session: Session) -> str | None:
        grant = asked.grant(session)
        added = people.add(session, name, grant.role, password_hash, scope=grant.scope)
        audit.note(session, "person_added", subject=added.id, **grants.described(grant))
        return links.make(session, added.id) if password_hash is None else None

    return in_transaction(engine, work)


def change(engine: Engine, name: str, asked: GrantRequest) -> None:
    """Replace a person's roles with this one.

    Problems: not_found, last_administrator, and as `GrantRequest.grant`.
    """

    def work(session: Session) -> None:
        person = _person(session, name).id
        grant = asked.grant(session)
        before = [given.id for given in grants.live(session, person) if given.grant != grant]
        people.give_grant(session, person, grant, None)
        for one in before:
            people.withdraw_grant(session, person, one, None)

    in_transaction(engine, work)


def give(engine: Engine, name: str, asked: GrantRequest) -> None:
    """Give a person one more role. Problems: not_found, and as `GrantRequest.grant`."""

    def work(session: Session) -> None:
        people.give_grant(session, _person(session, name).id, asked.grant(session), None)

    in_transaction(engine, work)


def withdraw(engine: Engine, name: str, asked: GrantRequest) -> None:
    """Withdraw a role: for exactly what is asked, or everywhere. Problems: not_found, last_administrator."""

    def work(session: Session) -> None:
        person = _person(session, name).id
        wanted = asked.grant(session) if asked.is_placed else None
        found = [
            given
            for given in grants.live(session, person)
            if given.grant.role == asked.role and wanted in (None, given.grant)
        ]
        if not found:
            raise problems.not_found(name=name)
        for given in found:
            people.withdraw_grant(session, person, given.id, None)

    in_transaction(engine, work)


def deactivate(engine: Engine, name: str) -> None:
    """End a person's access. Problems: not_found, last_administrator."""
    in_transaction(engine, lambda s: people.deactivate(s, _person(s, name).id, None))


def activate(engine: Engine, name: str) -> None:
    """Let a deactivated person in again. Raises Problem not_found."""
    in_transaction(engine, lambda s: people.reactivate(s, _person(s, name).id, None))


def reset_second_factor(engine: Engine, name: str) -> None:
    """Let a person sign in without a code. Raises Problem not_found."""
    in_transaction(engine, lambda s: second_factor.turn_off(s, _person(s, name).id, None))


def _person(session: Session, name: str) -> PersonRow:
    """The person of that name, active or not. Raises Problem not_found."""
    row = session.exec(select(PersonRow).where(PersonRow.name == names.tidy(name))).first()
    if row is None:
        raise problems.not_found(name=name)
    return row
