"""A hazard as the row that lists, maps and counts read."""

from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from shared import china_time, lifecycle, merge
from shared.hazards import kit
from shared.merge import RecordState
from shared.operations import Operation
from shared.profiles import risk
from shared.vocabulary import PhotoRole
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow
from sync_server.log.projectors import hazard_event_rows

_REPORTED = lifecycle.fold(())


def birth(first: Operation) -> dict[str, Any]:
    """What a hazard keeps from its first operation: who found it, and when unless somebody enters a day."""
    return {"inspector": first.author, "ledger_no": None, "found_on": china_time.day_of(first.made_at)}


def row(
    campaign: CampaignRow,
    record: str,
    state: RecordState,
    *,
    before: dict[str, Any],
    ledger_no: str | None,
    events: Sequence[dict[str, Any]],
    photos: Sequence[dict[str, Any]],
    seq: int,
    hazard: Any = None,
) -> dict[str, Any]:
    """The row of `hazard`. `before`: the row so far, or its `birth`; `events`, `photos`: its rows.

    `hazard`: the record of the state, if it was read before.
    """
    profile = campaigns.profile_of(campaign)
    timeline = [hazard_event_rows.timeline_event(event) for event in events]
    history = lifecycle.fold(timeline) if timeline else _REPORTED
    later = kit.found_later(state, timeline) if timeline else {}
    if hazard is None or later:
        hazard = profile.read_hazard({**merge.shown(state), **later})
    attached = sorted([photo for photo in photos if photo["attached"]], key=itemgetter("first_seq"))
    first = {photo["role"]: photo["sha256"] for photo in reversed(attached)}
    number = before["ledger_no"] or ledger_no
    assessed = profile.assess(hazard)
    found_on = _day(hazard.found_on) or before["found_on"]

    return {
        "campaign": campaign.id,
        "id": record,
        "state": merge.to_json(state),
        "ledger_no": number,
        "year": hazard.year or china_time.year_of(found_on),
        "town_code": hazard.town_code,
        "village": hazard.village,
        "water_name": getattr(hazard, profile.title_field),
        "water_type": getattr(hazard, profile.type_field),
        "lat": hazard.position.lat if hazard.position else None,
        "lon": hazard.position.lon if hazard.position else None,
        "status": history.status,
        "concurrent_statuses": list(history.concurrent_statuses),
        "kit": later,
        "risk_level": risk.settled_level(hazard, assessed)[0] if assessed else None,
        "risk_score": assessed.residual if assessed and not assessed.incomplete else None,
        "assignee_unit": history.assignee_unit,
        "assigned_on": history.assigned_on,
        "due_date": history.due_date or _day(hazard.due_date),
        "found_on": found_on,
        "rectified_on": history.rectified_on,
        "first_closed_on": history.first_closed_on,
        "closed_on": history.closed_on,
        "controlled_on": history.controlled_on,
        "rechecked_on": history.rechecked_on,
        "relapses": history.relapses,
        "inspector": before["inspector"],
        "conflicts": len(merge.disputes(state)) + len(history.concurrent_statuses),
        "deleted": merge.deleted(state),
        "before_photo": first.get(PhotoRole.BEFORE) or first.get(PhotoRole.SITE),
        "after_photo": first.get(PhotoRole.AFTER),
        "photo_count": len(attached),
        "updated_seq": seq,
        "search": "",
        "search_persons": "",
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
