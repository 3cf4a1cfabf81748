"""The numbers that the city reports: one count on every page, said of what it counts."""

import re
from typing import Any

from sqlalchemy import update
from sqlmodel import select

from shared.operations import Kind, RecordType
from shared.vocabulary import EventType, PhotoRole
from sync_server.access.policy import SYSTEM
from sync_server.commands import searching
from sync_server.database import campaigns
from sync_server.database.tables import FOLDED, CampaignRow, HazardRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import refolding
from sync_server.queries import hazards
from tests.sync_server.deployment import Deployment

_HAZARD = HazardRow.metadata.tables["hazard"]
_CAMPAIGN = CampaignRow.metadata.tables["campaign"]
PLACE = {"lat": 23.02, "lon": 113.75}


def closed(office: Deployment, **fields: Any) -> str:
    hazard = office.rectified(**fields)
    office.happen(hazard, EventType.ACCEPT, office.reviewer)
    office.happen(hazard, EventType.CLOSE, office.reviewer)
    return hazard


def panel(page: str) -> str:
    return page.split('<section class="target">')[1].split("</section>")[0]


def test_a_hazard_that_holds_two_statuses_counts_alike_on_map_legend_and_panel(office: Deployment) -> None:
    closed(office, position=PLACE)
    torn = closed(office, position=PLACE)
    with reading(office.engine) as session:
        before = campaigns.head(session, office.campaign) - 1
    said = {"hazard": torn, "event_type": "relapse", "at": "2026-05-28T20:00:00Z", "comment": "又倒了"}
    office.save(RecordType.HAZARD_EVENT, Kind.APPEND, said, base=before)
    office.happen(torn, EventType.NOTE)
    browser = office.browser(office.reviewer)
    page = browser.get("/").text
    legend = dict(re.findall(r'chip status-(\w+)">.*?<span class="n">(\d+)</span>', page))
    assert legend == {"closed": "1", "relapsed": "1"}
    [cell] = browser.get("/map/points.json?bbox=113,22,114,24&zoom=9").json()["cells"]
    assert cell["counts"] == {"closed": 1, "relapsed": 1}
    assert 'class="count"><strong>1</strong> / 2000' in page


def test_the_bar_says_what_the_text_says(office: Deployment) -> None:
    in_transaction(office.engine, lambda s: campaigns.set_target(s, office.campaign, 2026, 3))
    for _ in range(2):
        closed(office)
    office.happen(closed(office), EventType.RELAPSE, comment="又倒了")
    shown = panel(office.browser(office.reviewer).get("/").text)
    assert '<progress max="3" value="2"' in shown
    for said in ("66.7%", "净完成 2 处", "首次销号 3 处", "反弹 1 处"):
        assert said in shown


def test_a_town_that_is_filtered_for_is_counted_and_named(office: Deployment) -> None:
    def work(session: Any) -> None:
        campaigns.set_target(session, office.campaign, 2026, 61, "441900102")

    in_transaction(office.engine, work)
    closed(office, town_code="441900101")
    closed(office, town_code="441900102")
    browser = office.browser(office.reviewer)
    assert "<strong>2</strong> / 2000" in panel(browser.get("/").text)
    one = panel(browser.get("/?town=441900102").text)
    assert "<strong>1</strong> / 61" in one
    assert "只统计" in one
    bare = panel(browser.get("/?town=441900101").text)
    assert "<strong>1</strong></p>" in bare
    assert "/ 2000" not in bare
    assert "不随其他筛选条件变化" in panel(browser.get("/?status=closed").text)


def test_the_kit_is_what_was_found_last(office: Deployment) -> None:
    hazard = office.report(kit_ring={"state": "missing"}, kit_sign={"state": "missing"})
    office.happen(hazard, EventType.RECTIFY, kit_ring={"state": "good", "count": 2})
    browser = office.browser(office.reviewer)

    def kit() -> dict[str, str]:
        page = browser.get(f"/hazards/{hazard}").text.split('<table class="kit">')[1]
        return dict(re.findall(r'<th scope="row">([^<]+)</th><td><span class="kit-state kit-(\w+)"', page))

    assert (kit()["救生圈"], kit()["警示牌"]) == ("good", "missing")
    exported = browser.get("/exports/ledger.csv").text
    assert "完好×2" in exported
    office.save(RecordType.HAZARD, Kind.EDIT, {"kit_ring": {"state": "damaged"}}, record=hazard)
    assert kit()["救生圈"] == "damaged"


def test_an_incomplete_score_reads_like_no_finding(office: Deployment) -> None:
    hazard = office.report()
    browser = office.browser(office.reviewer)
    page = browser.get(f"/hazards/{hazard}").text
    assert "资料不全，未定级。还缺：" in page
    assert "上下学沿线" in page.split("还缺：")[1].split("</p>")[0]
    ledger, export = browser.get("/ledger").text, browser.get("/exports/ledger.csv").text
    for shown in (page, ledger.split("<tbody>")[1], export):
        assert "资料不全" in shown
        assert not re.search(r"重大|risk-major|98 分", shown)
    assert "东江北岸" not in browser.get("/ledger?risk=major").text
    office.save(
        RecordType.HAZARD,
        Kind.EDIT,
        {"risk_override": "larger", "risk_override_reason": "去年有人溺水"},
        record=hazard,
    )
    assert "risk-larger" in browser.get(f"/hazards/{hazard}").text


def test_rows_of_an_earlier_version_are_folded_anew(office: Deployment) -> None:
    hazard = office.report(kit_ring={"state": "missing"})
    office.happen(hazard, EventType.RECTIFY, kit_ring={"state": "good"})
    office.attach(hazard, PhotoRole.AFTER)
    searching.make_searchable(office.engine, office.campaign)
    with reading(office.engine) as session:
        right = hazards.get(session, SYSTEM, office.campaign, hazard).model_dump()

    def work(session: Any) -> None:
        session.execute(update(_HAZARD).values(kit={}, risk_level="major", risk_score=98))
        session.execute(update(_CAMPAIGN).values(folded=0))

    in_transaction(office.engine, work)
    refolding.refold(office.engine)
    with reading(office.engine) as session:
        assert hazards.get(session, SYSTEM, office.campaign, hazard).model_dump() == right
        assert session.exec(select(CampaignRow.folded)).one() == FOLDED
