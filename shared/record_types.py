"""The table of record types: what each holds, belongs to and needs, and which operations it takes.

How the data of a type merge follows from its operations:

| operations | merge |
|---|---|
| edit, delete, restore | every field and the deletion a register |
| append | a set of records, each written once |
| attach, detach | a register in which attaching wins over a concurrent detaching |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from shared import problems
from shared.operations import Kind, Operation, RecordType
from shared.records.models import EducationVisit, Hazard, HazardEvent, Photo

REGISTERS = frozenset({Kind.EDIT, Kind.DELETE, Kind.RESTORE})
WRITTEN_ONCE = frozenset({Kind.APPEND})
ATTACHMENT = frozenset({Kind.ATTACH, Kind.DETACH})

RESTRICTED = frozenset({"home_visit"})
"""Types that the log refuses and whose content quarantine does not keep."""


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One type of record.

    `model`: its fields, each of them optional.
    `operations`: what may be done to it, one of REGISTERS, WRITTEN_ONCE and ATTACHMENT.
    `owner`: the fields that may name the record it belongs to, in order; without any it belongs to itself.
    `town`: the field with the code of the town it lies in, "" for none.
    `required`: fields without which an append or an attach has no meaning.
    `form`: the name of its form in the profiles, "" for none.
    """

    model: type[BaseModel]
    operations: frozenset[Kind] = REGISTERS
    owner: tuple[str, ...] = ()
    town: str = ""
    required: tuple[str, ...] = ()
    form: str = ""

    @property
    def written_once(self) -> bool:
        return self.operations == WRITTEN_ONCE


RECORD_TYPES: dict[str, RecordKind] = {
    RecordType.HAZARD: RecordKind(Hazard, town="town_code", form="hazard"),
    RecordType.HAZARD_EVENT: RecordKind(
        HazardEvent, WRITTEN_ONCE, owner=("hazard",), required=("event_type", "at")
    ),
    RecordType.PHOTO: RecordKind(
        Photo, ATTACHMENT, owner=("hazard", "visit"), required=("role", "sha256", "mime", "bytes")
    ),
    RecordType.EDUCATION_VISIT: RecordKind(EducationVisit, town="town_code"),
}


def kind_of(name: str) -> RecordKind:
    """The kind of a type. Problems: record_type_restricted; invalid where there is no such type."""
    if name in RESTRICTED:
        raise problems.record_type_restricted(type=name)
    kind = RECORD_TYPES.get(name)
    if kind is None:
        raise problems.invalid(errors=[{"path": "type", "reason": "unknown_value"}])
    return kind


def owner_of(name: str, record: str, values: Mapping[str, Any]) -> str:
    """The id of the record that a record belongs to, by its shown values; "" where they name none."""
    fields = RECORD_TYPES[name].owner
    if not fields:
        return record
    return next((str(values[field]) for field in fields if values.get(field)), "")


def check_fields(operation: Operation, model: type[BaseModel] | None = None) -> Any:
    """Raise a Problem unless the operation's kind and fields are possible for its record type.

    `model`: what the operation's programme keeps for its type, where that is a model of its own. Returns what
    `read` makes of the fields, None for an operation that has none. A field may be None (it was
    cleared). Problems: those of `kind_of`; `invalid` and `unknown_field` with
    `details.errors = [{path, reason}]`.
    """
    kind = kind_of(operation.type)
    if operation.kind not in kind.operations:
        raise problems.invalid(errors=[{"path": "kind", "reason": "not_for_this_type"}])
    if operation.kind in (Kind.DETACH, Kind.DELETE, Kind.RESTORE):
        if operation.fields:
            raise problems.invalid(errors=[{"path": "fields", "reason": "must_be_empty"}])
        return None
    if not operation.fields:
        raise problems.invalid(errors=[{"path": "fields", "reason": "empty"}])
    try:
        record = (model or kind.model).model_validate(operation.fields)
    except ValidationError as error:
        raise problem_of(error) from None
    if operation.kind in (Kind.APPEND, Kind.ATTACH):
        missing = [name for name in kind.required if operation.fields.get(name) is None]
        if kind.owner and not any(operation.fields.get(name) for name in kind.owner):
            missing.append(kind.owner[0])
        if missing:
            raise problems.invalid(errors=[{"path": name, "reason": "missing"} for name in missing])
    return record


def problem_of(error: ValidationError) -> problems.Problem:
    """The Problem for what pydantic found; it repeats no input except short field names."""
    found = [
        {"path": _printable(".".join(map(str, e["loc"]))), "reason": e["type"]}
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ][:20]
    unknown = all(item["reason"] == "extra_forbidden" for item in found)
    return (problems.unknown_field if unknown else problems.invalid)(errors=found)


def read(name: str, values: dict[str, Any], model: type[BaseModel] | None = None) -> Any:
    """The record of a type from shown register values; registers that are no fields are left out.

    `model`: as in `check_fields`.
    """
    model = model or RECORD_TYPES[name].model
    if not values.keys() <= model.model_fields.keys():
        values = {field: value for field, value in values.items() if field in model.model_fields}
    return model.model_validate(values)


def _printable(path: str) -> str:
    """A path fit for an answer: short, and without the lone surrogates that JSON allows."""
    return path[:80].encode("utf-8", "replace").decode("utf-8")
