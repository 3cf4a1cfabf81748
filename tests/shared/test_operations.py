"""Operations: one form, one text, nothing else let in; and their way over the wire."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.operations import GENESIS, Kind, Operation, RecordType, Stamp, canonical
from shared.record_types import problem_of
from shared.sync.wire import MAX_OPERATIONS, PullAnswer, PushRequest, PushResult, StampedOperation
from tests.shared.merge_world import HAZARDS
from tests.shared.test_records import json_values

GOOD: dict[str, Any] = {
    "campaign": "dongguan-2026",
    "device": "0123456789abcdef",
    "n": 1,
    "record": HAZARDS[0],
    "type": "hazard",
    "kind": "edit",
    "fields": {"water_name": "荔枝塘"},
    "base": 0,
    "tip": "0" * 16,
    "hlc": "0197f0000000-0000",
    "made_at": "2026-06-01T08:00:00+08:00",
    "author": "a1",
    "schema": 1,
}
plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
operations = st.builds(
    lambda n, base, type_, kind, fields: Operation.model_validate(
        {**GOOD, "n": n, "base": base, "type": type_, "kind": kind, "fields": fields}
    ),
    st.integers(1, 2**53 - 1),
    st.integers(0, 2**53 - 1),
    st.sampled_from(RecordType),
    st.sampled_from(Kind),
    st.dictionaries(st.text(), plain_json, max_size=4),
)


@given(st.sampled_from([*GOOD, "extra"]), json_values)
def test_any_json_in_any_place_is_accepted_or_refused(name: str, value: Any) -> None:
    try:
        Operation.model_validate({**GOOD, name: value})
    except ValidationError as error:
        json.dumps(problem_of(error).as_json()).encode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 0),
        ("n", "1"),
        ("n", True),
        ("n", 2**53),
        ("n", 1.0),
        ("base", -1),
        ("base", None),
        ("device", "0123456789ABCDEF"),
        ("device", "0123456789abcdef\n"),
        ("record", "../../etc/passwd"),
        ("campaign", "Dongguan"),
        ("hlc", "0197f0000000"),
        ("made_at", "2026-06-01T08:00:00"),
        ("made_at", "2026-06-31T08:00:00Z"),
        ("made_at", "1969-12-31T23:59:59Z"),
        ("type", "No such type"),
        ("kind", "overwrite"),
        ("schema", 2),
        ("fields", []),
        ("seq", 1),
    ],
)
def test_what_is_no_operation_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        Operation.model_validate({**GOOD, name: value})


def test_every_part_is_needed_but_the_schema() -> None:
    for name in GOOD:
        rest = {key: value for key, value in GOOD.items() if key != name}
        if name == "schema":
            assert Operation.model_validate(rest).schema_no == 1
            continue
        with pytest.raises(ValidationError):
            Operation.model_validate(rest)


@given(operations)
def test_the_canonical_text_reads_back_as_the_same_operation(operation: Operation) -> None:
    text = canonical(operation)
    again = Operation.model_validate_json(text)
    assert again == operation
    assert canonical(again) == text


def test_the_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    turned = dict(reversed(GOOD.items()))
    assert canonical(Operation.model_validate(turned)) == canonical(Operation.model_validate(GOOD))
    assert "荔枝塘" in canonical(Operation.model_validate(GOOD))


@given(operations, st.integers(1, 2**40), st.none() | st.just("0197f0000001-0000"), st.none() | st.just(0))
def test_an_operation_comes_back_from_the_log_as_it_went(
    operation: Operation, seq: int, hlc_eff: str | None, base_eff: int | None
) -> None:
    line: dict[str, Any] = {**json.loads(canonical(operation)), "seq": seq}
    if hlc_eff:
        line["hlc_eff"] = hlc_eff
    if base_eff is not None:
        line["base_eff"] = base_eff
    page = {"ops": [line], "next": seq, "tip": GENESIS, "more": False}
    page |= {"epoch": "e", "server_time": "t", "later": 1}
    arrived = PullAnswer.model_validate_json(json.dumps(page)).ops[0]
    assert canonical(arrived.operation) == canonical(operation)
    assert arrived.operation == operation
    assert arrived.operation.key == operation.key
    assert arrived.stamp == Stamp(seq, hlc_eff or operation.hlc, None, base_eff)


def test_a_stamped_operation_survives_its_own_json() -> None:
    arrived = StampedOperation.model_validate({**GOOD, "seq": 3, "ledger_no": "DG-441900003-2026-00001"})
    again = StampedOperation.model_validate_json(arrived.model_dump_json(by_alias=True, exclude_none=True))
    assert again == arrived
    assert again.stamp.ledger_no == "DG-441900003-2026-00001"


def test_a_push_carries_no_more_than_the_limit_and_nothing_unknown() -> None:
    assert len(PushRequest(epoch="e", ops=[GOOD] * MAX_OPERATIONS).ops) == MAX_OPERATIONS
    for wrong in ({"epoch": "e", "ops": [GOOD] * (MAX_OPERATIONS + 1)}, {"epoch": "e", "ops": [], "more": 1}):
        with pytest.raises(ValidationError):
            PushRequest.model_validate(wrong)


def test_a_result_has_a_stamp_once_stored() -> None:
    stored = PushResult(n=1, status="stored", seq=4, hlc="0197f0000000-0000", ledger_no="x")
    assert stored.stamp == Stamp(4, "0197f0000000-0000", "x")
    assert PushResult(n=1, status="quarantined").stamp is None
