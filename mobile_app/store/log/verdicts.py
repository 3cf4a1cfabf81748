"""What the office did with refused operations, until the person has acknowledged it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import StoredOperation
from mobile_app.store.log.entries import Key
from mobile_app.store.queries import listing, titles
from mobile_app.store.queries.titles import Titled
from mobile_app.store.queries.upload_states import OperationState
from shared.operations import Kind, Operation
from shared.sync.wire import Reason

_DEALT_WITH = (OperationState.DISCARDED, OperationState.REPAIRED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A refused operation that the office discarded or repaired.

    `hazard` is None if it was about none, or one that is no longer here; then `title` is what the operation
    itself says, or "". `fields`: the names of what it wrote. `saved_at`: the wall time at which the person
    saved it. `why.details["reason"]`: the office's reason.
    """

    key: Key
    owner: Titled | None
    title: str
    type: str
    kind: Kind
    fields: tuple[str, ...]
    saved_at: str
    repaired: bool
    why: Reason


def unacknowledged(session: Session) -> list[Verdict]:
    """The verdicts that nobody has acknowledged, the oldest first."""
    title_field = meta.profile(session).title_field
    rows = session.execute(
        select(StoredOperation)
        .where(col(StoredOperation.state).in_(_DEALT_WITH), col(StoredOperation.code).is_not(None))
        .order_by(col(StoredOperation.hlc))
    ).scalars()
    return [
        _verdict(row, titles.of(session, row.owner), title_field, why)
        for row in rows
        if (why := listing.why(row.code, row.details))
    ]


def acknowledge(session: Session, keys: Iterable[Key]) -> None:
    """The person has read these."""
    for device, n in keys:
        session.execute(
            update(StoredOperation)
            .where(col(StoredOperation.device) == device, col(StoredOperation.n) == n)
            .where(col(StoredOperation.state).in_(_DEALT_WITH))
            .values(code=None, details=None)
        )


def _verdict(row: StoredOperation, owner: Titled | None, title_field: str, why: Reason) -> Verdict:
    operation = Operation.model_validate_json(row.wire)
    return Verdict(
        key=(row.device, row.n),
        owner=owner,
        title=(owner.title if owner else "") or str(operation.fields.get(title_field) or ""),
        type=operation.type,
        kind=operation.kind,
        fields=tuple(operation.fields),
        saved_at=operation.made_at,
        repaired=row.state == OperationState.REPAIRED,
        why=why,
    )
