"""All that was ever written on the photos of hazards."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlmodel import Session

from shared.merge import Write, write_of
from shared.operations import Operation, Stamp
from sync_server.database.in_values import in_values
from sync_server.database.tables import OperationRow, PhotoRow
from sync_server.log import pages

_PHOTOS = PhotoRow.metadata.tables["photo"]
_PHOTO = _PHOTOS.c
_OPERATION = OperationRow.metadata.tables["operation"].c


def of_hazards(
    session: Session, campaign: str, hazards: Collection[str]
) -> Mapping[str, dict[str, list[Write]]]:
    """Hazard → photo → its writes in the order of the log, those of when it was another hazard's too."""
    rows = session.execute(
        select(_PHOTO.hazard, _OPERATION.seq, _OPERATION.wire, _OPERATION.hlc_eff, _OPERATION.base_eff)
        .join(_PHOTOS, (_PHOTO.campaign == _OPERATION.campaign) & (_PHOTO.id == _OPERATION.record))
        .where(_PHOTO.campaign == campaign, in_values(session, _PHOTO.hazard, hazards))
        .order_by(pages.IN_ORDER)
    )
    found: defaultdict[str, dict[str, list[Write]]] = defaultdict(dict)
    for row in rows:
        operation = Operation.model_validate(json.loads(row.wire))
        stamp = Stamp(row.seq, row.hlc_eff or operation.hlc, None, row.base_eff)
        found[row.hazard].setdefault(operation.record, []).append(write_of(operation, stamp))
    return found
