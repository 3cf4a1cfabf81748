"""One session of safety education as a row."""

from typing import Any

from shared import merge, record_types
from shared.merge import RecordState
from shared.operations import RecordType
from shared.records import models


def row(campaign: str, record: str, state: RecordState, seq: int) -> dict[str, Any]:
    """The row of `education_visit`."""
    visit: models.EducationVisit = record_types.read(RecordType.EDUCATION_VISIT, merge.shown(state))
    return {
        "campaign": campaign,
        "id": record,
        "state": merge.to_json(state),
        "date": visit.date.isoformat() if visit.date else None,
        "town_code": visit.town_code,
        "deleted": merge.deleted(state),
        "conflicts": len(merge.disputes(state)),
        "updated_seq": seq,
    }
