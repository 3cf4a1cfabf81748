"""待办: every number is that of the list it opens, and nobody is shown what they cannot do."""

import re

import pytest
from fastapi.testclient import TestClient

from shared.permissions import Grant
from shared.vocabulary import EventType, Role
from sync_server.access import grants
from sync_server.database.transactions import in_transaction
from tests.sync_server.deployment import Deployment

LINE = re.compile(r'<li><a href="([^"]+)"[^>]*><strong>(\d+)</strong>')


def lines(browser: TestClient) -> dict[str, int]:
    page = browser.get("/review")
    assert page.status_code == 200, page.text
    return {href.replace("&amp;", "&"): int(count) for href, count in LINE.findall(page.text)}


def listed(browser: TestClient, href: str) -> int:
    """How many lines the list has."""
    return len(set(re.findall(r'href="(/hazards/[0-9a-f-]{36})"', browser.get(href).text)))


@pytest.fixture
def busy(office: Deployment) -> Deployment:
    for number in range(3):
        office.report(water_name=f"上报{number}", position={"lat": 23.0 + number / 10, "lon": 113.7})
    for number in range(2):
        office.rectified(water_name=f"待验{number}")
    late = office.report(water_name="逾期")
    office.happen(late, EventType.ASSIGN, office.reviewer, assignee_unit="村", due_date="2026-06-01")
    closed = office.rectified(water_name="反弹")
    office.happen(closed, EventType.ACCEPT, office.reviewer)
    office.happen(closed, EventType.CLOSE, office.reviewer)
    office.happen(closed, EventType.RELAPSE, comment="又倒了")
    returned = office.report(water_name="退回")
    office.happen(returned, EventType.RETURN, office.reviewer, comment="补拍")
    return office


def test_each_number_is_that_of_its_list(busy: Deployment) -> None:
    browser = busy.browser(busy.reviewer)
    found = lines(browser)
    assert sorted(found.values()) == [1, 1, 1, 2, 3]
    for href, count in found.items():
        assert listed(browser, href) == count, href


def test_what_nobody_waits_for_is_left_out(office: Deployment) -> None:
    browser = office.browser(office.reviewer)
    assert lines(browser) == {}
    assert "没有等您处理的" in browser.get("/review").text


def test_only_work_in_ones_own_towns_is_counted(busy: Deployment) -> None:
    elsewhere = busy.hand("邻镇审核", Role.REVIEWER)
    scope = grants.scope_of_towns(["441900003"])
    in_transaction(busy.engine, lambda s: grants.replace(s, elsewhere.person.id, Grant(Role.REVIEWER, scope)))
    assert lines(busy.browser(elsewhere)) == {}


def test_quarantine_is_for_those_who_settle_it(busy: Deployment) -> None:
    assert "/quarantine" not in lines(busy.browser(busy.administrator))
    assert busy.browser(busy.inspector).get("/review").status_code == 403


def test_it_says_the_same_in_english(busy: Deployment) -> None:
    browser = busy.browser(busy.reviewer)
    browser.cookies.set("anlan_language", "en")
    assert "To register" in browser.get("/review").text
