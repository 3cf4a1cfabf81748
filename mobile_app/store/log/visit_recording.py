"""What people record of visits of safety education, as operations: a new one, an edit, a deletion."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from mobile_app.store.log import bundles, saving
from mobile_app.store.log.recording import Attachment, Moment, attach
from mobile_app.store.log.saving import Change
from shared import merge, problems
from shared.forms.visits import VISIT_FORM
from shared.merge import RecordState
from shared.operations import Kind, Operation, RecordType

_REQUIRED = tuple(field.name for field in VISIT_FORM.fields() if field.required)


def add(
    session: Session, given: Mapping[str, Any], photos: Sequence[Attachment], moment: Moment
) -> tuple[str, list[Operation]]:
    """A new visit and its photos. Problem: required_missing {fields}, and those of `saving.save`."""
    written = {name: value for name, value in given.items() if value is not None}
    _require(written)
    visit = moment.new_id()
    edit = Change(RecordType.EDUCATION_VISIT, Kind.EDIT, visit, written)
    return visit, _save(session, [edit, *attach(photos, moment, visit=visit)], moment)


def edit(
    session: Session, visit: str, given: Mapping[str, Any], photos: Sequence[Attachment], moment: Moment
) -> list[Operation]:
    """The changes in `given` of a visit, and more photos. Problems: not_found, required_missing."""
    state = state_of(session, visit)
    _require({**merge.shown(state), **given})
    written = saving.changed_fields(state, given)
    changes = [Change(RecordType.EDUCATION_VISIT, Kind.EDIT, visit, written)] if written else []
    return _save(session, [*changes, *attach(photos, moment, visit=visit)], moment)


def delete(session: Session, visit: str, moment: Moment) -> list[Operation]:
    """Delete a visit; the office can bring it back. Problem: not_found."""
    if merge.deleted(state_of(session, visit)):
        return []
    return _save(session, [Change(RecordType.EDUCATION_VISIT, Kind.DELETE, visit, {})], moment)


def state_of(session: Session, visit: str) -> RecordState:
    """The state of a visit. Problem: not_found."""
    state = bundles.of(session, [visit])[visit].visit
    if state is None:
        raise problems.not_found()
    return state


def _require(values: Mapping[str, Any]) -> None:
    missing = [name for name in _REQUIRED if not values.get(name)]
    if missing:
        raise problems.required_missing(fields=missing)


def _save(session: Session, changes: Sequence[Change], moment: Moment) -> list[Operation]:
    return saving.save(session, changes, made_at=moment.made_at, now_ms=moment.now_ms)
