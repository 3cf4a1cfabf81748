"""`operations.canonical`, written by a faster writer wherever both write the same."""

from collections.abc import Iterable
from typing import Any

import orjson

from shared.operations import Operation, canonical


def canonical_json(operation: Operation) -> str:
    """The canonical text of an operation."""
    if not _same_in_both(operation.fields.values()):
        return canonical(operation)
    return orjson.dumps(
        {
            "author": operation.author,
            "base": operation.base,
            "campaign": operation.campaign,
            "device": operation.device,
            "fields": operation.fields,
            "hlc": operation.hlc,
            "kind": operation.kind,
            "made_at": operation.made_at,
            "n": operation.n,
            "record": operation.record,
            "schema": operation.schema_no,
            "tip": operation.tip,
            "type": operation.type,
        },
        option=orjson.OPT_SORT_KEYS,
    ).decode()


def _same_in_both(values: Iterable[Any]) -> bool:
    """Whether every number among the values and within them is one that both write without an exponent."""
    for value in values:
        kind = type(value)
        if kind is float:
            if value and not 1e-4 <= abs(value) < 1e15:
                return False
        elif kind is dict:
            if not _same_in_both(value.values()):
                return False
        elif kind is list and not _same_in_both(value):
            return False
    return True
