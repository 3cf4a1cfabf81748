"""Which photos show finished work: those since the last 反弹 that never showed anything else."""

from collections.abc import Sequence
from typing import Any

import pytest

from shared.hazards import evidence
from shared.hazards.evidence import HazardPhoto
from shared.hazards.history import TimelineEvent
from shared.merge import Write
from shared.vocabulary import EventType

A, B, C = "a" * 64, "b" * 64, "c" * 64
AT = "2026-06-01T08:00:05+08:00"


def write(seq: int | None, at: int, fields: dict[str, Any]) -> Write:
    return Write("d" * 16, at, seq, 0, f"{at:012x}-0000", "p", "2026-06-01T08:00:00+08:00", fields)


def said(at: int, role: str, *hashes: str, seq: int | None = None) -> Write:
    return write(seq, at, {"role": role, **dict(zip(("sha256", "original_sha256"), hashes, strict=False))})


def photo(at: int, role: str, *hashes: str, seq: int | None = None, attached: bool = True) -> HazardPhoto:
    return HazardPhoto(f"{at}", [said(at, role, *hashes, seq=seq)], attached)


def relapse(at: int | None) -> list[TimelineEvent]:
    writes = [] if at is None else [write(None, at, {})]
    return [TimelineEvent("relapse", one, EventType.RELAPSE, AT) for one in writes]


def found(*photos: HazardPhoto, relapse_at: int | None = None) -> list[str]:
    several: Sequence[HazardPhoto] = photos
    return [one.record for one in evidence.finished_photos(relapse(relapse_at), several)]


def test_those_of_another_role_show_something_else() -> None:
    assert found(photo(1, "before", A), photo(2, "site", B), photo(3, "after", C)) == ["3"]


def test_what_was_attached_before_the_last_relapse_shows_it_no_more() -> None:
    photos = photo(1, "after", A), photo(3, "after", B)
    assert found(*photos) == ["1", "3"]
    assert found(*photos, relapse_at=2) == ["3"]
    assert found(*photos, relapse_at=4) == []


def test_attaching_again_makes_it_no_younger() -> None:
    again = HazardPhoto("1", [said(1, "after", A), said(3, "after", A)], attached=True)
    assert found(again, relapse_at=2) == []
    assert found(again) == ["1"]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("role", ["before", "site", "during"])
def test_one_that_was_first_recorded_as_something_else_is_none(role: str, order: int) -> None:
    edited = [said(1, role, A, seq=1), said(2, "after", B, seq=2)][::order]
    assert found(HazardPhoto("1", edited, attached=True)) == []


@pytest.mark.parametrize("role", ["before", "site", "during"])
def test_what_a_photo_of_the_work_was_called_in_between_takes_nothing_away(role: str) -> None:
    called = [said(1, "after", A, seq=1), said(2, role, A, seq=2)]
    assert found(HazardPhoto("1", called, attached=False)) == [], "it is attached, but not as 整改后"
    assert found(HazardPhoto("1", [*called, said(3, "after", A, seq=3)], attached=True)) == ["1"]
    assert found(HazardPhoto("1", called, attached=False), photo(3, "after", A, seq=3)) == ["3"]


def test_bytes_that_it_had_in_between_take_nothing_away() -> None:
    before = photo(1, "before", B, seq=1)
    other = [said(2, "after", A, seq=2), said(3, "after", B, seq=3)]
    assert found(before, HazardPhoto("2", other, attached=True)) == []
    assert found(before, HazardPhoto("2", [*other, said(4, "after", A, seq=4)], attached=True)) == ["2"]


@pytest.mark.parametrize("attached", [True, False])
@pytest.mark.parametrize("role", ["before", "site", "after"])
def test_the_bytes_of_an_earlier_photo_show_nothing_new(role: str, attached: bool) -> None:
    again = photo(3, "after", A)
    assert found(photo(1, role, A, attached=attached), again, relapse_at=2) == []
    assert found(again, photo(4, role, A), relapse_at=2) == ["3"], "what comes later takes nothing away"


def test_bytes_that_a_photo_no_longer_has_were_there_before_all_the_same() -> None:
    edited = HazardPhoto("1", [said(1, "before", A, seq=1), said(2, "before", B, seq=2)], attached=True)
    assert found(edited, photo(3, "after", A)) == []
    later = HazardPhoto("1", [said(1, "after", A), said(3, "after", B)], attached=True)
    assert found(later, photo(2, "before", B)) == [], "by the bytes, not by the record"


def test_a_photo_of_the_work_that_was_taken_off_may_be_attached_anew() -> None:
    assert found(photo(1, "after", A, attached=False), photo(2, "after", A)) == ["2"]
    detached = HazardPhoto("1", [write(1, 1, {"attached": False})], attached=False)
    assert found(detached, photo(2, "after", A)) == ["2"]


@pytest.mark.parametrize("role", ["before", "site", "after"])
def test_others_take_nothing_away_while_a_photo_of_the_work_is_taken_off(role: str) -> None:
    off, planted, anew = photo(1, "after", A, attached=False), photo(2, role, A), photo(3, "after", A)
    assert found(off, planted, anew) == (["2"] if role == "after" else ["3"])
    assert set(evidence.first_with([], [off, planted])) == ({A} if role == "after" else set())
    assert found(off, planted, anew, relapse_at=2) == [], "what it showed was there before the relapse"


def test_the_same_picture_made_smaller_in_another_way_is_the_same() -> None:
    assert found(photo(1, "before", A, C), photo(2, "after", B, C)) == []
    assert set(evidence.first_with([], [photo(1, "before", A, C)])) == {A, C}


def test_the_order_is_that_of_the_log_not_of_clocks() -> None:
    """Or somebody whose clock is slow could make others' evidence count no more."""
    honest, planted = photo(9, "after", A, seq=1), photo(1, "before", A, seq=2)
    assert found(honest, planted) == ["9"]
    assert found(photo(1, "after", B), photo(9, "before", B, seq=2)) == [], "what was not sent yet is later"
