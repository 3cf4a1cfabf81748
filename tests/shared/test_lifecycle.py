"""The life of a hazard: status, dates, who may do what, in any order of arrival."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock, lifecycle, permissions, problems
from shared.hazards.history import HazardHistory, TimelineEvent, unsuperseded
from shared.lifecycle import fold, refusal
from shared.merge import Write
from shared.vocabulary import EventType, PatrolResult, Role, Status

E, S = EventType, Status
INSPECTOR, REVIEWER = "inspector", "reviewer"


def happened(
    type_: EventType, place: int, author: str = REVIEWER, base: int | None = None, **said: Any
) -> TimelineEvent:
    """An event at `place` of the log whose author had seen all before it, unless `base` says otherwise."""
    day = said.pop("at", f"2026-06-{place:02d}T09:00:00+08:00")
    base = place - 1 if base is None else base
    hlc = clock.stamp(int(datetime(2026, 12, 31, 17, place, tzinfo=UTC).timestamp() * 1000))
    write = Write(author[:1] * 16, place, place, base, hlc, author, day, {})
    return TimelineEvent(f"event-{place}", write, type_, day, **said)


def story(*steps: tuple[EventType, str]) -> list[TimelineEvent]:
    return [happened(type_, place, author) for place, (type_, author) in enumerate(steps, 1)]


LOOP = (
    (E.REGISTER, REVIEWER),
    (E.ASSIGN, REVIEWER),
    (E.RECTIFY, INSPECTOR),
    (E.SUBMIT, INSPECTOR),
    (E.ACCEPT, REVIEWER),
    (E.CLOSE, REVIEWER),
)


def test_a_hazard_without_events_is_reported() -> None:
    assert fold([]) == HazardHistory()


def test_the_loop_ends_struck_off_with_its_dates() -> None:
    history = fold(story(*LOOP))
    assert history.status is S.CLOSED
    assert history.concurrent_statuses == ()
    assert (history.assigned_on, history.rectified_on) == ("2026-06-02", "2026-06-04")
    assert history.first_closed_on == history.closed_on == "2026-06-06"
    assert history.acceptor == REVIEWER
    assert history.rectifiers == {INSPECTOR}
    assert history.order == tuple(f"event-{place}" for place in range(1, 7))


def test_a_relapse_opens_the_loop_again_and_the_first_closing_stays() -> None:
    again = [*LOOP, (E.RECHECK, INSPECTOR), (E.RELAPSE, INSPECTOR), *LOOP[2:]]
    relapsed = fold(story(*again[:8]))
    assert relapsed.status is S.RELAPSED
    assert relapsed.relapses == 1
    assert not relapsed.accepted
    assert relapsed.rectifiers == frozenset()
    history = fold(story(*again))
    assert history.status is S.CLOSED
    assert (history.first_closed_on, history.closed_on) == ("2026-06-06", "2026-06-12")
    assert history.relapses == 1


def test_a_rejection_sends_it_back_and_asks_for_another_acceptance() -> None:
    history = fold(story(*LOOP[:4], (E.REJECT, REVIEWER)))
    assert history.status is S.IN_PROGRESS
    assert not history.accepted
    assert history.rectifiers == {INSPECTOR}


def test_who_rectified_cannot_accept_even_if_it_reached_the_log() -> None:
    own = fold(story((E.RECTIFY, REVIEWER), (E.SUBMIT, REVIEWER), (E.ACCEPT, REVIEWER), (E.CLOSE, REVIEWER)))
    assert not own.accepted
    assert own.acceptor is None
    assert own.status is S.CLOSED
    assert own.first_closed_on is None  # shows, and counts for nothing


def test_a_closing_without_acceptance_counts_for_nothing() -> None:
    history = fold(story((E.SUBMIT, INSPECTOR), (E.CLOSE, REVIEWER)))
    assert (history.status, history.closed_on, history.first_closed_on) == (S.CLOSED, "2026-06-02", None)


def test_concurrent_closing_and_relapse_both_show() -> None:
    seen = story(*LOOP[:5])
    both = [*seen, happened(E.CLOSE, 6, base=5), happened(E.RELAPSE, 7, "other", base=5)]
    history = fold(both)
    assert {history.status, *history.concurrent_statuses} == {S.CLOSED, S.RELAPSED}
    assert fold([*both, happened(E.ASSIGN, 8)]).concurrent_statuses == ()


def test_two_who_do_the_same_at_once_contradict_nobody() -> None:
    history = fold([happened(E.ASSIGN, 1, "a", base=0), happened(E.ASSIGN, 2, "b", base=0)])
    assert (history.status, history.concurrent_statuses) == (S.ASSIGNED, ())


def test_patrols_notes_and_looks_back_leave_the_status() -> None:
    quiet = [(E.PATROL, INSPECTOR), (E.NOTE, INSPECTOR), (E.EXTEND, REVIEWER)]
    assert fold(story(LOOP[0], LOOP[1], *quiet)).status is S.ASSIGNED
    checked = fold([*story(*LOOP), happened(E.RECHECK, 7, INSPECTOR, result=PatrolResult.NORMAL)])
    assert (checked.status, checked.rechecked_on) == (S.CLOSED, "2026-06-07")
    assert checked.recheck_result is PatrolResult.NORMAL


def test_the_last_assignment_and_the_last_due_date_hold() -> None:
    history = fold(
        [
            happened(E.ASSIGN, 1, assignee_unit="上沙村", due_date="2026-06-30"),
            happened(E.TRANSFER, 2, assignee_unit="水务中心"),
            happened(E.EXTEND, 3, due_date="2026-07-15"),
        ]
    )
    assert (history.assignee_unit, history.due_date) == ("水务中心", "2026-07-15")


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-06-01T00:30:00+08:00", "2026-06-01"),
        ("2026-05-31T16:30:00Z", "2026-06-01"),
        ("2026-05-31T15:59:59.5Z", "2026-05-31"),
        ("2026-12-31T17:00:00+00:00", "2027-01-01"),
    ],
)
def test_days_are_counted_in_chinas_time(at: str, day: str) -> None:
    assert fold([happened(E.CONTROL, 1, at=at)]).controlled_on == day


events = st.lists(
    st.tuples(st.sampled_from(EventType), st.sampled_from(["a", "b", "c"]), st.integers(0, 8)), max_size=9
)


@given(events, st.data())
def test_any_order_and_any_repetition_tell_the_same_life(
    steps: Sequence[tuple[EventType, str, int]], data: st.DataObject
) -> None:
    told = [
        happened(type_, place, author, base=min(base, place - 1))
        for place, (type_, author, base) in enumerate(steps, 1)
    ]
    again = data.draw(st.permutations(told))
    more = data.draw(st.lists(st.sampled_from(told), max_size=4)) if told else []
    assert fold(again + more) == fold(told)
    assert set(fold(told).concurrent_statuses).isdisjoint({fold(told).status})


def test_an_event_written_twice_counts_once_and_as_first_written() -> None:
    first, second = happened(E.CLOSE, 1), happened(E.RELAPSE, 2)
    forged = TimelineEvent(first.record, second.write, second.type, second.at)
    assert fold([first, forged]) == fold([forged, first]) == fold([first])


@given(events)
def test_only_an_accepted_closing_counts(steps: Sequence[tuple[EventType, str, int]]) -> None:
    history = fold(happened(type_, place, author) for place, (type_, author, _) in enumerate(steps, 1))
    types = [type_ for type_, _, _ in steps]
    if history.first_closed_on:
        assert E.ACCEPT in types[: len(types) - 1 - types[::-1].index(E.CLOSE)]
    assert history.relapses == types.count(E.RELAPSE)


def waiting(*rectifiers: str, accepted: bool = False) -> HazardHistory:
    return HazardHistory(
        status=S.PENDING_ACCEPTANCE, rectified=True, rectifiers=frozenset(rectifiers), accepted=accepted
    )


@pytest.mark.parametrize(
    "step", [step for step in EventType if not permissions.may(Role.INSPECTOR, permissions.step_action(step))]
)
def test_reviewers_steps_are_not_for_inspectors(step: EventType) -> None:
    for status in Status:
        refused = refusal(step, HazardHistory(status=status), "x", Role.INSPECTOR, reason="-")
        assert refused is not None
        assert refused.kind is problems.role_forbidden


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR])
def test_nobody_accepts_or_closes_what_they_rectified(role: Role) -> None:
    for step, history in ((E.ACCEPT, waiting("x")), (E.CLOSE, waiting("x", accepted=True))):
        refused = refusal(step, history, "x", role)
        assert refused is not None
        assert refused.kind is problems.acceptor_is_rectifier
        assert refusal(step, history, "y", role, after_photos=1) is None


def test_closing_follows_acceptance_and_acceptance_comes_once() -> None:
    assert refusal(E.CLOSE, waiting("x"), "y", Role.REVIEWER) is not None
    assert refusal(E.ACCEPT, waiting("x", accepted=True), "y", Role.REVIEWER) is not None


def test_submitting_needs_a_photo_of_the_finished_work() -> None:
    history = HazardHistory(status=S.IN_PROGRESS, rectified=True)
    refused = refusal(E.SUBMIT, history, "x", Role.INSPECTOR)
    assert refused is not None
    assert refused.kind is problems.after_photo_missing
    assert refusal(E.SUBMIT, history, "x", Role.INSPECTOR, after_photos=1) is None


@pytest.mark.parametrize("step", sorted(lifecycle.RESTS_ON_EVIDENCE))
def test_what_rests_on_evidence_needs_work_and_a_photo_since_the_last_relapse(step: EventType) -> None:
    status = S.IN_PROGRESS if step is E.SUBMIT else S.PENDING_ACCEPTANCE
    history = HazardHistory(status=status, accepted=step is E.CLOSE)
    codes = []
    for rectified, photos in ((False, 1), (True, 0), (True, 1)):
        refused = refusal(
            step, replace(history, rectified=rectified), "y", Role.REVIEWER, after_photos=photos
        )
        codes.append(refused and refused.code)
    assert codes == ["rectification_missing", "after_photo_missing", None]
    assert not fold(story(*LOOP, (E.RELAPSE, INSPECTOR))).rectified


@pytest.mark.parametrize("taken_back", [E.MERGE, E.INVALIDATE])
@pytest.mark.parametrize("steps", range(len(LOOP) + 1))
def test_registering_again_brings_back_exactly_what_was(taken_back: EventType, steps: int) -> None:
    before = fold(story(*LOOP[:steps]))
    after = fold(story(*LOOP[:steps], (taken_back, REVIEWER), (E.REGISTER, REVIEWER)))
    assert replace(after, order=(), holding=()) == replace(before, order=(), holding=())
    twice = [(taken_back, REVIEWER), (E.REGISTER, REVIEWER)] * 2
    assert fold(story(*LOOP[:steps], *twice)).status is before.status


def test_taking_back_brings_back_statuses_that_both_held() -> None:
    both = [*story(*LOOP[:5]), happened(E.CLOSE, 6, base=5), happened(E.RELAPSE, 7, "other", base=5)]
    history = fold([*both, happened(E.MERGE, 8), happened(E.REGISTER, 9)])
    assert (history.status, history.concurrent_statuses) == (S.RELAPSED, (S.CLOSED,))


def test_of_statuses_in_dispute_one_that_counts_for_nothing_is_shown() -> None:
    for other, shown in ((E.RELAPSE, S.RELAPSED), (E.MERGE, S.MERGED)):
        for first, second in ((E.CLOSE, other), (other, E.CLOSE)):
            both = [happened(first, 6, "a", base=5), happened(second, 7, "b", base=5)]
            assert fold([*story(*LOOP[:5]), *both]).status is shown


def test_a_closing_counts_by_what_its_author_had_seen() -> None:
    """A rejection that the one who closed had not seen cannot undo the acceptance they had."""
    seen = story(*LOOP[:4])
    accepted = happened(E.ACCEPT, 6, "a", base=4)
    late = happened(E.CLOSE, 8, "a", base=4)
    unseen = happened(E.REJECT, 7, "b", base=4)
    history = fold([*seen, accepted, unseen, late])
    assert (history.status, history.first_closed_on) == (S.IN_PROGRESS, "2026-06-08")
    blind = happened(E.CLOSE, 8, "c", base=4)
    assert fold([*seen, accepted, blind]).first_closed_on is None


def test_a_problem_found_at_a_look_back_asks_for_a_relapse_until_somebody_decides() -> None:
    found = [*story(*LOOP), happened(E.RECHECK, 7, INSPECTOR, result=PatrolResult.PROBLEM)]
    assert fold(found).relapse_due
    assert not fold([*found, happened(E.RECHECK, 8, result=PatrolResult.NORMAL)]).relapse_due
    assert not fold([*found, happened(E.RELAPSE, 8)]).relapse_due


def test_no_event_happened_after_it_arrived() -> None:
    assert fold([happened(E.CONTROL, 1, at="2099-06-01T09:00:00+08:00")]).controlled_on == "2027-01-01"


@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_a_rejection_needs_a_reason(reason: str | None) -> None:
    refused = refusal(E.REJECT, waiting("x"), "y", Role.REVIEWER, reason=reason)
    assert refused is not None
    assert refused.kind is problems.reason_missing
    assert refusal(E.REJECT, waiting("x"), "y", Role.REVIEWER, reason="围蔽太矮") is None


def test_what_is_struck_off_can_be_looked_back_at_but_not_rectified() -> None:
    closed = HazardHistory(status=S.CLOSED)
    open_steps = set(lifecycle.next_steps(closed, "x", tuple(EventType), after_photos=1))
    assert {E.PATROL, E.NOTE, E.RECHECK, E.RELAPSE, E.MERGE} <= open_steps
    assert not {E.RECTIFY, E.SUBMIT} & open_steps


def test_what_was_marked_unfounded_by_mistake_can_be_registered_again() -> None:
    for status in (S.INVALID, S.MERGED):
        steps = lifecycle.next_steps(HazardHistory(status=status), "x", tuple(EventType))
        assert set(steps) == {E.REGISTER, E.PATROL, E.NOTE}


@given(st.sampled_from(Status), st.sampled_from(EventType), st.sampled_from(Role), st.booleans())
def test_every_step_is_open_or_says_why(status: Status, step: EventType, role: Role, accepted: bool) -> None:
    refused = refusal(
        step, HazardHistory(status=status, accepted=accepted), "x", role, after_photos=1, reason="-"
    )
    if refused is not None:
        assert refused.details["step"] == step.value
    elif step in lifecycle.STATUS_AFTER:
        assert status in lifecycle.ALLOWED_FROM[step]


def test_every_step_that_changes_the_status_says_from_where() -> None:
    assert set(lifecycle.STATUS_AFTER) <= set(lifecycle.ALLOWED_FROM)
    assert lifecycle.OPEN.isdisjoint({S.CLOSED, S.INVALID, S.MERGED})


def test_a_closing_that_was_taken_back_leaves_a_hazard_that_waits_for_acceptance() -> None:
    history = fold([*story(*LOOP), happened(E.REOPEN, 7)])
    assert history == replace(fold(story(*LOOP[:4])), order=history.order, holding=("event-7",)), (
        "as if nobody had accepted and closed"
    )
    again = fold([*story(*LOOP), happened(E.REOPEN, 7), happened(E.ACCEPT, 8), happened(E.CLOSE, 9)])
    assert (again.status, again.first_closed_on) == (S.CLOSED, "2026-06-09")


def test_taking_back_a_closing_spares_those_before_a_relapse_and_those_it_had_not_seen() -> None:
    second = (E.RELAPSE, REVIEWER), *LOOP[2:]
    twice = story(*LOOP, *second)
    assert fold([*twice, happened(E.REOPEN, 12)]).first_closed_on == "2026-06-06"
    unseen = fold([*story(*LOOP), happened(E.REOPEN, 7, "other", base=5)])
    assert {unseen.status, *unseen.concurrent_statuses} == {S.CLOSED, S.PENDING_ACCEPTANCE}
    assert unseen.first_closed_on == "2026-06-06"


def test_only_what_is_closed_is_taken_back_by_the_office_and_with_a_reason() -> None:
    closed = fold(story(*LOOP))
    taken = refusal(E.REOPEN, closed, "other", Role.REVIEWER, reason="点错了")
    assert taken is None
    without = refusal(E.REOPEN, closed, "other", Role.REVIEWER)
    assert without
    assert without.kind is problems.reason_missing
    for role in (Role.INSPECTOR, Role.SUPERVISOR):
        refused = refusal(E.REOPEN, closed, "other", role, reason="点错了")
        assert refused
        assert refused.kind is problems.role_forbidden
    open_still = refusal(E.REOPEN, fold(story(*LOOP[:4])), "other", Role.REVIEWER, reason="点错了")
    assert open_still
    assert open_still.kind is problems.step_not_open


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 6), st.booleans()), max_size=6))
def test_what_holds_is_superseded_by_none_of_the_others(said: list[tuple[str, int, bool]]) -> None:
    events = [
        TimelineEvent(str(n), Write(device, n, n if sent else None, base, "", "", "", {}), E.NOTE, "")
        for n, (device, base, sent) in enumerate(said, 1)
    ]
    assert unsuperseded(events) == [
        one for one in events if not any(x.write.supersedes(one.write) for x in events if x is not one)
    ]


def test_the_time_to_fold_a_history_grows_with_its_steps_and_not_with_their_square() -> None:
    first = happened(E.CONTROL, 1)
    steps = [
        replace(first, record=str(n), write=replace(first.write, number=n, seq=n, base=0))
        for n in range(1, 5001)
    ]

    def seconds(of: list[TimelineEvent]) -> float:
        begun = time.process_time()
        assert fold(of).status is S.CONTROLLED
        return time.process_time() - begun

    few, all_of_them = (min(seconds(steps[:number]) for _ in range(3)) for number in (500, 5000))
    assert all_of_them < 30 * few, "ten times as many steps"


def test_nothing_is_closed_before_what_its_author_had_seen() -> None:
    old = "2025-06-01T09:00:00+08:00"
    told = fold(
        [
            happened(E.RECTIFY, 1, INSPECTOR),
            happened(E.SUBMIT, 2, INSPECTOR),
            happened(E.ACCEPT, 3, at=old),
            happened(E.CLOSE, 4, at=old),
        ]
    )
    assert (told.first_closed_on, told.closed_on) == ("2026-06-02", "2026-06-02")
    unseen = fold([happened(E.SUBMIT, 1, INSPECTOR), happened(E.CLOSE, 2, at=old, base=0)])
    assert unseen.closed_on == "2025-06-01"
