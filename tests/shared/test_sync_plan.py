"""The sync plan: small states of a phone and the step that follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import problems
from shared.operations import Stamp
from shared.problems import Problem
from shared.sync import plan
from shared.sync.plan import (
    BecomeSuccessor,
    Halt,
    LinkPolicy,
    PhotoToSend,
    Pull,
    Push,
    ReadSnapshot,
    RetryLater,
    SendPhoto,
    StartOver,
    View,
)
from shared.sync.wire import MAX_OPERATIONS, PushResult, Reason

SMALL = PhotoToSend("small", 10, n=5, owner="old")
LARGE = PhotoToSend("large", 99, n=3, owner="old")
NEW = PhotoToSend("new", 1, n=9, owner="new")


@pytest.mark.parametrize(
    ("view", "action"),
    [
        (View(unsent=[("a", 1, 10), ("a", 2, 10)], photos=[NEW]), Push("a", (1, 2))),
        (View(photos=[NEW]), Pull()),
        (View(pulled=True, photos=[NEW, LARGE, SMALL]), SendPhoto("small")),
        (View(pulled=True, photos=[NEW, LARGE, SMALL], tried=frozenset({"small"})), SendPhoto("large")),
        (View(pulled=True, photos=[NEW], tried=frozenset({"new"})), None),
        (View(unsent=[("a", 7, 1)], pulled=True, photos=[NEW]), Push("a", (7,))),
        (View(unsent=[("a", 7, 1), ("b", 1, 1)]), Push("a", (7,))),
        (View(unsent=[("b", 1, 1)], refused=[("a", 7, 1)], whole=False), Push("b", (1,))),
        (View(refused=[("a", 7, 1)], whole=False), Push("a", (7,))),
        (View(whole=False, photos=[NEW]), ReadSnapshot()),
        (View(pulled=True), None),
        (View(pulled=True, photos=[NEW], link=LinkPolicy(held=True)), None),
        (View(unsent=[("a", 7, 1)], photos=[NEW], link=LinkPolicy(held=True)), Push("a", (7,))),
        (View(pulled=True, photos=[LARGE, SMALL, NEW], link=LinkPolicy(poor=True)), SendPhoto("new")),
        (View(unsent=[("a", n, 1) for n in range(9)], link=LinkPolicy(most=2)), Push("a", (0, 1))),
    ],
)
def test_records_are_pushed_first_then_the_log_is_pulled_then_photos_are_sent(
    view: View, action: plan.Action | None
) -> None:
    assert plan.next_action(view) == action


def test_messages_shrink_while_rounds_fail_but_never_to_nothing() -> None:
    sizes = [plan.most_operations(failures) for failures in range(100)]
    assert sizes[:3] == [MAX_OPERATIONS, MAX_OPERATIONS // 2, MAX_OPERATIONS // 4]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == plan.MIN_OPERATIONS


def test_photos_are_sent_by_hazard_and_on_a_poor_link_by_size() -> None:
    later = PhotoToSend("later", 50, n=7, owner="new")
    assert [p.sha256 for p in plan.in_order([NEW, later, LARGE, SMALL])] == [
        "small",
        "large",
        "new",
        "later",
    ]
    assert [p.sha256 for p in plan.in_order([NEW, later, LARGE, SMALL], poor=True)] == [
        "new",
        "small",
        "later",
        "large",
    ]


@given(st.lists(st.integers(1, 2 * plan.MAX_PUSH_BYTES), min_size=1, max_size=40))
def test_a_push_has_the_oldest_operations_that_fit_and_is_never_empty(sizes: list[int]) -> None:
    numbers = plan.batch([("a", n, size) for n, size in enumerate(sizes)]).numbers
    assert numbers == tuple(range(len(numbers)))
    assert numbers
    assert len(numbers) == 1 or sum(sizes[: len(numbers)]) <= plan.MAX_PUSH_BYTES


def test_a_push_has_no_more_operations_than_the_protocol_allows() -> None:
    assert len(plan.batch([("a", n, 1) for n in range(2000)]).numbers) == MAX_OPERATIONS


def test_only_acknowledged_operations_are_settled() -> None:
    why = Reason(code="invalid")
    settled = plan.settle(
        (1, 2, 3, 4, 5),
        [
            PushResult(n=1, status="stored", seq=8, hlc="000000000001-0000"),
            PushResult(n=2, status="quarantined", why=why),
            PushResult(n=3, status="stored"),
            PushResult(n=4, status="discarded", why=why),
            PushResult(n=5, status="repaired", why=why),
            PushResult(n=99, status="stored", seq=9, hlc="000000000001-0000"),
        ],
    )
    assert settled.stamps == {1: Stamp(8, "000000000001-0000")}
    assert settled.refused == {2: why}
    assert (settled.discarded, settled.repaired) == ({4: why}, {5: why})


def test_an_answer_without_results_is_not_from_our_server() -> None:
    with pytest.raises(Problem) as met:
        plan.settle((1,), [])
    assert met.value.code == "not_our_server"


@pytest.mark.parametrize(
    ("problem", "follows"),
    [
        (problems.epoch_changed(epoch="new"), StartOver("new")),
        (problems.operation_rewritten(device="a", n=3), BecomeSuccessor("a", 3)),
        (problems.token_invalid(), Halt()),
        (problems.campaign_foreign(), Halt()),
        (problems.server_unreachable(), RetryLater(1.0)),
        (problems.not_our_server(), RetryLater(1.0)),
        (problems.overloaded(retry_after=40), RetryLater(40.0)),
        (problems.storage_full(), RetryLater(1.0)),
    ],
)
def test_the_reaction_to_each_problem(problem: Problem, follows: object) -> None:
    assert plan.after(problem, attempt=0, chance=0.5) == follows


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True))
def test_retry_delays_grow_with_failures_up_to_a_bound(attempt: int, chance: float) -> None:
    rest = plan.backoff(attempt, chance)
    assert 0 <= rest < plan.MAX_RETRY_SECONDS
    assert rest <= plan.BACKOFF_SECONDS * 2 ** min(attempt, 30)


def test_a_bad_photo_does_not_stop_other_photos() -> None:
    assert plan.stops_round(problems.server_unreachable())
    assert not plan.stops_round(problems.photo_not_an_image())
    assert plan.restarts_upload(problems.upload_unknown())
    assert not plan.restarts_upload(problems.photo_not_an_image())


def test_an_upload_that_was_cut_is_resumed_and_not_restarted() -> None:
    for problem in (problems.server_unreachable(), problems.upload_offset_conflict()):
        assert plan.needs_offset(problem)
        assert not plan.restarts_upload(problem)
    assert not plan.needs_offset(problems.token_invalid())
