"""有效巡查: which 巡查 of a water count as valid, and why others do not.

The one rule, for phones and pages: the sign of the water was scanned, or a fix was taken near it; at most one
a day counts for a person at a water.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from shared.geo import Point, about_metres
from shared.hazards.history import TimelineEvent, day_of_event, in_order
from shared.vocabulary import CoordSource, EventType, PatrolValidity

_VALID = frozenset({PatrolValidity.SCANNED, PatrolValidity.NEAR})


def is_valid(validity: PatrolValidity) -> bool:
    """Whether such a 巡查 counts."""
    return validity in _VALID


def judged(
    events: Iterable[TimelineEvent], codes: Collection[str], point: Point | None, near_m: float
) -> dict[str, PatrolValidity]:
    """Each 巡查 among the events of a hazard, by its record, and whether it counts; in their order.

    `codes`: of the hazard's sign and of those of hazards that were merged into it. `point`: where it lies.
    Days are those of China; of several on one day by one person, the first that is valid counts.
    """
    found: dict[str, PatrolValidity] = {}
    counted: set[tuple[str, str]] = set()
    for event in in_order(events):
        if event.type is not EventType.PATROL:
            continue
        validity = _evidence(event.write.fields, codes, point, near_m)
        if validity in _VALID:
            whose = event.write.author, day_of_event(event)
            validity = PatrolValidity.REPEATED if whose in counted else validity
            counted.add(whose)
        found[event.record] = validity
    return found


def _evidence(
    fields: Mapping[str, Any], codes: Collection[str], point: Point | None, near_m: float
) -> PatrolValidity:
    """What shows that somebody was there, or why nothing does.

    A position shows it that a device measured then, and not less accurately than `near_m`.
    """
    if fields.get("sign_code") in codes:
        return PatrolValidity.SCANNED
    fix = fields.get("position") or {}
    device = fix.get("source", CoordSource.GNSS) == CoordSource.GNSS
    measured = fix and device and not fix.get("mock_location") and not fix.get("age_s")
    if point is None or not measured or (fix.get("accuracy_m") or 0) > near_m:
        return PatrolValidity.UNPROVEN
    there = about_metres(point, (fix["lat"], fix["lon"])) <= near_m
    return PatrolValidity.NEAR if there else PatrolValidity.FAR
