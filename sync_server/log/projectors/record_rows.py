"""A record of a type without a table of its own as a row."""

from typing import Any

from shared import merge
from shared.merge import RecordState
from shared.record_types import RECORD_TYPES, owner_of


def row(campaign: str, name: str, record: str, state: RecordState, seq: int) -> dict[str, Any]:
    """The row of `record`."""
    values = merge.shown(state)
    town = RECORD_TYPES[name].town
    return {
        "campaign": campaign,
        "id": record,
        "type": name,
        "owner": owner_of(name, record, values),
        "state": merge.to_json(state),
        "town_code": values.get(town) if town else None,
        "deleted": merge.deleted(state),
        "conflicts": len(merge.disputes(state)),
        "updated_seq": seq,
    }
