"""A record of a type without a table of its own as a row."""

from typing import Any

from shared import merge
from shared.record_types import RECORD_TYPES, owner_of
from sync_server.log.projectors.record_change import RecordChange


def row(change: RecordChange) -> dict[str, Any]:
    """The row of `record`."""
    values = merge.shown(change.state)
    town = RECORD_TYPES[change.type].town
    return {
        "campaign": change.campaign,
        "id": change.record,
        "type": change.type,
        "owner": owner_of(change.type, change.record, values),
        "state": merge.to_json(change.state),
        "town_code": values.get(town) if town else None,
        "deleted": merge.deleted(change.state),
        "conflicts": len(merge.disputes(change.state)),
        "updated_seq": change.last_seq,
    }
