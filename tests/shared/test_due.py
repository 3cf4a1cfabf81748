"""For whom a hazard waits, and how urgently."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hazards import due
from shared.hazards.due import DueFacts, Urgency, Viewer
from shared.lifecycle import OPEN
from shared.permissions import CITY, Grant, Towns
from shared.vocabulary import Role, Status

HERE, THERE = "441900003", "441900004"
ME, OTHER = "me", "other"
UNIT = "水务中心"
TODAY = date(2026, 11, 30)
days = st.integers(-20, 20).map(lambda days: (TODAY + timedelta(days)).isoformat())
grants = st.builds(
    Grant,
    st.sampled_from([Role.INSPECTOR, Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR]),
    st.sampled_from([CITY, Towns(frozenset({HERE})), Towns(frozenset({THERE}))]),
)
viewers = st.builds(Viewer, st.just(ME), st.lists(grants, max_size=2).map(tuple), st.just(TODAY.isoformat()))


@st.composite
def hazards(draw: st.DrawFn) -> DueFacts:
    """A hazard as its records may have made it."""
    status = draw(st.sampled_from(Status))
    return DueFacts(
        status,
        draw(st.sampled_from([None, HERE, THERE])),
        draw(st.sampled_from([ME, OTHER])),
        draw(st.sets(st.sampled_from([ME, OTHER]))),
        due.deadline(status, draw(st.one_of(st.none(), days))),
        status in (Status.RETURNED, Status.IN_PROGRESS) and draw(st.booleans()),
        status is Status.CLOSED and draw(st.booleans()),
    )


def at(day: str, role: Role = Role.INSPECTOR) -> Viewer:
    return Viewer(ME, (Grant(role, Towns(frozenset({HERE}))),), day, UNIT)


def rank(hazard: DueFacts, viewer: Viewer) -> float:
    """The greater, the less urgent."""
    return due.urgency(hazard, viewer) or float("inf")


@given(hazards(), viewers)
def test_what_is_done_waits_for_nobody(hazard: DueFacts, viewer: Viewer) -> None:
    if due.urgency(hazard, viewer):
        assert hazard.status in OPEN or hazard.relapse_due


@given(hazards(), viewers)
def test_nobody_is_asked_for_what_they_may_not_do_there(hazard: DueFacts, viewer: Viewer) -> None:
    urgency = due.urgency(hazard, viewer)
    assert urgency is None or viewer.may(urgency, hazard.town_code)
    assert due.urgency(hazard, replace(viewer, grants=())) is None


@given(hazards(), viewers)
def test_nobody_accepts_their_own_work(hazard: DueFacts, viewer: Viewer) -> None:
    assert due.urgency(replace(hazard, rectifiers={ME}), viewer) is not Urgency.TO_ACCEPT


@given(hazards(), viewers, st.integers(0, 40))
def test_a_hazard_gets_no_less_urgent_by_waiting(hazard: DueFacts, viewer: Viewer, days: int) -> None:
    later = replace(viewer, today=(TODAY + timedelta(days)).isoformat())
    assert rank(hazard, later) <= rank(hazard, viewer)


@given(hazards(), viewers, grants)
def test_a_further_role_takes_nothing_away(hazard: DueFacts, viewer: Viewer, grant: Grant) -> None:
    wider = replace(viewer, grants=(*viewer.grants, grant))
    assert rank(hazard, wider) <= rank(hazard, viewer)


@pytest.mark.parametrize(
    ("deadline", "urgency"),
    [
        ("2026-11-29", Urgency.OVERDUE),
        ("2026-11-30", Urgency.DUE_SOON),
        ("2026-12-07", Urgency.DUE_SOON),
        ("2026-12-08", None),
        (None, None),
    ],
)
def test_a_deadline_is_kept_until_its_day_is_over(deadline: str | None, urgency: Urgency | None) -> None:
    hazard = DueFacts(Status.ASSIGNED, HERE, OTHER, deadline=deadline)
    assert due.urgency(hazard, at("2026-11-30")) is urgency


@pytest.mark.parametrize("status", [Status.PENDING_ACCEPTANCE, Status.CLOSED, Status.INVALID, Status.MERGED])
def test_what_is_handed_in_or_done_has_no_deadline(status: Status) -> None:
    assert due.deadline(status, "2026-11-01") is None


@pytest.mark.parametrize(
    ("hazard", "role", "urgency"),
    [
        (DueFacts(Status.RETURNED, HERE, ME, sent_back=True), Role.INSPECTOR, Urgency.SENT_BACK),
        (DueFacts(Status.RETURNED, HERE, OTHER, sent_back=True), Role.INSPECTOR, None),
        (DueFacts(Status.IN_PROGRESS, HERE, OTHER, {ME}, None, True), Role.INSPECTOR, Urgency.SENT_BACK),
        (DueFacts(Status.CLOSED, HERE, OTHER, relapse_due=True), Role.SUPERVISOR, Urgency.RELAPSE_DUE),
        (DueFacts(Status.CLOSED, THERE, OTHER, relapse_due=True), Role.INSPECTOR, None),
        (DueFacts(Status.PENDING_ACCEPTANCE, HERE, ME, {OTHER}), Role.REVIEWER, Urgency.TO_ACCEPT),
        (DueFacts(Status.PENDING_ACCEPTANCE, HERE, ME, {OTHER}), Role.INSPECTOR, None),
        (DueFacts(Status.REPORTED, HERE, OTHER), Role.REVIEWER, Urgency.TO_REGISTER),
        (DueFacts(Status.REPORTED, HERE, ME), Role.INSPECTOR, Urgency.OWN),
        (DueFacts(Status.ASSIGNED, HERE, OTHER, unit=UNIT), Role.INSPECTOR, Urgency.UNIT),
        (DueFacts(Status.ASSIGNED, THERE, OTHER, unit=UNIT), Role.INSPECTOR, None),
        (DueFacts(Status.ASSIGNED, HERE, OTHER, unit="村委会"), Role.INSPECTOR, None),
        (DueFacts(Status.PENDING_ACCEPTANCE, HERE, OTHER, unit=UNIT), Role.INSPECTOR, None),
        (DueFacts(Status.REPORTED, HERE, OTHER), Role.INSPECTOR, None),
    ],
)
def test_a_hazard_waits_for_whose_turn_it_is(hazard: DueFacts, role: Role, urgency: Urgency | None) -> None:
    assert due.urgency(hazard, at("2026-11-30", role)) is urgency
