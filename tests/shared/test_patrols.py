"""有效巡查: which patrols count, and why the others do not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock
from shared.hazards import patrols
from shared.hazards.history import TimelineEvent
from shared.merge import Write
from shared.vocabulary import CoordSource, EventType, PatrolValidity

V = PatrolValidity
CODE, OTHER_CODE = "K7QM2F8P", "00000000"
WATER = (23.0421, 113.7832)
NOON_MS = 1_780_286_400_000  # 2026-06-01 12:00 in China
HOUR_MS = 3_600_000


def at(metres_north: float, **more: Any) -> dict[str, Any]:
    lat = round(WATER[0] + metres_north / 111_320, 6)
    return {"position": {"lat": lat, "lon": WATER[1], "accuracy_m": 8.0, "source": "gnss", **more}}


SCANNED: dict[str, Any] = {"sign_code": CODE}


def patrol(number: int, hours: float = 0, author: str = "a", **fields: Any) -> TimelineEvent:
    """The patrol `number`, so many hours after noon."""
    hlc = clock.stamp(NOON_MS + int(hours * HOUR_MS) + number)
    minutes = int(hours * 60)
    day, rest = divmod(12 * 60 + minutes, 24 * 60)
    moment = f"2026-06-{1 + day:02d}T{rest // 60:02d}:{rest % 60:02d}:00+08:00"
    write = Write("1" * 16, number, number, 0, hlc, author, moment, fields)
    return TimelineEvent(f"event-{number}", write, EventType.PATROL, moment)


def judged_by_record(
    *events: TimelineEvent, point: tuple[float, float] | None = WATER
) -> dict[str, PatrolValidity]:
    return patrols.judged(events, {CODE}, point, 100)


def judged(*events: TimelineEvent, point: tuple[float, float] | None = WATER) -> list[PatrolValidity]:
    return list(judged_by_record(*events, point=point).values())


@pytest.mark.parametrize(
    ("fields", "validity"),
    [
        (SCANNED, V.SCANNED),
        ({**SCANNED, "sign_code_typed": True}, V.SCANNED),
        ({**SCANNED, **at(5_000)}, V.SCANNED),
        (at(99), V.NEAR),
        (at(-99), V.NEAR),
        (at(101), V.FAR),
        (at(10, accuracy_m=None), V.NEAR),
        (at(10, accuracy_m=100.0), V.NEAR),
        (at(10, accuracy_m=101.0), V.UNPROVEN),
        (at(10, mock_location=True), V.UNPROVEN),
        (at(10, age_s=600), V.UNPROVEN),
        ({}, V.UNPROVEN),
        ({"position": None, "sign_code": None}, V.UNPROVEN),
        ({"sign_code": OTHER_CODE}, V.UNPROVEN),
        ({"sign_code": OTHER_CODE, **at(10)}, V.NEAR),
        *(
            (at(10, source=source.value), V.UNPROVEN)
            for source in CoordSource
            if source is not CoordSource.GNSS
        ),
    ],
)
def test_a_scan_or_a_fix_at_the_water_counts(fields: dict[str, Any], validity: PatrolValidity) -> None:
    assert judged(patrol(1, **fields)) == [validity]
    assert patrols.is_valid(validity) == (validity in (V.SCANNED, V.NEAR))


def test_a_fix_whose_source_is_left_out_was_measured() -> None:
    fix = at(10)
    del fix["position"]["source"]
    assert judged(patrol(1, **fix)) == [V.NEAR]


def test_where_the_water_lies_must_be_known_for_a_fix() -> None:
    assert judged(patrol(1, **at(0)), patrol(2, **SCANNED), point=None) == [V.UNPROVEN, V.SCANNED]


def test_one_a_day_counts_for_a_person() -> None:
    assert judged(patrol(1, **SCANNED), patrol(2, 5, **SCANNED)) == [V.SCANNED, V.REPEATED]
    assert judged(patrol(1, **SCANNED), patrol(2, 5, "b", **SCANNED)) == [V.SCANNED, V.SCANNED]
    assert judged(patrol(1, **at(5)), patrol(2, 5, **SCANNED)) == [V.NEAR, V.REPEATED]


def test_what_does_not_count_takes_no_day() -> None:
    assert judged(patrol(1), patrol(2, 1, **at(900)), patrol(3, 2, **SCANNED)) == [
        V.UNPROVEN,
        V.FAR,
        V.SCANNED,
    ]


def test_days_are_those_of_china() -> None:
    assert judged(patrol(1, 11.9, **SCANNED), patrol(2, 12.1, **SCANNED)) == [V.SCANNED, V.SCANNED]
    assert judged(patrol(1, 12.1, **SCANNED), patrol(2, 35.9, **SCANNED)) == [V.SCANNED, V.REPEATED]


def test_other_events_are_no_patrols() -> None:
    recheck = patrol(1, **SCANNED)
    other = TimelineEvent(recheck.record, recheck.write, EventType.RECHECK, recheck.at)
    assert judged(other, patrol(2, **SCANNED)) == [V.SCANNED]


@given(
    st.lists(
        st.tuples(st.integers(0, 72), st.sampled_from("ab"), st.sampled_from([SCANNED, at(0), at(500), {}])),
        max_size=12,
    ),
    st.randoms(),
)
def test_the_order_of_arrival_changes_nothing(said: list[tuple[int, str, dict[str, Any]]], dice: Any) -> None:
    events = [patrol(number, hours, who, **fields) for number, (hours, who, fields) in enumerate(said, 1)]
    shuffled = [*events, *events]
    dice.shuffle(shuffled)
    first = patrols.judged(events, {CODE}, WATER, 100)
    assert patrols.judged(shuffled, {CODE}, WATER, 100) == first
    days = [(event.write.author, event.at[:10]) for event in events if patrols.is_valid(first[event.record])]
    assert len(days) == len(set(days))
