"""What may stand in an operation, and what every other JSON gets: a Problem, never a crash."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared import problems, record_types
from shared.operations import GENESIS, Kind, Operation, RecordType
from shared.problems import Problem
from shared.profiles.registry import field_label
from shared.records import models
from tests.shared.merge_world import ATTACHMENT, HAZARDS

EVENT: dict[str, Any] = {"hazard": HAZARDS[0], "event_type": "patrol", "at": "2026-06-01T08:00:00+08:00"}

odd_numbers = st.sampled_from([0, -1, 2**63, 10**400, 1e308, -0.0, float("nan"), float("inf"), 91, 1.5])
odd_texts = st.sampled_from(["", "\0", "\ud800", "🌊" * 300, "../../etc", "x" * 5000, "1970-01-01", "NaN"])
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | odd_numbers | odd_texts
json_values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=9,
)


def operation(fields: dict[str, Any], type_: str = RecordType.HAZARD, kind: Kind = Kind.EDIT) -> Operation:
    return Operation.model_construct(
        campaign="c",
        device="a" * 16,
        number=1,
        record=HAZARDS[0],
        type=type_,
        kind=kind,
        fields=fields,
        base=0,
        base_fingerprint=GENESIS,
        hlc="000000000000-0000",
        made_at="2026-06-01T08:00:00+08:00",
        author="a1",
        schema_no=1,
    )


def refusal(fields: dict[str, Any], type_: str = RecordType.HAZARD, kind: Kind = Kind.EDIT) -> Problem:
    with pytest.raises(Problem) as caught:
        record_types.check_fields(operation(fields, type_, kind))
    json.dumps(caught.value.as_json()).encode()  # fit for an answer
    return caught.value


def judge(fields: Any, type_: str, kind: Kind) -> None:
    try:
        record_types.check_fields(operation(fields, type_, kind))
    except Problem as problem:
        json.dumps(problem.as_json(), ensure_ascii=False, allow_nan=False).encode()


@given(st.sampled_from(RecordType), st.sampled_from(Kind), st.data())
def test_any_json_in_known_fields_is_accepted_or_a_problem(
    type_: str, kind: Kind, data: st.DataObject
) -> None:
    names = st.sampled_from(sorted(record_types.RECORD_TYPES[type_].model.model_fields)) | st.text(max_size=5)
    judge(data.draw(st.dictionaries(names, json_values, max_size=4)), type_, kind)


@given(st.sampled_from(sorted(models.Hazard.model_fields)), json_values)
def test_what_is_accepted_can_be_kept_and_read(name: str, value: Any) -> None:
    try:
        record_types.check_fields(operation({name: value}))
    except Problem:
        return
    kept = json.loads(json.dumps({name: value}, allow_nan=False))
    assert record_types.read(RecordType.HAZARD, kept) == record_types.read(RecordType.HAZARD, {name: value})


def test_deep_nesting_is_a_problem() -> None:
    deep: Any = 1
    for _ in range(50_000):
        deep = [deep]
    assert refusal({"description": deep}).kind is problems.invalid
    assert refusal({"position": {"lat": deep, "lon": 1}}).kind is problems.invalid
    while isinstance(deep, list):  # freed layer by layer
        deep = deep[0]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"position": {"lat": 91, "lon": 113.7}}, "position.lat"),
        ({"position": {"lat": 23.0}}, "position.lon"),
        ({"position": {"lat": "23.0", "lon": 113.7}}, "position.lat"),
        ({"position": {"lat": True, "lon": 113.7}}, "position.lat"),
        ({"due_date": "1970-01-01"}, "due_date"),
        ({"due_date": 1767225600}, "due_date"),
        ({"due_date": "1767225600"}, "due_date"),
        ({"due_date": "2026-02-30"}, "due_date"),
        ({"year": "2026"}, "year"),
        ({"on_route": 1}, "on_route"),
        ({"water_type": "ocean"}, "water_type"),
        ({"observed_use": "swimming"}, "observed_use"),
        ({"observed_use": ["playing"] * 51}, "observed_use"),
        ({"kit_sign": {"state": "good", "count": 1.0}}, "kit_sign.count"),
        ({"water_name": "塘\0"}, "water_name"),
        ({"water_name": "塘" * 201}, "water_name"),
        ({"depth_m": float("inf")}, "depth_m"),
        ({"town_code": "44190000３"}, "town_code"),
    ],
)
def test_a_value_that_cannot_be_is_named(fields: dict[str, Any], path: str) -> None:
    problem = refusal(fields)
    assert problem.kind is problems.invalid
    assert problem.details["errors"][0]["path"] == path


def test_an_unknown_field_is_named_and_shortened() -> None:
    problem = refusal({"status": "closed", "x" * 500: 1})
    assert problem.kind is problems.unknown_field
    assert [len(error["path"]) for error in problem.details["errors"]] == [6, 80]


def test_a_cleared_field_and_an_emoji_are_fine() -> None:
    record_types.check_fields(operation({"depth_m": None, "water_name": "荔枝塘🌊", "address": "../../村口"}))


@pytest.mark.parametrize("kind", [Kind.DELETE, Kind.RESTORE])
def test_a_deletion_carries_nothing(kind: Kind) -> None:
    record_types.check_fields(operation({}, kind=kind))
    assert refusal({"depth_m": 1}, kind=kind).kind is problems.invalid


def test_an_edit_carries_something() -> None:
    assert refusal({}).kind is problems.invalid


def test_kinds_belong_to_types() -> None:
    assert refusal({"depth_m": 1}, kind=Kind.APPEND).kind is problems.invalid
    assert refusal(EVENT, RecordType.HAZARD_EVENT, Kind.EDIT).kind is problems.invalid
    assert refusal({}, RecordType.HAZARD_EVENT, Kind.DELETE).kind is problems.invalid


@pytest.mark.parametrize("name", ["hazard", "event_type", "at"])
def test_an_event_says_what_happened_where_and_when(name: str) -> None:
    record_types.check_fields(operation(EVENT, RecordType.HAZARD_EVENT, Kind.APPEND))
    problem = refusal({**EVENT, name: None}, RecordType.HAZARD_EVENT, Kind.APPEND)
    assert problem.details["errors"] == [{"path": name, "reason": "missing"}]


def test_an_event_has_a_time_that_exists() -> None:
    for at in ("2026-13-01T08:00:00Z", "2026-06-01T24:00:00Z", "0001-01-01T00:00:00+14:00", "2026-06-01"):
        assert refusal({**EVENT, "at": at}, RecordType.HAZARD_EVENT, Kind.APPEND).kind is problems.invalid


def test_a_photo_says_which_bytes() -> None:
    record_types.check_fields(operation(ATTACHMENT, RecordType.PHOTO, Kind.ATTACH))
    wrong = {**ATTACHMENT, "mime": "text/html"}
    assert refusal(wrong, RecordType.PHOTO, Kind.ATTACH).details["errors"][0]["path"] == "mime"


@given(st.dictionaries(st.text(), json_values))
def test_a_home_visit_never_passes(fields: dict[str, Any]) -> None:
    problem = refusal(fields, "home_visit")
    assert problem.kind is problems.record_type_restricted
    assert problem.details == {"type": "home_visit"}


def test_records_are_closed_and_frozen() -> None:
    hazard = record_types.read(RecordType.HAZARD, {"water_name": "荔枝塘", "deleted": False})
    assert hazard.water_name == "荔枝塘"
    with pytest.raises(ValidationError):
        hazard.water_name = "x"


def test_every_field_a_hazard_has_can_be_named() -> None:
    assert all(field_label(name) for name in models.Hazard.model_fields)


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("欧阳小明", "欧***"), ("张", "张*"), ("", "")]
)
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert models.masked_name(name) == masked


@pytest.mark.parametrize(("number", "masked"), [("13800138000", "138****8000"), ("12345", "*****"), ("", "")])
def test_a_number_is_masked(number: str, masked: str) -> None:
    assert models.masked_phone(number) == masked
