"""`operations.canonical`, encoded by orjson where both encoders give the same text.

That saves 4–9 % of a push. It cannot be the only encoder: phones have no orjson, and orjson writes 1e-5 where
stored texts, and the log's fingerprint over them, have 1e-05.
"""

from collections.abc import Iterable
from typing import Any

import orjson

from shared.operations import Operation, canonical, content


def canonical_json(operation: Operation) -> str:
    """The canonical text of an operation. Raises ValueError for a lone surrogate or infinity."""
    if not _same_in_both(operation.fields.values()):
        text = canonical(operation)
        text.encode()
        return text
    try:
        return orjson.dumps(content(operation), option=orjson.OPT_SORT_KEYS).decode()
    except TypeError as error:
        raise ValueError(str(error)) from None


def _same_in_both(values: Iterable[Any]) -> bool:
    """Whether both encoders write every number in the values, nested ones included, without an exponent."""
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
