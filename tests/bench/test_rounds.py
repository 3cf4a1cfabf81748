"""Turns that are fair to both sides, and rounds that end when enough is known."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.bench import report
from tests.bench.figures import Bound, Figure
from tests.bench.rounds import Rounds, forth_and_back, until_known

BOUND = Bound("ratio", 0.5, "more")


def figures(rounds: Rounds) -> list[Figure]:
    return rounds.figures("part", "case", [("rate", "speed", "records/s", BOUND)], "ours", "peer")


def measured(ratios: Iterator[float], most: int) -> Figure:
    def one_round(number: int, rounds: Rounds) -> None:
        ratio = next(ratios)
        for side in forth_and_back(("ours", "peer"), number):
            rounds.add(side, "case", rate=ratio if side == "ours" else 1.0)

    [found] = until_known(one_round, figures, most)
    return found


def test_each_side_has_two_turns_around_the_same_moment() -> None:
    for number in range(4):
        turns = forth_and_back("ABC", number)
        assert turns == turns[::-1]
        assert sorted(turns) == list("AABBCC")


def test_every_side_begins_once() -> None:
    assert {forth_and_back("ABC", number)[0] for number in range(3)} == set("ABC")


def test_what_changes_steadily_weighs_on_both_sides_alike() -> None:
    rounds = Rounds()
    rounds.begin()
    for place, side in enumerate(forth_and_back(("ours", "peer"), 0)):
        rounds.add(side, "case", rate=100.0 - place)
    [found] = figures(rounds)
    assert found.ratio is not None
    assert found.ratio.median == 1.0


def test_what_cannot_be_measured_gives_no_figure() -> None:
    rounds = Rounds()
    rounds.begin()
    rounds.add("ours", "case", rate=None)
    assert figures(rounds) == []


def test_rounds_that_agree_end_early() -> None:
    found = measured(iter([0.6] * 40), 40)
    assert len(found.ours) == 9
    assert found.verdict == "met"


def test_rounds_that_scatter_go_on_until_their_median_is_known() -> None:
    chance = Random(1)
    found = measured(iter(lambda: chance.gauss(0.6, 0.05), None), 200)
    assert found.ratio is not None
    assert 9 < found.ratio.count < 200
    assert found.ratio.half_width <= 0.025
    assert found.verdict == "met"


@pytest.mark.parametrize("most", [3, 12])
def test_rounds_end_at_their_limit_and_say_that_nothing_is_decided(most: int) -> None:
    found = measured(iter([0.3, 0.9] * 20), most)
    assert len(found.ours) == most
    assert found.verdict == "undecided"


def test_a_repeated_measurement_agrees() -> None:
    chance = Random(2)
    found = [measured(iter(lambda: chance.gauss(0.5, 0.05), None), 200).ratio for _ in range(100)]
    medians = [ratio.median for ratio in found if ratio]
    agreed = [abs(one - other) <= 0.05 for one, other in zip(medians[::2], medians[1::2], strict=True)]
    assert sum(agreed) >= 0.95 * len(agreed)


def test_the_table_says_ratio_interval_rounds_target_and_verdict() -> None:
    table = report.table([measured(iter([0.6, 0.61, 0.62] * 3), 9)])
    [line] = [line for line in table.splitlines() if "case: speed" in line]
    assert line.endswith("  0.610 (0.600–0.620)  9       ratio ≥ 0.5  met")
