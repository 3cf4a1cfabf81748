"""Which projector makes the rows of a type."""

from collections.abc import Callable
from typing import Any

from shared.operations import RecordType
from sync_server.log.projectors import education_visit_rows, hazard_event_rows, photo_rows, record_rows
from sync_server.log.projectors.record_change import RecordChange

_PROJECTORS: dict[str, Callable[[RecordChange], dict[str, Any]]] = {
    RecordType.HAZARD_EVENT: hazard_event_rows.row,
    RecordType.PHOTO: photo_rows.row,
    RecordType.EDUCATION_VISIT: education_visit_rows.row,
}
"""The types with a table of their own; the rows of hazards follow from their events and photos too."""


def row_of(change: RecordChange) -> dict[str, Any]:
    """The row of a record that is no hazard, in the table of its type."""
    return _PROJECTORS.get(change.type, record_rows.row)(change)
