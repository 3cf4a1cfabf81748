"""Reads everything that was ever written about the photos of hazards."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import literal, select
from sqlmodel import Session

from shared.merge import Write, write_of
from shared.operations import Operation, RecordType, Stamp
from sync_server.database.in_values import in_values
from sync_server.database.tables import OperationRow
from sync_server.log import pages

_OPERATION = OperationRow.metadata.tables["operation"].c
_OF_PHOTO = _OPERATION.type == literal(RecordType.PHOTO.value, literal_execute=True)  # as the index says it


def of_hazards(
    session: Session, campaign: str, hazards: Collection[str]
) -> Mapping[str, dict[str, list[Write]]]:
    """Hazard → photo that belongs to it or did → all writes of the photo, in the order of the log."""
    rows = session.execute(
        select(_OPERATION.owner, _OPERATION.record)
        .where(_OPERATION.campaign == campaign, _OF_PHOTO, in_values(session, _OPERATION.owner, hazards))
        .distinct()
    ).all()
    written = of_photos(session, campaign, {row.record for row in rows})
    found: defaultdict[str, dict[str, list[Write]]] = defaultdict(dict)
    for row in rows:
        found[row.owner][row.record] = written[row.record]
    return found


def of_photos(session: Session, campaign: str, photos: Collection[str]) -> Mapping[str, list[Write]]:
    """Photo → all its writes in the order of the log."""
    rows = session.execute(
        select(_OPERATION.seq, _OPERATION.wire, _OPERATION.hlc_eff, _OPERATION.base_eff)
        .where(_OPERATION.campaign == campaign, in_values(session, _OPERATION.record, photos))
        .where(_OF_PHOTO)
        .order_by(pages.IN_ORDER)
    )
    found: defaultdict[str, list[Write]] = defaultdict(list)
    for row in rows:
        operation = Operation.model_validate(json.loads(row.wire))
        stamp = Stamp(row.seq, row.hlc_eff or operation.hlc, None, row.base_eff)
        found[operation.record].append(write_of(operation, stamp))
    return found
