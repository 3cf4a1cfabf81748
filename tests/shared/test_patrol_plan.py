"""巡查频次: how often a water is to be patrolled, by risk and season, and since when nobody was there."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hazards import due, patrol_plan
from shared.hazards.due import DueFacts, Urgency, Viewer
from shared.hazards.patrol_plan import LEVELS, Level, PatrolPlan, Season
from shared.permissions import CITY, Grant, Towns
from shared.profiles.drowning import PATROLS
from shared.vocabulary import PatrolValidity, RiskLevel, Role, Status
from shared.wording import Wording
from tests.shared.test_patrols import SCANNED, at, judged_by_record, patrol

HERE, THERE = "441900003", "441900004"
days = st.dates(date(2020, 1, 1), date(2035, 12, 31)).map(date.isoformat)
levels = st.sampled_from(LEVELS)


def later(day: str, count: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


@given(days)
def test_the_more_dangerous_the_more_often_and_unrated_is_not_safe(day: str) -> None:
    major, larger, ordinary, low = (PATROLS.days(level, day) for level in RiskLevel)
    assert major < larger < ordinary < low
    assert PATROLS.days(None, day) == larger


@given(levels)
def test_most_often_in_summer_and_least_in_winter(level: Level) -> None:
    summer, flood, winter = (PATROLS.days(level, f"2026-{day}") for day in ("07-15", "04-01", "12-24"))
    assert summer < flood < winter


@pytest.mark.parametrize(
    ("day", "season"),
    [
        *(("2026-01-01", "平时"), ("2026-03-31", "平时"), ("2026-04-01", "汛期"), ("2026-05-31", "汛期")),
        *(("2026-06-01", "暑期高峰"), ("2026-09-30", "暑期高峰"), ("2026-10-01", "汛期")),
        *(("2026-11-30", "汛期"), ("2026-12-01", "平时"), ("2028-02-29", "平时"), ("2026-12-31", "平时")),
    ],
)
def test_seasons_begin_and_end_on_their_days(day: str, season: str) -> None:
    assert PATROLS.season(day).name.zh == season


@given(levels, days, days)
def test_it_is_due_from_the_day_by_which_it_should_be_done(level: Level, seen_on: str, today: str) -> None:
    assert PATROLS.is_due(level, seen_on, today) is (PATROLS.due_on(level, seen_on, today) <= today)


@given(levels, days, st.integers(0, 400))
def test_within_a_season_waiting_makes_it_no_less_due(level: Level, seen_on: str, wait: int) -> None:
    today = later(seen_on, wait)
    tomorrow = later(today, 1)
    if PATROLS.season(today) is PATROLS.season(tomorrow) and PATROLS.is_due(level, seen_on, today):
        assert PATROLS.is_due(level, seen_on, tomorrow)
    assert not PATROLS.is_due(level, None, today)


def test_a_plan_has_days_for_every_day_and_level() -> None:
    name, some = Wording("全年", "all year"), dict.fromkeys(LEVELS, 7)
    assert PatrolPlan((Season(name, "01-01", "12-31", some),)).days(None, "2026-05-01") == 7
    wrong = [
        (),
        (Season(name, "01-02", "12-31", some),),
        (Season(name, "11-01", "03-31", some), Season(name, "01-01", "12-31", some)),
        (Season(name, "01-01", "12-31", {**some, None: 0}),),
        (Season(name, "01-01", "12-31", {RiskLevel.MAJOR: 1}),),
    ]
    for seasons in wrong:
        with pytest.raises(ValueError, match=r"gap|no days"):
            PatrolPlan(seasons)


def test_only_what_counts_says_that_somebody_was_there() -> None:
    events = [
        patrol(1, **SCANNED),
        patrol(2, hours=48, **at(50)),
        patrol(3, hours=96, **at(5_000)),
        patrol(4, hours=120),
    ]
    validity = judged_by_record(*events)
    assert PatrolValidity.NEAR in validity.values()
    assert patrol_plan.seen_on(Status.CLOSED, events, validity, "2026-05-01") == "2026-06-03"
    assert patrol_plan.seen_on(Status.CLOSED, events[2:], validity, "2026-05-01") == "2026-05-01"
    assert patrol_plan.seen_on(Status.REPORTED, [], {}, None) is None


@pytest.mark.parametrize("status", Status)
def test_nobody_goes_to_what_is_no_water_of_its_own(status: Status) -> None:
    seen_on = patrol_plan.seen_on(status, [], {}, "2026-05-01")
    assert (seen_on is None) is (status in (Status.MERGED, Status.INVALID))


WATER = DueFacts(Status.CLOSED, HERE, "other", level=RiskLevel.LOW, seen_on="2020-01-01")


@pytest.mark.parametrize(
    ("grant", "waits"),
    [
        (Grant(Role.INSPECTOR, CITY), True),
        (Grant(Role.INSPECTOR, Towns(frozenset({HERE}))), True),
        (Grant(Role.INSPECTOR, Towns(frozenset({THERE}))), False),
        (Grant(Role.REVIEWER, CITY), False),
        (Grant(Role.SUPERVISOR, CITY), False),
    ],
)
def test_it_waits_for_the_inspectors_there(grant: Grant, waits: bool) -> None:
    viewer = Viewer("me", (grant,), "2026-11-30")
    assert due.needs_patrol(WATER, PATROLS, viewer) is waits
    assert not due.needs_patrol(replace(WATER, seen_on="2026-11-29"), PATROLS, viewer)
    assert due.urgency(WATER, viewer) is None, "a patrol takes no other reason's place"
    assert viewer.may(Urgency.PATROL, HERE) is waits


@pytest.mark.parametrize("handbook", ["phone.zh.md", "phone.en.md"])
def test_the_handbook_has_the_days_of_the_programme(handbook: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "handbook" / handbook).read_text()
    for season in PATROLS.seasons:
        assert f" | {' | '.join(str(season.days[level]) for level in LEVELS)} |" in text
