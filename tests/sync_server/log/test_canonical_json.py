"""The server's encoder writes what the canonical one does."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.operations import GENESIS, Operation, canonical
from sync_server.log.canonical_json import canonical_json

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(TEXT, VALUES, max_size=8))
def test_both_encoders_agree(fields: dict[str, Any]) -> None:
    operation = Operation.model_validate(
        {
            "campaign": "dg-2026",
            "device": "0" * 16,
            "n": 1,
            "record": "00000000-0000-0000-0000-000000000000",
            "type": "hazard",
            "kind": "edit",
            "fields": fields,
            "base": 0,
            "tip": GENESIS,
            "hlc": "019e807eadce-0000",
            "made_at": "2026-06-01T08:04:06.222+08:00",
            "author": "ab",
            "schema": 1,
        }
    )
    assert canonical_json(operation) == canonical(operation)
