"""救生设施: the names of an item's states, and what was last found of each item."""

from collections.abc import Iterable
from typing import Any

from shared import merge
from shared.hazards.history import TimelineEvent, in_order
from shared.merge import RecordState
from shared.vocabulary import KitItem, KitState
from shared.wording import Wording

_KIT = "kit_"
_ON_DUTY = {KitState.GOOD: Wording("有", "Yes"), KitState.MISSING: Wording("无", "No")}
"""The states of 巡查值守: there is somebody or not; nothing can be intact or damaged."""


def states_of(field: str) -> tuple[KitState, ...]:
    """The states that people choose from for the kit item of a field."""
    if field == f"{_KIT}{KitItem.PATROL.value}":
        return tuple(_ON_DUTY)
    return KitState.GOOD, KitState.DAMAGED, KitState.MISSING


def state_wording(field: str, state: KitState) -> Wording:
    """The name of a state, for the kit item of a field."""
    plain = Wording(state.zh, state.en)
    return _ON_DUTY.get(state, plain) if field == f"{_KIT}{KitItem.PATROL.value}" else plain


def found_later(state: RecordState, events: Iterable[TimelineEvent]) -> dict[str, Any]:
    """Field of a kit item → its check, for those that an event found after the hazard's own value."""
    later: dict[str, Any] = {}
    for event in in_order(events):
        for name, check in event.write.fields.items():
            if name.startswith(_KIT) and check is not None:
                own = merge.heads(state, name)
                if not own or own[-1].rank < event.write.rank:
                    later[name] = check
    return later
