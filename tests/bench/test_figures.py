"""When a target counts as met, and when nobody can say."""

import pytest

from tests.bench.figures import Bound, Figure, Verdict

AT_LEAST, AT_MOST = Bound("ratio", 0.5, "more"), Bound("ratio", 1.3, "less")


def figure(ours: list[float], peer: list[float] | None, bound: Bound | None) -> Figure:
    return Figure("part", "case", "unit", tuple(ours), "peer", None if peer is None else tuple(peer), bound)


def ratios(values: list[float], bound: Bound | None = None) -> Figure:
    return figure(values, [1.0] * len(values), bound)


def test_the_ratio_is_taken_round_by_round() -> None:
    found = figure([1, 20, 3, 40, 5, 60], [2, 40, 6, 80, 10, 120], None).ratio
    assert found is not None
    assert (found.median, found.low, found.high) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("values", "bound", "verdict"),
    [
        ([0.50, 0.51, 0.52, 0.53, 0.54, 0.55], AT_LEAST, "met"),
        ([0.44, 0.45, 0.46, 0.47, 0.48, 0.49], AT_LEAST, "not met"),
        ([0.45, 0.46, 0.52, 0.53, 0.54, 0.55], AT_LEAST, "undecided"),
        ([1.10, 1.11, 1.12, 1.13, 1.14, 1.30], AT_MOST, "met"),
        ([1.31, 1.32, 1.33, 1.34, 1.35, 1.36], AT_MOST, "not met"),
        ([1.10, 1.11, 1.12, 1.13, 1.14, 1.31], AT_MOST, "undecided"),
    ],
)
def test_a_target_is_decided_only_where_the_whole_interval_is_on_one_side(
    values: list[float], bound: Bound, verdict: Verdict
) -> None:
    assert ratios(values, bound).verdict == verdict


def test_too_few_rounds_decide_nothing() -> None:
    assert ratios([0.9] * 5, AT_LEAST).verdict == "undecided"


def test_a_figure_without_a_target_has_no_verdict_and_wants_no_rounds() -> None:
    found = ratios([0.1, 0.9])
    assert found.verdict is None
    assert not found.wants_rounds


def test_a_target_for_a_ratio_that_cannot_be_taken_is_undecided() -> None:
    assert figure([1.0] * 9, None, AT_LEAST).verdict == "undecided"
    assert figure([1.0] * 9, [0.0] * 9, AT_LEAST).verdict == "undecided"


def test_a_target_for_ours_alone_does_not_ask_for_rounds() -> None:
    found = figure([100, 140, 120, 130, 110, 149], None, Bound("ours", 150, "less"))
    assert found.verdict == "met"
    assert not found.wants_rounds


def test_rounds_are_wanted_until_the_interval_is_narrow() -> None:
    assert ratios([0.50, 0.51, 0.52, 0.53, 0.54, 0.56], AT_LEAST).wants_rounds
    assert not ratios([0.50, 0.51, 0.52, 0.53, 0.54, 0.545], AT_LEAST).wants_rounds
