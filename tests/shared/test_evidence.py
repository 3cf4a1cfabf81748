"""Which photos show finished work: those since the last 反弹 that the hazard did not have before."""

from typing import Any

import pytest

from shared.hazards.evidence import AttachedPhoto, finished_photos
from shared.hazards.history import TimelineEvent
from shared.merge import Write
from shared.vocabulary import EventType

A, B, C = "a" * 64, "b" * 64, "c" * 64
AT = "2026-06-01T08:00:05+08:00"


def write(seq: int | None, at: int) -> Write:
    return Write("d" * 16, at, seq, 0, f"{at:012x}-0000", "p", "2026-06-01T08:00:00+08:00", {})


def photo(at: int, role: str | None, *hashes: str, seq: int | None = None) -> AttachedPhoto:
    values: dict[str, Any] = dict(zip(("sha256", "original_sha256"), hashes, strict=False))
    return AttachedPhoto.of(f"{at}", {"role": role, **values}, write(seq, at))


def found(*photos: AttachedPhoto, relapse_at: int | None = None) -> list[str]:
    relapses = [] if relapse_at is None else [write(None, relapse_at)]
    events = [TimelineEvent("relapse", relapse, EventType.RELAPSE, AT) for relapse in relapses]
    return [one.record for one in finished_photos(events, photos)]


def test_those_of_another_role_show_something_else() -> None:
    assert found(photo(1, "before", A), photo(2, None, B), photo(3, "after", C)) == ["3"]


def test_what_was_attached_before_the_last_relapse_shows_it_no_more() -> None:
    photos = photo(1, "after", A), photo(3, "after", B)
    assert found(*photos) == ["1", "3"]
    assert found(*photos, relapse_at=2) == ["3"]
    assert found(*photos, relapse_at=4) == []


@pytest.mark.parametrize("role", ["before", "site", "after", None])
def test_the_bytes_of_an_earlier_photo_show_nothing_new(role: str | None) -> None:
    again = photo(3, "after", A)
    assert found(photo(1, role, A), again, relapse_at=2) == []
    assert found(again, photo(4, role, A), relapse_at=2) == ["3"], "what comes later takes nothing away"


def test_the_same_picture_made_smaller_in_another_way_is_the_same() -> None:
    assert found(photo(1, "before", A, C), photo(2, "after", B, C)) == []


def test_the_order_is_that_of_the_log_not_of_clocks() -> None:
    """Or somebody whose clock is slow could make others' evidence count no more."""
    evidence, planted = photo(9, "after", A, seq=1), photo(1, "before", A, seq=2)
    assert found(evidence, planted) == ["9"]
    assert found(photo(1, "after", B), photo(9, "before", B, seq=2)) == [], "what was not sent yet is later"
