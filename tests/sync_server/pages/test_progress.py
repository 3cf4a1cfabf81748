"""进度: each number is that of its list and of an independent recount, and of nothing out of scope."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from itertools import pairwise
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from shared.counting import Case, Rules, tally
from shared.hazards import sign_code
from shared.lifecycle import OPEN
from shared.numbers import pace
from shared.numbers.pace import Pace
from shared.permissions import Grant, School
from shared.vocabulary import EventType, RiskLevel, Role, Status, WaterType
from sync_server.access import grants
from sync_server.access.policy import SYSTEM
from sync_server.database import campaigns
from sync_server.database.tables import HazardRow
from sync_server.database.timestamps import this_year, today
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import recount
from sync_server.pages.progress.burn_up_chart import HEIGHT, WIDTH, burn_up
from sync_server.queries import filters, hazards, progress
from sync_server.queries.numbers import breakdown
from sync_server.queries.numbers.breakdown import Sums
from tests.sync_server.deployment import Deployment
from tests.sync_server.pages.test_numbers import closed

A, B = "441900101", "441900102"
LINK = re.compile(r'href="(/ledger\?[^"]+)"[^>]*>(\d+)</a>')
DAYS = ["2024-12-30", "2025-06-02", "2025-12-31", "2026-01-01", "2026-05-28", "2026-11-16"]


def numbers(browser: TestClient, address: str = "/progress?year=2026") -> dict[str, int]:
    """Ledger → the number that opens it."""
    page = browser.get(address)
    assert page.status_code == 200, page.text
    assert "style=" not in page.text
    return {unescape(href): int(count) for href, count in LINK.findall(page.text)}


def some_row(office: Deployment, random: Random, number: int) -> HazardRow:
    closed_on = random.choice([None, *DAYS])
    status = random.choice(list(Status))
    return HazardRow(
        campaign=office.campaign,
        id=f"00000000-0000-7000-8000-{number:012x}",
        state={"live": []},
        year=2026,
        town_code=random.choice([None, A, B]),
        water_type=random.choice([None, WaterType.POND.value, WaterType.RIVER.value]),
        risk_level=random.choice([None, *(level.value for level in RiskLevel)]),
        status=status.value,
        concurrent_statuses=[],
        found_on=random.choice(DAYS),
        first_closed_on=closed_on,
        controlled_on=random.choice([None, *DAYS]),
        rechecked_on=random.choice([None, *DAYS]),
        relapses=random.choice([0, 0, 1, 2]),
        inspector=office.inspector.person.id,
        deleted=random.random() < 0.1,
        updated_seq=number,
        search_persons="",
    )


def by_hand(rows: list[HazardRow], rules: Rules) -> Sums:
    """The sums of some rows, each judged by itself."""
    told = tally(
        [Case(row.town_code, Status(row.status), row.first_closed_on, row.controlled_on) for row in rows],
        rules,
    )
    waits = sum(Status(row.status) in OPEN for row in rows)
    return Sums(told.found, told.done + told.controlled, told.relapsed, waits)


@pytest.mark.parametrize("controlled", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_sums_are_those_of_every_hazard_judged_by_itself(
    office: Deployment, seed: int, controlled: bool
) -> None:
    random = Random(seed)
    rows = [some_row(office, random, number) for number in range(300)]

    def fill(session: Session) -> None:
        session.add_all([HazardRow(**row.model_dump()) for row in rows])
        campaign = campaigns.get(session, office.campaign)
        campaign.settings = {**campaign.settings, "controlled_counts": controlled}
        session.add(campaign)

    in_transaction(office.engine, fill)
    there = [row for row in rows if not row.deleted]
    rules = Rules(2026, controlled_counts=controlled)
    with reading(office.engine) as session:
        campaign = campaigns.get(session, office.campaign)
        found = breakdown.of(session, SYSTEM, campaign, rules)
        assert found.whole == by_hand(there, rules)
        assert found.whole.net == progress.of(session, SYSTEM, campaign, 2026).net
        columns = ((found.towns, "town_code"), (found.types, "water_type"), (found.risks, "risk_level"))
        for told, column in columns:
            assert told == {
                key: by_hand([row for row in there if getattr(row, column) == key], rules)
                for key in {getattr(row, column) for row in there}
            }
        weeks = tally(
            [Case(None, Status(row.status), row.first_closed_on, row.controlled_on) for row in there], rules
        ).weeks
        assert breakdown.weeks(session, SYSTEM, campaign, rules) == weeks
        ages = breakdown.ages(session, SYSTEM, campaign, "2026-11-30")
        assert sum(ages.values()) == found.whole.open
        done = [row for row in there if by_hand([row], Rules(2026)).counted]
        took = breakdown.durations(session, SYSTEM, campaign, 2026)
        assert sum(days * count for days, count in took.items()) == sum(
            max(0, (day(row.first_closed_on) - day(row.found_on)).days) for row in done
        )
        looked_at = breakdown.rechecks(session, SYSTEM, campaign, 2026)
        assert (looked_at.counted, looked_at.relapsed) == (len(done), sum(row.relapses > 0 for row in done))
        assert looked_at.rechecked == sum(
            row.rechecked_on is not None and day(row.rechecked_on) >= day(row.first_closed_on) for row in done
        )
    browser = office.browser(office.administrator)
    with reading(office.engine) as session:
        for href, count in numbers(browser).items():
            asked = filters.parse(dict(parse_qsl(href.partition("?")[2])))
            assert hazards.count(session, SYSTEM, office.campaign, asked, today()) == count, href


def day(text: str | None) -> date:
    assert text is not None
    return date.fromisoformat(text)


@pytest.fixture
def busy(office: Deployment) -> Deployment:
    closed(office, town_code=A)
    rated = {"risk_override": "major", "risk_override_reason": "去年有孩子落水"}
    office.happen(closed(office, town_code=A, **rated), EventType.RELAPSE, comment="又倒了")
    closed(office, town_code=B, water_type="pond")
    office.report(town_code=B, water_type="pond")
    for town, hazards_wanted in (("", 10), (A, 4)):
        in_transaction(
            office.engine,
            lambda s: campaigns.set_target(s, office.campaign, 2026, hazards_wanted, town),  # noqa: B023
        )
    return office


def listed(browser: TestClient, href: str) -> int:
    return len(set(re.findall(r'href="(/hazards/[0-9a-f-]{36})"', browser.get(href).text)))


def test_each_number_opens_its_list(busy: Deployment) -> None:
    browser = busy.browser(busy.reviewer)
    found = numbers(browser)
    assert found["/ledger?counted=2026"] == 3
    assert found["/ledger?counted=2026&open=1"] == 1
    assert found[f"/ledger?town={A}&counted=2026"] == 2
    assert found["/ledger?type=pond&open=1"] == 1
    assert found["/ledger?risk=major&counted=2026&open=1"] == 1
    for href, count in found.items():
        assert listed(browser, href) == count, href
    shown = browser.get("/progress?year=2026").text
    for words in ("<strong>2</strong> / 10", "20.0%", "25.0%", "每处隐患只计一次", "--year 2026 --explain"):
        assert words in shown
    assert "只看 2026 年计入的" in browser.get("/ledger?counted=2026").text
    browser.cookies.set("anlan_language", "en")
    assert "Share" in browser.get("/progress?year=2026").text


def test_only_what_one_may_see_is_counted(busy: Deployment) -> None:
    local = busy.hand("石龙审核", Role.REVIEWER)
    grant = Grant(Role.REVIEWER, grants.scope_of_towns([B]))
    in_transaction(busy.engine, lambda s: grants.replace(s, local.person.id, grant))
    browser = busy.browser(local)
    assert numbers(browser)["/ledger?counted=2026"] == 1
    assert A not in browser.get("/progress?year=2026").text
    assert "只统计您能看到的" in browser.get("/progress?year=2026").text
    teacher = busy.hand("师", Role.INSPECTOR)
    in_transaction(
        busy.engine,
        lambda s: grants.replace(s, teacher.person.id, Grant(Role.TEACHER, School("s1"))),
    )
    for address in ("/progress", "/progress/patrols"):
        assert busy.browser(teacher).get(address).status_code == 403


def test_a_year_without_numbers_says_so(busy: Deployment) -> None:
    page = busy.browser(busy.reviewer).get("/progress?year=2024").text
    assert "2024 年还没有计入的" in page
    assert busy.browser(busy.reviewer).get("/progress?year=1").status_code == 422


def test_the_log_counts_the_same_and_says_of_what(busy: Deployment) -> None:
    with reading(busy.engine) as session:
        campaign = campaigns.get(session, busy.campaign)
        counted = list(recount.of_year(session, campaign, Rules(2026)))
        found = breakdown.of(session, SYSTEM, campaign, Rules(2026))
    assert len(counted) == found.whole.counted == 3
    assert sum(one.tally.relapsed for one in counted) == found.whole.relapsed == 1
    assert {one.town_code for one in counted} == {A, B}


def patrol(office: Deployment, hazard: str, sign: str = "", **more: Any) -> None:
    code = sign_code.code_of(sign or hazard)
    office.happen(hazard, EventType.PATROL, **{"result": "normal", "sign_code": code, **more})


def test_patrols_are_counted_by_town_and_person(office: Deployment) -> None:
    first, second, gone = office.report(town_code=A), office.report(town_code=B), office.report(town_code=B)
    patrol(office, first)
    patrol(office, first)
    patrol(office, first, by=office.reviewer)
    office.happen(second, EventType.PATROL, result="normal")
    page = office.browser(office.reviewer).get("/progress/patrols?year=2026").text
    assert "有效巡查 2 次，共巡查 4 次；1 处水域" in page
    assert cells(page, "石碣镇") == ["2", "3", "66.7%", "1 / 1"]
    assert cells(page, "石龙镇") == ["0", "1", "0.0%", "0 / 2"]
    assert cells(page, "王审核")[:2] == ["1", "1"]
    office.happen(gone, EventType.MERGE, office.reviewer, merged_into=second)
    patrol(office, second, gone)
    page = office.browser(office.reviewer).get("/progress/patrols?year=2026").text
    assert cells(page, "石龙镇") == ["1", "2", "50.0%", "1 / 1"]
    assert "王审核" not in main(office.browser(office.inspector).get("/progress/patrols?year=2026").text)
    assert "还没有巡查记录" in office.browser(office.reviewer).get("/progress/patrols?year=2025").text


def cells(page: str, name: str) -> list[str]:
    """The first four numbers of a line."""
    [line] = [line for line in main(page).split("<tr>") if f"{name}</" in line]
    return re.findall(r"<td[^>]*>([^<]*)</td>", line)[:4]


def main(page: str) -> str:
    return page.split('<main id="main"')[1]


def year_so_far(total: int, weeks: int = 20) -> Pace:
    monday = date(2026, 1, 5)
    counted = {(monday + timedelta(weeks=week)).isoformat(): total // weeks for week in range(weeks)}
    return pace.of_year(counted, 2026, 2000, total, (monday + timedelta(weeks=weeks)).isoformat())


@pytest.mark.parametrize(("total", "target"), [(0, 0), (0, 2000), (60, 2000), (2000, 61), (123_456, 2000)])
def test_the_chart_stays_within_its_frame(total: int, target: int) -> None:
    drawn = burn_up(year_so_far(total), target)
    points = [
        tuple(map(float, point.split(",")))
        for line in (drawn.total, drawn.target, drawn.forecast)
        for point in line.split()
    ]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    heights = [one.y for one in drawn.labels]
    assert all(second - first >= 15 for first, second in pairwise(heights))
    assert max(heights, default=0) < HEIGHT
    assert len(drawn.counts) <= 6
    assert [tick.label for tick in drawn.months] == [str(month) for month in range(1, 13)]


def test_the_chart_of_a_year_that_is_over_expects_nothing() -> None:
    done = replace(year_so_far(60), forecast=None)
    assert burn_up(done, 0).forecast == burn_up(done, 0).target == ""


def test_numbers_are_those_of_this_year_unless_another_is_asked_for(busy: Deployment) -> None:
    assert f"{this_year()}" in busy.browser(busy.reviewer).get("/progress").text
