"""Checks an author's role, and the towns where the records are and are moved to."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from shared import permissions, problems
from shared.operations import Operation, RecordType
from shared.permissions import Action
from shared.problems import Problem
from shared.record_types import RECORD_TYPES
from shared.vocabulary import EventType
from sync_server.access.policy import PHOTO, PLACED, RECORD, Access
from sync_server.database.in_values import in_values
from sync_server.log.projectors.tables import table_of


def action_of(operation: Operation) -> Action:
    """The action that an operation takes."""
    step = operation.fields.get("event_type") if operation.type == RecordType.HAZARD_EVENT else None
    return permissions.action_of(operation.type, operation.kind, EventType(step) if step else None)


def check_role(operation: Operation, access: Access) -> None:
    """Raise Problem role_forbidden if the author may not take the action anywhere."""
    if not access.can(action_of(operation)):
        step = {"step": operation.fields["event_type"]} if operation.type == RecordType.HAZARD_EVENT else {}
        raise problems.role_forbidden(**step, role=access.person.role.value)


class TownCheck:
    """Checks the operations of a push in order, taking into account the moves of those before each.

    Nothing is read where every grant is for the whole city.
    """

    def __init__(
        self, session: Session, campaign: str, access: Access, operations: Sequence[Operation]
    ) -> None:
        self._access = access
        self._limited = not access.is_city_wide
        self._owners: dict[str, set[str]] = {}
        self._towns: dict[str, str | None] = {}
        if self._limited:
            self._load(session, campaign, operations)

    def refusal(self, operation: Operation) -> Problem | None:
        """Problem out_of_scope, or None."""
        if not self._limited:
            return None
        action = action_of(operation)
        for owner in self._owners_of(operation):
            if not self._access.reaches(action, self._towns.get(owner)):
                return problems.out_of_scope()
        field = RECORD_TYPES[operation.type].town
        if field and field in operation.fields:
            town = operation.fields[field]
            if not self._access.reaches(action, town):
                return problems.out_of_scope(town=town)
            self._towns[operation.record] = town
        return None

    def _owners_of(self, operation: Operation) -> set[str]:
        """What the operation is about: a known photo's former owner too, and both hazards of a 合并."""
        fields = RECORD_TYPES[operation.type].owner
        if not fields:
            return {operation.record}
        named = {operation.fields.get(field) for field in (*fields, "merged_into")}
        return {owner for owner in named if owner} | self._owners.get(operation.record, set())

    def _load(self, session: Session, campaign: str, operations: Sequence[Operation]) -> None:
        for table, columns in ((PHOTO, (PHOTO.c.hazard, PHOTO.c.visit)), (RECORD, (RECORD.c.owner,))):
            records = {operation.record for operation in operations if table_of(operation.type) is table}
            if records:
                found = session.execute(
                    select(table.c.id, *columns).where(
                        table.c.campaign == campaign, in_values(session, table.c.id, records)
                    )
                )
                self._owners |= {row.id: {owner for owner in row[1:] if owner} for row in found}
        owners = {owner for operation in operations for owner in self._owners_of(operation)}
        for table in PLACED if owners else ():
            rows = session.execute(
                select(table.c.id, table.c.town_code).where(
                    table.c.campaign == campaign, in_values(session, table.c.id, owners)
                )
            )
            self._towns |= {row.id: row.town_code for row in rows}
