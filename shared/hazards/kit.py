"""救生设施 as they stand: what the hazard says of each item, or what an event found there later."""

from collections.abc import Iterable
from typing import Any

from shared import merge
from shared.hazards.history import TimelineEvent, in_order
from shared.merge import RecordState

_KIT = "kit_"


def found_later(state: RecordState, events: Iterable[TimelineEvent]) -> dict[str, Any]:
    """Field of a kit item → its check, for those that an event found after the hazard's own was written."""
    later: dict[str, Any] = {}
    for event in in_order(events):
        for name, check in event.write.fields.items():
            if name.startswith(_KIT) and check is not None:
                own = merge.heads(state, name)
                if not own or own[-1].rank < event.write.rank:
                    later[name] = check
    return later
