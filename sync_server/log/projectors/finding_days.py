"""The finding days of hazards whose entered day was cleared again."""

import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import Session

from shared import china_time, merge
from shared.merge import RecordState
from sync_server.access.policy import OPERATION
from sync_server.database.in_values import in_values


def taken_back(session: Session, campaign: str, states: Mapping[str, RecordState]) -> dict[str, str]:
    """Hazard → the ISO day in China on which its first operation was made, for those of the states that name
    no day any more; what their rows say is the day that was named."""
    hazards = [record for record, state in states.items() if _is_taken_back(state)]
    if not hazards:
        return {}
    log = OPERATION.c
    rows = session.execute(
        select(log.record, log.wire)
        .where(log.campaign == campaign, in_values(session, log.record, hazards))
        .order_by(log.record, log.seq)
    )
    firsts: dict[str, str] = {}
    for row in rows:
        firsts.setdefault(row.record, row.wire)
    return {record: china_time.day_of(json.loads(wire)["made_at"]) for record, wire in firsts.items()}


def _is_taken_back(state: RecordState) -> bool:
    return any(write.fields["found_on"] is None for write in merge.heads(state, "found_on")[-1:])
