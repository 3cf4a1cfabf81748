"""Turns a person's changes into operations: numbered, stamped and added to the log in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from mobile_app.store.database import meta
from mobile_app.store.log import causal_base, writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.queries.upload_states import OperationState
from shared import clock, merge, problems, record_types
from shared.merge import RecordState
from shared.operations import Kind, Operation


@dataclass(frozen=True, slots=True)
class Change:
    """One write: a record, and the fields (JSON-ready) to write."""

    type: str
    kind: Kind
    record: str
    fields: dict[str, Any]


def save(session: Session, changes: Sequence[Change], *, made_at: str, now_ms: int) -> list[Operation]:
    """Write `changes` in order as operations of this device.

    `made_at` is the device's wall time, `now_ms` the same moment by the server's clock as far as known.
    Problems: those of `records.check_fields`, `sign_in_required` before enrolment.
    """
    who = meta.identity(session)
    if who is None:
        raise problems.sign_in_required()
    where, profile = meta.progress(session), meta.profile(session)
    n, hlc = where.n, where.hlc
    operations: list[Operation] = []
    for change in changes:
        base, tip = causal_base.of(session, change.type, change.record, change.fields)
        n, hlc = n + 1, clock.tick(hlc, now_ms)
        operation = Operation(
            campaign=who.campaign,
            device=who.device,
            number=n,
            record=change.record,
            type=change.type,
            kind=change.kind,
            fields=change.fields,
            base=base,
            base_fingerprint=tip,
            hlc=hlc,
            made_at=made_at,
            author=who.person,
        )
        record_types.check_fields(operation, profile.model(change.type))
        operations.append(operation)
    writer.append(session, [LogEntry(operation, None, OperationState.UNSENT) for operation in operations])
    return operations


def json_ready(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` of a record of `model` as they travel: codes, ISO dates. Problems: invalid, unknown_field."""
    try:
        record = model.model_validate(dict(values))
    except ValidationError as error:
        raise record_types.problem_of(error) from None
    return record.model_dump(mode="json", include=set(values))


def changed_fields(state: RecordState, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that differ from the shown value, or choose one in a conflict.

    An edit never writes fields that were only looked at, so it does not supersede other people's values
    there.
    """
    shown, disputed = merge.shown(state), merge.conflicts(state)
    return {
        name: value for name, value in values.items() if name in disputed or value != shown.get(name, None)
    }
