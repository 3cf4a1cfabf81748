"""JSON Schemas of operations: which fields each kind of operation on each type of record carries."""

from typing import Any

from pydantic import TypeAdapter

from shared.lifecycle import ALLOWED_FROM, NEEDS_REASON, STATUS_AFTER
from shared.operations import Kind, Operation
from shared.permissions import ALLOWED, action_of, step_action
from shared.record_types import RECORD_TYPES, RESTRICTED, RecordKind
from shared.vocabulary import EventType

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"
_BARE = frozenset({Kind.DETACH, Kind.DELETE, Kind.RESTORE})
_WHOLE = frozenset({Kind.APPEND, Kind.ATTACH})


def schemas() -> dict[str, Schema]:
    """The schema `Operation`, and one for each kind of operation on each type of record."""
    every = {
        _name(type, kind): _of(type, record, kind)
        for type, record in RECORD_TYPES.items()
        for kind in sorted(record.operations)
    }
    operation = TypeAdapter(Operation).json_schema(by_alias=True, ref_template=REF)
    operation.pop("$defs", None)
    operation["properties"]["kind"] = _ref("Kind")
    operation["description"] = (
        "One thing one person saved. Its key is (campaign, device, n); what is under a key never changes. "
        f"Types that never travel here: {', '.join(sorted(RESTRICTED))}."
    )
    operation["oneOf"] = [_ref(name) for name in every]
    return {"Operation": operation, **every}


def events() -> dict[str, Schema]:
    """Event type → who may write it, from which statuses, to which status, and whether it needs a reason."""
    return {
        event.value: {
            "zh": event.zh,
            "en": event.en,
            "roles": sorted(role.value for role, may in ALLOWED.items() if step_action(event) in may),
            "from": sorted(status.value for status in ALLOWED_FROM[event]) if event in ALLOWED_FROM else None,
            "to": STATUS_AFTER[event].value if event in STATUS_AFTER else None,
            "needs_reason": event in NEEDS_REASON,
        }
        for event in EventType
    }


def _of(type: str, record: RecordKind, kind: Kind) -> Schema:
    fields: Schema = {"maxProperties": 0}
    if kind not in _BARE:
        fields = {"allOf": [_ref(record.model.__name__)], "minProperties": 1}
    if kind in _WHOLE:
        fields |= {
            "required": list(record.required),
            "properties": {name: {"not": {"type": "null"}} for name in record.required},
        }
    roles = {} if record.written_once else {"x-roles": _roles(type, kind)}
    return {
        "title": f"{kind.value} {type}",
        "properties": {"type": {"const": type}, "kind": {"const": kind.value}, "fields": fields},
        **roles,
    }


def _roles(type: str, kind: Kind) -> list[str]:
    action = action_of(type, kind, None)
    return sorted(role.value for role, may in ALLOWED.items() if action in may)


def _name(type: str, kind: Kind) -> str:
    return "".join(word.title() for word in [*type.split("_"), kind.value]) + "Operation"


def _ref(name: str) -> Schema:
    return {"$ref": REF.format(model=name)}
