"""Checks that nobody attaches photos without end to one hazard or visit."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import literal, select
from sqlmodel import Session

from shared import problems, record_types
from shared.operations import Kind, Operation, RecordType
from shared.problems import Problem
from sync_server.access.policy import OPERATION
from sync_server.database.in_values import in_values
from sync_server.database.tables import DeviceRow

MOST_PHOTOS = 2000
"""Photos of one person on one hazard or visit, removed ones too: two a day for nearly three years.

Each view of it, and each 报验, looks at all of them. By person, so that nobody takes the room of others.
"""
_LOG = OPERATION.c
_DEVICE = DeviceRow.metadata.tables["device"].c
_OF_PHOTO = _LOG.type == literal(RecordType.PHOTO.value, literal_execute=True)  # as the index says it


class PhotoCheck:
    """Checks the operations of a push in order; accepted ones are included for those that follow."""

    def __init__(self, session: Session, campaign: str, author: str, operations: Sequence[Operation]) -> None:
        self._of: defaultdict[str, set[str]] = defaultdict(set)
        """Hazard or visit → the photos that the author attached to it."""
        if owners := {_owner(one) for one in operations if _attaches(one)}:
            self._load(session, campaign, author, owners)

    def refusal(self, operation: Operation) -> Problem | None:
        """Problem too_many_photos, or None."""
        if not _attaches(operation):
            return None
        there = self._of[_owner(operation)]
        if operation.record in there or len(there) < MOST_PHOTOS:
            return None
        return problems.too_many_photos(limit=MOST_PHOTOS)

    def include(self, operation: Operation) -> None:
        """Make an accepted operation known to the checks of those after it."""
        if _attaches(operation):
            self._of[_owner(operation)].add(operation.record)

    def _load(self, session: Session, campaign: str, author: str, owners: Collection[str]) -> None:
        own = select(_DEVICE.id).where(_DEVICE.campaign == campaign, _DEVICE.person == author)
        rows = session.execute(
            select(_LOG.owner, _LOG.record)
            .where(_LOG.campaign == campaign, _OF_PHOTO, in_values(session, _LOG.owner, owners))
            .where(_LOG.device.concat("").in_(own))  # or all that the person ever wrote would be read instead
            .distinct()
        )
        for owner, record in rows:
            self._of[owner].add(record)


def _attaches(operation: Operation) -> bool:
    return operation.type == RecordType.PHOTO and operation.kind is Kind.ATTACH


def _owner(operation: Operation) -> str:
    return record_types.owner_of(operation.type, operation.record, operation.fields)
