"""All records of one hazard or visit, read together, and what they show."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from mobile_app.store.database.tables import StoredRecord
from shared import lifecycle, merge
from shared.hazards import history, kit
from shared.hazards.history import HazardHistory, TimelineEvent
from shared.merge import RecordState
from shared.operations import RecordType


@dataclass(slots=True)
class Bundle:
    """Everything known about one hazard or visit: id → state, by record type."""

    hazard: RecordState | None = None
    visit: RecordState | None = None
    ledger_no: str | None = None
    events: dict[str, RecordState] = field(default_factory=dict)
    photos: dict[str, RecordState] = field(default_factory=dict)


def of(session: Session, owners: Sequence[str]) -> dict[str, Bundle]:
    """Hazard or visit → its records."""
    found = {owner: Bundle() for owner in owners}
    rows = session.execute(
        select(
            col(StoredRecord.id),
            col(StoredRecord.type),
            col(StoredRecord.owner),
            col(StoredRecord.ledger_no),
            col(StoredRecord.state),
        ).where(col(StoredRecord.owner).in_(owners))
    )
    for row in rows:
        bundle, state = found[row.owner], merge.from_json(json.loads(row.state))
        match row.type:
            case RecordType.HAZARD:
                bundle.hazard, bundle.ledger_no = state, row.ledger_no
            case RecordType.EDUCATION_VISIT:
                bundle.visit = state
            case RecordType.HAZARD_EVENT:
                bundle.events[row.id] = state
            case RecordType.PHOTO:
                bundle.photos[row.id] = state
    return found


def timeline(bundle: Bundle) -> list[TimelineEvent]:
    """The hazard's events."""
    return [
        history.timeline_event(record, history.first_write(state.live))
        for record, state in bundle.events.items()
    ]


def history_of(bundle: Bundle) -> HazardHistory:
    """The history that the hazard's events make."""
    return lifecycle.fold(timeline(bundle))


def shown(bundle: Bundle) -> dict[str, Any]:
    """The hazard's values as people see them, the kit as it was found last."""
    state = bundle.hazard or merge.EMPTY
    return {**merge.shown(state), **kit.found_later(state, timeline(bundle))}


def attached(bundle: Bundle) -> list[tuple[str, dict[str, Any]]]:
    """(record, shown values) of the photos that are attached, oldest first."""
    found = [(record, state, merge.shown(state)) for record, state in bundle.photos.items()]
    found.sort(key=lambda item: item[1].live[-1].rank)
    return [(record, values) for record, state, values in found if values.get(merge.ATTACHED)]


def writers(bundle: Bundle) -> set[str]:
    """The devices that wrote what is shown, or what is in dispute with it."""
    states = [bundle.hazard, bundle.visit, *bundle.events.values(), *bundle.photos.values()]
    return {write.device for state in states if state for write in state.live}


def merged_into(bundle: Bundle) -> set[str]:
    """The hazards into which a hazard was merged, be it taken back or not."""
    named = (write.fields.get("merged_into") for state in bundle.events.values() for write in state.live)
    return set(filter(None, named))
