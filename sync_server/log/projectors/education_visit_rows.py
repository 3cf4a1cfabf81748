"""A session of safety education as a row."""

from typing import Any

from shared import merge, record_types
from shared.operations import RecordType
from shared.records import models
from sync_server.log.projectors.record_change import RecordChange


def row(change: RecordChange) -> dict[str, Any]:
    """The row of `education_visit`."""
    state = change.state
    visit: models.EducationVisit = record_types.read(RecordType.EDUCATION_VISIT, merge.shown(state))
    return {
        "campaign": change.campaign,
        "id": change.record,
        "state": merge.to_json(state),
        "date": visit.date.isoformat() if visit.date else None,
        "town_code": visit.town_code,
        "visit_type": visit.visit_type,
        "place": visit.place,
        "lat": visit.position.lat if visit.position else None,
        "lon": visit.position.lon if visit.position else None,
        "headcount": visit.headcount,
        "households": visit.households,
        "leaflets": visit.leaflets,
        "letters_issued": visit.letters_issued,
        "receipts_returned": visit.receipts_returned,
        "deleted": merge.deleted(state),
        "conflicts": len(merge.disputes(state)),
        "updated_seq": change.last_seq,
    }
