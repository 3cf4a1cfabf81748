"""One event of a hazard as a row, and as the life of the hazard reads it."""

from typing import Any

from shared import merge, record_types
from shared.lifecycle import TimelineEvent
from shared.merge import RecordState, Write
from shared.operations import RecordType
from shared.records import models


def earliest(state: RecordState, write: Write) -> RecordState:
    """An event is written once: of several writes the earliest counts (as in `lifecycle.in_order`)."""
    return RecordState((min((*state.live, write), key=lambda known: known.rank),))


def row(campaign: str, record: str, state: RecordState) -> dict[str, Any]:
    """The row of `hazard_event`; the state is one of `earliest`."""
    [write] = state.live
    fields = merge.shown(state)
    event: models.HazardEvent = record_types.read(RecordType.HAZARD_EVENT, fields)
    return {
        "campaign": campaign,
        "id": record,
        "hazard": event.hazard,
        "state": merge.to_json(state),
        "event_type": event.event_type,
        "at": event.at,
        "author": write.author,
        "device": write.device,
        "hlc": write.hlc,
        "n": write.n,
        "seq": write.seq,
        "base": write.base,
        "fields": fields,
    }


def happening(row: dict[str, Any]) -> TimelineEvent:
    """The event of a row, as `lifecycle.fold` takes it."""
    event: models.HazardEvent = record_types.read(RecordType.HAZARD_EVENT, row["fields"])
    if event.event_type is None or event.at is None:
        raise ValueError(row["id"])
    return TimelineEvent(
        record=row["id"],
        write=Write(
            row["device"],
            row["n"],
            row["seq"],
            row["base"],
            row["hlc"],
            row["author"],
            event.at,
            row["fields"],
        ),
        type=event.event_type,
        at=event.at,
        result=event.result,
        assignee_unit=event.assignee_unit,
        due_date=event.due_date.isoformat() if event.due_date else None,
    )
