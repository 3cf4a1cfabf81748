"""The ledger and the page of one hazard: filters, pages, masking, escaping."""

import re

import pytest

from shared.hazards.due import deadline, is_overdue
from shared.lifecycle import STATUS_AFTER
from shared.operations import Kind, RecordType
from shared.permissions import Grant, Towns
from shared.vocabulary import EventType, PhotoRole, Role, Status
from sync_server.access import grants
from sync_server.database import campaigns
from sync_server.database.transactions import in_transaction
from tests.sync_server.deployment import Deployment

LATE = "2020-01-01"
NASTY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def names(page: str) -> list[str]:
    return re.findall(r'<a href="/hazards/[^"]+"><strong>(.*?)</strong>', page)


def test_filters_narrow_the_ledger_and_combine(office: Deployment) -> None:
    office.report(water_name="甲塘", water_type="pond", town_code="441900102", due_date="2020-01-01")
    closed = office.report(water_name="乙河", address="100%_桥下")
    office.happen(closed, EventType.RECTIFY)
    office.happen(closed, EventType.ACCEPT, office.reviewer)
    office.happen(closed, EventType.CLOSE, office.reviewer)
    office.report(water_name="丙涌", town_code=None)
    get = office.browser(office.reviewer).get
    wanted = {
        "": {"甲塘", "乙河", "丙涌"},
        "town=441900102": {"甲塘"},
        "town=none": {"丙涌"},
        "status=closed": {"乙河"},
        "type=pond": {"甲塘"},
        "type=pond&status=closed": set(),
        "q=100%25_桥": {"乙河"},
        "q=%25": {"乙河"},
        "q=_": {"乙河"},
        "q=dg-441900101": {"乙河"},
        "overdue=1": {"甲塘"},
        "q=乙 桥": {"乙河"},
    }
    for query, found in wanted.items():
        assert set(names(get(f"/ledger?{query}").text)) == found, query


def test_overdue_is_what_should_have_been_rectified_as_on_the_phone(office: Deployment) -> None:
    steps = {
        STATUS_AFTER[step]: step
        for step in EventType
        if step in STATUS_AFTER and step not in {EventType.REPORT, EventType.MERGE, EventType.REOPEN}
    }
    for status, step in steps.items():
        office.happen(office.report(water_name=status.value, due_date=LATE), step, office.reviewer)
    get = office.browser(office.reviewer).get
    overdue = {status for status in steps if is_overdue(deadline(status, LATE), "2026-06-01")}
    assert Status.ASSIGNED in overdue
    assert not overdue & {Status.PENDING_ACCEPTANCE, Status.CLOSED}, "it was handed in, or is done"
    assert set(names(get("/ledger?overdue=1").text)) == {status.value for status in overdue}
    for status in steps:
        marked = '<span class="late">逾期</span>' in get(f"/ledger?status={status}").text
        assert marked is (status in overdue), status


def test_a_search_finds_what_is_written_otherwise_and_looks_through_schools_and_persons(
    office: Deployment,
) -> None:
    office.report(water_name="３号鱼塘", nearest_school="石井小学")
    office.report(water_name="東江北岸", responsible_person="欧阳明明", phone="13812345678")
    get = office.browser(office.inspector).get
    for text, found in {
        "3号": {"３号鱼塘"},
        "三号 鱼塘": {"３号鱼塘"},
        "东江": {"東江北岸"},
        "石井小学": {"３号鱼塘"},
        "歐陽": {"東江北岸"},
        "138-1234": {"東江北岸"},
        "石碣": {"３号鱼塘", "東江北岸"},
    }.items():
        assert set(names(get("/ledger", params={"q": text}).text)) == found, text


def test_a_search_does_not_tell_an_auditor_what_is_masked(office: Deployment) -> None:
    office.report(water_name="甲塘", responsible_person="欧阳明明", phone="13812345678", patroller="赵大河")
    get = office.browser(office.hand("审计", Role.AUDITOR)).get
    assert names(get("/ledger?q=甲塘").text) == ["甲塘"]
    for text in ("欧阳明明", "欧", "13812345678", "1234", "赵大河"):
        assert names(get("/ledger", params={"q": text}).text) == [], text
        assert "甲塘" not in get("/", params={"q": text}).text, text


def test_impossible_filters_are_said_in_a_sentence(office: Deployment) -> None:
    browser = office.browser(office.reviewer)
    for query in (
        "town=1",
        "status=x",
        "type=x",
        "risk=x",
        "q=" + "x" * 81,
        "bbox=1,2,3",
        "sort=x",
        "after=~",
    ):
        answer = browser.get(f"/ledger?{query}")
        assert answer.status_code == 422, query
        assert 'role="alert"' in answer.text
        as_json = browser.get(f"/ledger?{query}", headers={"Accept": "application/json"})
        assert as_json.json()["code"] == "invalid"


def test_pages_follow_each_other_without_gap_or_repetition(office: Deployment) -> None:
    for number in range(120):
        office.report(water_name=f"塘{number:03d}", town_code="441900101" if number % 2 else None)
    browser = office.browser(office.reviewer)
    for order in ("", "sort=number&dir=asc", "sort=due&dir=asc", "sort=town&dir=desc", "sort=risk&dir=desc"):
        seen, address = [], f"/ledger?{order}"
        while True:
            page = browser.get(address).text
            seen.append(names(page))
            following = re.search(r'rel="next" href="([^"]+)"', page)
            if not following:
                break
            address = following.group(1).replace("&amp;", "&")
        assert [len(part) for part in seen] == [50, 50, 20], order
        assert len({name for part in seen for name in part}) == 120, order
        back = re.search(r'rel="prev" href="([^"]+)"', page)
        assert back
        assert names(browser.get(back.group(1).replace("&amp;", "&")).text) == seen[1], order


def test_who_may_edit_sees_names_and_numbers_and_an_auditor_sees_them_masked(office: Deployment) -> None:
    hazard = office.report(responsible_person="欧阳明明", phone="13812345678", patroller="赵大河")
    office.save(RecordType.HAZARD, Kind.EDIT, {"phone": "13987654321"}, record=hazard)
    secrets = ("欧阳明明", "13812345678", "13987654321", "赵大河")
    masked = office.browser(office.hand("审计", Role.AUDITOR))
    for path in ("/ledger", f"/hazards/{hazard}"):
        for secret in secrets:
            assert secret not in masked.get(path).text, (path, secret)
    assert "139****4321" in masked.get("/ledger").text
    assert "/exports/" not in masked.get("/ledger").text, "who may not export is offered nothing"
    assert "/exports/ledger.csv" in office.browser(office.inspector).get("/ledger").text
    for hand in (office.reviewer, office.inspector):
        for secret in secrets:
            assert secret in office.browser(hand).get(f"/hazards/{hazard}").text
        assert "欧阳明明" in office.browser(hand).get("/exports/ledger.csv").text


def test_what_people_typed_is_never_markup(office: Deployment) -> None:
    position = {"lat": 23.03, "lon": 113.78}
    hazard = office.report(
        water_name=NASTY,
        description=NASTY,
        address=NASTY,
        village=NASTY,
        responsible_unit=NASTY,
        position=position,
    )
    office.happen(hazard, EventType.NOTE, comment=NASTY)
    reviewer = office.browser(office.reviewer)
    for path in (f"/hazards/{hazard}", "/ledger", "/ledger?q=<script>alert", "/", "/?q=<script>alert"):
        page = reviewer.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
    drawn = reviewer.get("/map/points.json?bbox=113,22,115,24&zoom=12")
    assert drawn.headers["content-type"] == "application/json"
    assert drawn.headers["x-content-type-options"] == "nosniff"
    assert drawn.json()["points"][0]["name"] == NASTY


def test_photos_that_have_not_arrived_are_said_to_be_awaited(office: Deployment) -> None:
    hazard = office.report()
    office.attach(hazard, PhotoRole.BEFORE, here=False, seed=1)
    here = office.attach(hazard, PhotoRole.AFTER, seed=2)
    reviewer = office.browser(office.reviewer)
    page = reviewer.get(f"/hazards/{hazard}").text
    assert "照片尚未送达" in page
    assert f"/api/v1/photos/{here}/preview" in page
    assert "已送达 1/2" in page
    assert reviewer.get(f"/api/v1/photos/{here}/thumb").headers["content-type"] == "image/jpeg"


PAGES = ("/", "/ledger", "/hazards/{hazard}", "/people", "/devices", "/quarantine", "/conflicts")


def _words(page: str, letters: str) -> set[str]:
    """The pieces of text on a page, outside tags and scripts, that hold a run of such letters."""
    text = re.sub(r"<[^>]+>", "\n", re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL))
    return {line.strip() for line in text.splitlines() if re.search(letters, line)}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_one_language_but_for_names(office: Deployment, page: str) -> None:
    path = page.format(hazard=office.rectified())
    browser = office.browser(office.administrator)
    browser.get("/language/en?next=/ledger")
    english = browser.get(path).text
    browser.get("/language/zh?next=/ledger")
    chinese = browser.get(path).text
    assert '<html lang="en">' in english
    assert '<html lang="zh-CN">' in chinese
    given = re.compile("中文|张管理|李巡查|王审核|东江北岸")
    assert {words for words in _words(english, "[\u3400-\u9fff]") if not given.search(words)} == set()
    known = re.compile("English|Anlan|Excel|CSV|GeoJSON|Tab|[0-9a-f]{16}|^[0-9A-Z]{4}-[0-9A-Z]{4}$")
    assert {words for words in _words(chinese, "[A-Za-z]{3}") if not known.search(words)} == set()


def test_a_chosen_language_leads_nowhere_else(office: Deployment) -> None:
    browser = office.browser(office.administrator)
    assert browser.get("/language/zh?next=//evil.example").headers["location"] == "/"


def test_unknown_hazards_get_a_page_with_a_way_back(office: Deployment) -> None:
    answer = office.browser(office.reviewer).get("/hazards/00000000-0000-4000-8000-000000000000")
    assert answer.status_code == 404
    assert 'href="/"' in answer.text


@pytest.mark.parametrize("path", ["/", "/ledger", "/conflicts", "/exports/ledger.csv", "/map/here.json"])
@pytest.mark.parametrize("campaign", ["dg-2027", "No such campaign", "\0", "x" * 300])
def test_a_campaign_that_is_not_here_is_not_found(office: Deployment, path: str, campaign: str) -> None:
    answer = office.browser(office.reviewer).get(path, params={"campaign": campaign})
    assert answer.status_code == 404


def test_a_town_is_counted_toward_its_own_target_only(office: Deployment) -> None:
    office.rectified()
    town = Grant(Role.REVIEWER, Towns(frozenset({"441900101"})))
    in_transaction(office.engine, lambda s: grants.replace(s, office.reviewer.person.id, town))

    def panel() -> str:
        page = office.browser(office.reviewer).get("/?year=2026").text
        return page[page.index('class="target"') : page.index('class="legend"')]

    assert "/ 2000" not in panel()
    assert "只统计您负责的园区" in panel()
    in_transaction(
        office.engine, lambda s: campaigns.set_target(s, office.campaign, 2026, 61, town_code="441900101")
    )
    assert "/ 61" in panel()
    assert "/ 2000" in office.browser(office.administrator).get("/?year=2026").text


def test_no_date_of_the_ledger_breaks_in_two_and_a_print_keeps_its_colours(office: Deployment) -> None:
    office.report(found_on="2026-05-20", due_date="2026-07-01")
    browser = office.browser(office.reviewer)
    page = browser.get("/ledger").text
    table = page[page.index("<tbody") :]
    assert re.findall(r"\d{4}-\d\d-\d\d(?=[^\">]*<)", re.sub(r"<time[^>]*>[^<]*</time>", "", table)) == []
    assert "2026-05-20</time>" in table
    assert "2026-07-01</time>" in table
    [sheet] = re.findall(r'href="(/static/anlan.css[^"]*)"', page)
    style = browser.get(sheet).text
    assert re.search(r"(^|\n)time \{ white-space: nowrap; \}", style)
    assert "print-color-adjust: exact" in style[style.index("@media print") :]


def test_what_waits_for_acceptance_is_one_step_away_for_those_who_accept(office: Deployment) -> None:
    later = office.rectified(water_name="后到期", due_date="2026-09-01")
    urgent = office.rectified(water_name="先到期", due_date="2026-07-01")
    office.report(water_name="还没报验")
    page = office.browser(office.reviewer).get("/").text
    link = re.search(r'<a href="([^"]+)">待验收 <span class="count-chip">2</span>', page)
    assert link
    listed = office.browser(office.reviewer).get(link.group(1).replace("&amp;", "&")).text
    assert names(listed) == ["先到期", "后到期"]
    assert re.search(r'aria-current="page">待验收', listed)
    assert "报验 <time" in listed
    assert "待验收 <span" not in office.browser(office.inspector).get("/").text
    town = office.hand("石碣审核", Role.REVIEWER)
    grant = Grant(Role.REVIEWER, Towns(frozenset({"441900102"})))
    in_transaction(office.engine, lambda s: grants.replace(s, town.person.id, grant))
    assert "待验收 <span" not in office.browser(town).get("/").text, "nothing waits in that town"
    assert {later, urgent} == set(re.findall(r'<a href="/hazards/([^"]+)"><strong>', listed))
