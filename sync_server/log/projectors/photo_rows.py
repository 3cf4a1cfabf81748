"""One photo's attachment as a row."""

from typing import Any

from shared import merge, record_types
from shared.operations import RecordType
from shared.records import models
from sync_server.log.projectors.record_change import RecordChange


def row(change: RecordChange) -> dict[str, Any]:
    """The row of `photo`; one that was only ever detached belongs to nothing."""
    values = merge.shown(change.state)
    photo: models.Photo = record_types.read(RecordType.PHOTO, values)
    return {
        "campaign": change.campaign,
        "id": change.record,
        "hazard": photo.hazard,
        "event": photo.event,
        "visit": photo.visit,
        "state": merge.to_json(change.state),
        "role": photo.role,
        "sha256": photo.sha256,
        "taken_at": photo.taken_at,
        "attached": bool(values.get(merge.ATTACHED)),
        "first_seq": change.before["first_seq"] if change.before else change.first_seq,
    }
