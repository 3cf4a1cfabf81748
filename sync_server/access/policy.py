"""What one person may do and see: `can` answers for one thing, `where` for many."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from sqlalchemy import ColumnElement, Table, and_, false, literal, or_, select, true
from sqlmodel import Session

from shared import permissions, problems
from shared.permissions import Action, City, Grant, School
from shared.vocabulary import EventType, Role
from sync_server.access import grants, people
from sync_server.access.people import Person
from sync_server.database.tables import (
    EducationVisitRow,
    HazardEventRow,
    HazardRow,
    OperationRow,
    PersonRow,
    PhotoRow,
    RecordRow,
)

HAZARD, EVENT, PHOTO, VISIT, RECORD, OPERATION = (
    row.metadata.tables[str(row.__tablename__)]
    for row in (HazardRow, HazardEventRow, PhotoRow, EducationVisitRow, RecordRow, OperationRow)
)
PLACED = (HAZARD, VISIT, RECORD)
"""The tables of records that lie in a town, or in none, by themselves."""


class Placed(Protocol):
    """A thing that is in a town, or in none."""

    town_code: str | None


@dataclass(frozen=True, slots=True)
class Access:
    """A person with their grants; every query and every command takes one."""

    person: Person
    grants: tuple[Grant, ...]

    def can(self, action: Action, on: Placed | None = None) -> bool:
        """Whether the person may do an action to a thing; without one, to anything at all."""
        if on is None:
            return action in _permitted(self.grants)
        return permissions.permits(self.grants, action, town=on.town_code)

    def require(self, action: Action, on: Placed | None = None) -> None:
        """Raise Problem role_forbidden unless the person may do the action."""
        if not self.can(action, on):
            raise problems.role_forbidden(role=self.person.role.value)

    def role_for(self, step: EventType, on: Placed) -> Role:
        """The role in which the person takes a step; where no role permits it, the one they are known by."""
        found = permissions.role_for(self.grants, permissions.step_action(step), on.town_code)
        return found or self.person.role

    def reaches(self, action: Action, town: str | None) -> bool:
        """Whether the person may do the action in a town."""
        return permissions.permits(self.grants, action, town=town)

    def in_class(self, action: Action, school: str, class_name: str) -> bool:
        """Whether the person may do the action on what belongs to a class of a school."""
        return permissions.permits_in_class(self.grants, action, school, class_name)

    def schools(self, action: Action) -> list[School]:
        """The schools, with the classes, in which the person may do the action."""
        return permissions.schools_of(self.grants, action)

    @property
    def is_city_wide(self) -> bool:
        """Whether all grants are for the whole city."""
        return all(isinstance(grant.scope, City) for grant in self.grants)

    def towns(self, action: Action) -> frozenset[str] | None:
        """The towns in which the person may do the action, besides on things without a town; None for all."""
        return permissions.towns_of(self.grants, action) if self.can(action) else frozenset()

    def can_on_all_it_sees(self, action: Action) -> bool:
        """Whether the person may do the action to every hazard that they see."""
        seen, towns = self.towns(Action.SEE_HAZARDS), self.towns(action)
        return self.can(action) and (towns is None or (seen is not None and seen <= towns))

    def where(self, table: Table, action: Action) -> ColumnElement[bool]:
        """The condition on the rows of `table` to which the person may do the action.

        Hazards and visits are in the town of their own row, everything else in that of its owner.
        """
        towns = self.towns(action)
        if towns is None:
            return true()
        if not self.can(action):
            return false()
        return _within(table, towns)

    @property
    def fingerprint(self) -> str:
        """Changes when the person may see other hazards, or other fields of them; "" if they may see all."""
        towns, whole = self.towns(Action.SEE_HAZARDS), self.can_on_all_it_sees(Action.SEE_CONTACTS)
        if towns is None and whole:
            return ""
        seen = ",".join(sorted(towns or ())) if self.can(Action.SEE_HAZARDS) else "-"
        if not whole:
            contacts = self.towns(Action.SEE_CONTACTS) or frozenset()
            seen += f"{' everywhere' if towns is None else ''} contacts {','.join(sorted(contacts))}"
        return hashlib.sha256(seen.encode()).hexdigest()[:16]


def of_person(session: Session, person: str) -> Access:
    """The access of somebody with an account."""
    return Access(people.of_row(session, session.get_one(PersonRow, person)), grants.of(session, person))


SYSTEM = Access(Person("", "", Role.ADMINISTRATOR), (Grant(Role.ADMINISTRATOR),))
"""The access of the deployment itself, for commands in the terminal."""


@lru_cache(maxsize=1024)
def _permitted(grants: tuple[Grant, ...]) -> frozenset[Action]:
    """The actions that the grants permit on something. (A push asks for every operation.)"""
    return frozenset(action for action in Action if permissions.permits(grants, action))


def _within(table: Table, towns: frozenset[str]) -> ColumnElement[bool]:
    columns = table.c
    if table in (HAZARD, VISIT):
        return or_(columns.town_code.is_(None), columns.town_code.in_(sorted(towns)))
    if table is EVENT:
        return _is_within(HAZARD, table, columns.hazard, towns)
    if table is PHOTO:
        owners = [(HAZARD, columns.hazard), (VISIT, columns.visit)]
    else:
        owners = [(HAZARD, columns.owner), (VISIT, columns.owner)]
    conditions = [_is_within(placed, table, owner, towns) for placed, owner in owners]
    if table is RECORD:
        here = or_(columns.town_code.is_(None), columns.town_code.in_(sorted(towns)))
        conditions.append(and_(columns.owner == columns.id, here))
    elif table is OPERATION:
        conditions.append(_is_within(RECORD, table, columns.owner, towns))
    return or_(*conditions)


def _is_within(
    owners: Table, table: Table, owner: ColumnElement[str], towns: frozenset[str]
) -> ColumnElement[bool]:
    """Whether the owner of a row of `table` lies in one of the towns."""
    return (
        select(literal(1))
        .where(owners.c.campaign == table.c.campaign, owners.c.id == owner, _within(owners, towns))
        .correlate(table)
        .exists()
    )
