"""An event of a hazard as a row, and as an entry of the hazard's history."""

from collections.abc import Mapping
from typing import Any

from shared import merge, record_types
from shared.hazards import history
from shared.hazards.history import TimelineEvent
from shared.merge import RecordState, Write
from shared.operations import RecordType
from shared.records import models
from sync_server.log.projectors.record_change import RecordChange


def written_once(state: RecordState, write: Write) -> RecordState:
    """The state of an event after a write; of several writes, the first counts."""
    return RecordState((history.first_write((*state.live, write)),))


def row(change: RecordChange) -> dict[str, Any]:
    """The row of `hazard_event`; the state is one of `written_once`."""
    [write] = change.state.live
    fields = merge.shown(change.state)
    event: models.HazardEvent = record_types.read(RecordType.HAZARD_EVENT, fields)
    return {
        "campaign": change.campaign,
        "id": change.record,
        "hazard": event.hazard,
        "state": merge.to_json(change.state),
        "event_type": event.event_type,
        "at": event.at,
        "author": write.author,
        "device": write.device,
        "hlc": write.hlc,
        "n": write.number,
        "seq": write.seq,
        "base": write.base,
        "fields": fields,
        "merged_into": event.merged_into,
    }


def timeline_event(row: Mapping[str, Any]) -> TimelineEvent:
    """The event of a row, as `lifecycle.fold` takes it."""
    write = Write(
        row["device"],
        row["n"],
        row["seq"],
        row["base"],
        row["hlc"],
        row["author"],
        row["fields"]["at"],
        row["fields"],
    )
    return history.timeline_event(row["id"], write)
