"""One photo's attachment as a row."""

from typing import Any

from shared import merge, record_types
from shared.merge import RecordState
from shared.operations import RecordType
from shared.records import models


def row(campaign: str, record: str, state: RecordState, first_seq: int) -> dict[str, Any]:
    """The row of `photo`; one that was only ever detached belongs to nothing."""
    values = merge.shown(state)
    photo: models.Photo = record_types.read(RecordType.PHOTO, values)
    return {
        "campaign": campaign,
        "id": record,
        "hazard": photo.hazard,
        "event": photo.event,
        "visit": photo.visit,
        "state": merge.to_json(state),
        "role": photo.role,
        "sha256": photo.sha256,
        "taken_at": photo.taken_at,
        "attached": bool(values.get(merge.ATTACHED)),
        "first_seq": first_seq,
    }
