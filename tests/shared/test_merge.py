"""What people see of concurrent edits: examples."""

from typing import Any

from shared import merge
from shared.operations import GENESIS, Kind, Operation, RecordType, Stamp
from tests.shared.merge_world import ATTACHMENT, HAZARDS, PHOTO, Known

ANNA, BO = "a" * 16, "b" * 16


def saved(device: str, n: int, seq: int, base: int, fields: dict[str, Any], kind: Kind = Kind.EDIT) -> Known:
    """An operation whose stamp is as late as its place in the log."""
    photo = kind in (Kind.ATTACH, Kind.DETACH)
    hlc = f"{seq:012x}-0000"
    operation = Operation(
        campaign="dongguan-2026",
        device=device,
        number=n,
        record=PHOTO if photo else HAZARDS[0],
        type=RecordType.PHOTO if photo else RecordType.HAZARD,
        kind=kind,
        fields=fields,
        base=base,
        base_fingerprint=GENESIS,
        hlc=hlc,
        made_at="2026-06-01T08:00:00+08:00",
        author=device[:1],
    )
    return operation, Stamp(seq, hlc)


def test_an_edit_of_someone_who_saw_the_other_replaces_it() -> None:
    state = merge.merge([saved(ANNA, 1, 1, 0, {"depth_m": 1}), saved(BO, 1, 2, 1, {"depth_m": 2})])
    assert merge.shown(state) == {"depth_m": 2}
    assert merge.conflicts(state) == {}


def test_concurrent_edits_of_one_field_are_a_conflict_until_someone_settles_it() -> None:
    both = [saved(ANNA, 1, 1, 0, {"depth_m": 1}), saved(BO, 1, 2, 0, {"depth_m": 2})]
    state = merge.merge(both)
    assert merge.shown(state) == {"depth_m": 2}
    assert [write.fields["depth_m"] for write in merge.conflicts(state)["depth_m"]] == [1, 2]
    settled = merge.merge([*both, saved(ANNA, 2, 3, 2, {"depth_m": 1})])
    assert merge.shown(settled) == {"depth_m": 1}
    assert merge.conflicts(settled) == {}


def test_concurrent_edits_of_different_fields_both_hold() -> None:
    state = merge.merge([saved(ANNA, 1, 1, 0, {"depth_m": 1}), saved(BO, 1, 2, 0, {"village": "上沙"})])
    assert merge.shown(state) == {"depth_m": 1, "village": "上沙"}
    assert merge.conflicts(state) == {}


def test_the_same_value_written_twice_is_no_conflict() -> None:
    state = merge.merge([saved(ANNA, 1, 1, 0, {"depth_m": 1}), saved(BO, 1, 2, 0, {"depth_m": 1})])
    assert len(merge.heads(state, "depth_m")) == 2
    assert merge.conflicts(state) == {}


def test_a_position_is_taken_whole() -> None:
    here, there = {"lat": 23.01, "lon": 113.71, "accuracy_m": 5.0}, {"lat": 23.02, "lon": 113.72}
    state = merge.merge([saved(ANNA, 1, 1, 0, {"position": here}), saved(BO, 1, 2, 0, {"position": there})])
    assert merge.shown(state)["position"] == there
    assert [write.fields["position"] for write in merge.conflicts(state)["position"]] == [here, there]


def test_an_edit_of_several_fields_loses_only_those_written_again() -> None:
    first = saved(ANNA, 1, 1, 0, {"depth_m": 1, "village": "上沙"})
    state = merge.merge([first, saved(BO, 1, 2, 1, {"depth_m": 2})])
    assert merge.shown(state) == {"depth_m": 2, "village": "上沙"}


def test_a_cleared_field_is_a_value_too() -> None:
    state = merge.merge([saved(ANNA, 1, 1, 0, {"depth_m": 1}), saved(BO, 1, 2, 1, {"depth_m": None})])
    assert merge.shown(state) == {"depth_m": None}


def test_a_deletion_holds_against_what_its_author_saw() -> None:
    first = saved(ANNA, 1, 1, 0, {"depth_m": 1})
    deletion = saved(BO, 1, 2, 1, {}, Kind.DELETE)
    assert merge.deleted(merge.merge([first, deletion]))
    concurrent = saved(ANNA, 2, 3, 1, {"depth_m": 3})
    assert not merge.deleted(merge.merge([first, deletion, concurrent]))
    assert not merge.deleted(merge.merge([first, deletion, saved(ANNA, 2, 3, 2, {}, Kind.RESTORE)]))


def test_attach_wins_over_a_concurrent_detach() -> None:
    first = saved(ANNA, 1, 1, 0, ATTACHMENT, Kind.ATTACH)
    detach = saved(BO, 1, 2, 1, {}, Kind.DETACH)
    again = saved(ANNA, 2, 3, 1, ATTACHMENT, Kind.ATTACH)
    assert merge.shown(merge.merge([first, detach]))["attached"] is False
    assert merge.shown(merge.merge([first, detach, again]))["attached"] is True
    assert "attached" not in merge.conflicts(merge.merge([first, detach, again]))
    assert merge.shown(merge.merge([first, detach, again]))["sha256"] == ATTACHMENT["sha256"]


def test_an_operation_put_right_under_a_device_of_its_own_hides_nothing_of_who_put_it_right() -> None:
    found, office = saved(ANNA, 1, 1, 0, {"depth_m": 1}), saved(BO, 1, 2, 1, {"depth_m": 2})
    repair = saved("c" * 16, 1, 3, 1, {"depth_m": 3})
    state = merge.merge([found, office, repair])
    assert [write.fields["depth_m"] for write in merge.conflicts(state)["depth_m"]] == [2, 3]
    as_browser = saved(BO, 2, 3, 1, {"depth_m": 3})
    assert merge.conflicts(merge.merge([found, office, as_browser])) == {}, "under the browser it would"


def test_an_empty_record_shows_nothing() -> None:
    assert merge.shown(merge.EMPTY) == {}
    assert merge.conflicts(merge.EMPTY) == {}
    assert not merge.deleted(merge.EMPTY)
    assert merge.from_json(merge.to_json(merge.EMPTY)) == merge.EMPTY
