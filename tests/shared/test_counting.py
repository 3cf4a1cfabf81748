"""Counting toward the target: once, in the year of the first closing, relapses apart."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import counting
from shared.counting import Case, Definition, Rules, tally, week_of
from shared.vocabulary import Status

S = Status
RULES = Rules(year=2026, target=10)


def case(status: Status, closed_on: str | None = None, town: str | None = "441900003", **more: Any) -> Case:
    return Case(town, status, closed_on=closed_on, **more)


def test_what_is_struck_off_counts_in_its_week() -> None:
    count = tally(
        [case(S.CLOSED, "2026-06-03"), case(S.CLOSED, "2026-06-07"), case(S.CLOSED, "2026-06-08")], RULES
    )
    assert (count.found, count.done, count.net, count.rate) == (3, 3, 3, 0.3)
    assert count.weeks == {"2026-06-01": 2, "2026-06-08": 1}


def test_what_was_first_struck_off_in_another_year_counts_there() -> None:
    cases = [case(S.CLOSED, "2025-12-31"), case(S.CLOSED, "2026-01-01")]
    assert tally(cases, RULES).done == 1
    assert tally(cases, Rules(year=2025)).done == 1


def test_what_relapsed_is_apart_and_deducted() -> None:
    cases = [case(S.CLOSED, "2026-06-03"), case(S.RELAPSED, "2026-06-03"), case(S.ASSIGNED, "2026-06-03")]
    count = tally(cases, RULES)
    assert (count.done, count.relapsed, count.net) == (3, 2, 1)
    assert count.waiting == 0


@pytest.mark.parametrize("status", [S.MERGED, S.INVALID])
def test_merged_and_unfounded_never_count(status: Status) -> None:
    cases = [case(status, "2026-06-03")]
    count = tally(cases, Rules(year=2026, controlled_counts=True))
    assert (count.found, count.done, count.net, count.waiting) == (0, 0, 0, 0)


def test_a_closing_without_acceptance_does_not_count() -> None:
    count = tally([case(S.CLOSED, None)], RULES)
    assert (count.found, count.done, count.waiting) == (1, 0, 0)


def test_controlled_counts_only_where_the_deployment_says_so() -> None:
    cases = [case(S.CONTROLLED, controlled_on="2026-06-03"), case(S.CONTROLLED, controlled_on="2025-06-03")]
    assert (tally(cases, RULES).net, tally(cases, RULES).waiting) == (0, 2)
    allowed = Rules(year=2026, controlled_counts=True)
    count = tally(cases, allowed)
    assert (count.controlled, count.net, count.waiting) == (1, 1, 1)
    assert count.weeks == {"2026-06-01": 1}
    assert allowed.definition is Definition.WITH_CONTROLLED
    assert RULES.definition is Definition.CLOSED_ONLY


def test_the_definition_is_said_in_both_languages() -> None:
    for definition in Definition:
        assert "验收通过" in definition.zh
        assert "accepted and closed" in definition.en


@pytest.mark.parametrize(
    ("day", "monday"),
    [("2026-06-01", "2026-06-01"), ("2026-06-07", "2026-06-01"), ("2026-01-01", "2025-12-29")],
)
def test_weeks_begin_on_monday(day: str, monday: str) -> None:
    assert week_of(day) == monday


cases = st.builds(
    Case,
    st.sampled_from([None, "441900003", "441900004"]),
    st.sampled_from(Status),
    st.none() | st.sampled_from(["2025-11-05", "2026-05-05", "2026-06-05"]),
    st.none() | st.sampled_from(["2025-07-05", "2026-07-05"]),
)


@given(st.lists(cases), st.booleans())
def test_the_numbers_add_up(some: list[Case], controlled: bool) -> None:
    rules = Rules(2026, controlled_counts=controlled)
    whole = tally(some, rules)
    assert 0 <= whole.relapsed <= whole.done <= whole.found <= len(some)
    assert whole.done + whole.controlled + whole.waiting <= whole.found
    assert sum(whole.weeks.values()) <= whole.done + whole.controlled
    assert whole.net >= 0
    assert tally(reversed(some), rules) == whole


def test_a_campaign_without_target_has_no_rate() -> None:
    assert counting.Tally().rate is None
