"""Masks names and numbers in what a phone pulls, for hazards whose contacts its person may not see.

Whoever may edit a hazard may see its contacts (`shared.permissions`), so no masked value is ever written
back. A phone's own operations come as it wrote them.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from shared.operations import RecordType
from shared.permissions import Action
from sync_server.access.masking import Mask
from sync_server.access.policy import HAZARD, Access
from sync_server.database.in_values import in_values
from sync_server.log.pages import WIRE

_MASK = Mask(on=True)
_OF_A_HAZARD = f'"type":"{RecordType.HAZARD}"}}'
"""How the canonical text of an operation on a hazard ends: its keys are sorted."""


def wires(session: Session, campaign: str, access: Access, own: str, rows: Sequence[Row[Any]]) -> list[str]:
    """The texts of operations, rows of (device, wire, …), for a person whose device is `own`."""
    if access.can_on_all_it_sees(Action.SEE_CONTACTS):
        return [row[WIRE] for row in rows]
    operations = {
        at: json.loads(row.wire)
        for at, row in enumerate(rows)
        if row.device != own and row.wire.endswith(_OF_A_HAZARD)
    }
    hidden = _hidden(session, campaign, access, (operation["record"] for operation in operations.values()))
    masked = {at: _masked(operation) for at, operation in operations.items() if operation["record"] in hidden}
    return [masked.get(at, row.wire) for at, row in enumerate(rows)]


def mask_records(
    session: Session, campaign: str, access: Access, own: str, records: Sequence[dict[str, Any]]
) -> None:
    """Mask records of a snapshot, `wire.SnapshotRecord` as JSON, in place."""
    if access.can_on_all_it_sees(Action.SEE_CONTACTS):
        return
    hazards = [record for record in records if record["type"] == RecordType.HAZARD]
    hidden = _hidden(session, campaign, access, (record["record"] for record in hazards))
    for record in hazards:
        if record["record"] in hidden:
            for device, *_, registers in record["state"]["live"]:
                if device != own:
                    registers.update({name: _MASK.value(name, value) for name, value in registers.items()})


def _hidden(session: Session, campaign: str, access: Access, hazards: Iterable[str]) -> set[str]:
    """Those of the hazards whose contacts the person may not see."""
    columns = HAZARD.c
    found = session.execute(
        select(columns.id, columns.town_code).where(
            columns.campaign == campaign, in_values(session, columns.id, sorted(set(hazards)))
        )
    )
    return {row.id for row in found if not access.reaches(Action.SEE_CONTACTS, row.town_code)}


def _masked(operation: dict[str, Any]) -> str:
    operation["fields"] = {name: _MASK.value(name, value) for name, value in operation["fields"].items()}
    return json.dumps(operation, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
