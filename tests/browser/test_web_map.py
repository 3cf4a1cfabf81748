"""The map in a real browser: points, popups and lists by mouse and keyboard, without external requests."""

import re

import pytest
from playwright.sync_api import Page

from shared.operations import Kind, RecordType
from shared.towns import TOWNS
from shared.vocabulary import EventType, PhotoRole
from tests.sync_server.deployment import Deployment

pytestmark = pytest.mark.browser

NASTY = "<img src=x onerror=alert(1)>\"'</script><script>alert(2)</script>"

_NAMES = """() => {
    const inner = (box) => [box.x + 4, box.y + 4, box.right - 4, box.bottom - 4];
    const rings = [...document.querySelectorAll('.ring')].map((ring) => inner(ring.getBoundingClientRect()));
    const names = [...document.querySelectorAll('.town span')];
    const covered = names.filter((name) => {
        const box = name.getBoundingClientRect();
        const [x, y] = [(box.x + box.right) / 2, (box.y + box.bottom) / 2];
        return rings.some(([left, top, right, bottom]) => left < x && x < right && top < y && y < bottom);
    });
    return [names.length, covered.map((name) => name.textContent)];
}"""


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#hazard-map[data-drawn]")


def test_a_hazard_opens_by_keyboard_and_its_name_is_only_text(
    office: Deployment, address: str, page: Page
) -> None:
    hazard = office.report(water_name=NASTY, position={"lat": 23.0, "lon": 113.8})
    photo = office.attach(hazard, PhotoRole.BEFORE)
    opened(page, f"{address}/?status=reported")
    mark = page.get_by_role("button", name=NASTY)
    mark.focus()
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup-content")
    popup.get_by_text(NASTY).wait_for()
    assert popup.locator(f'img[src="/api/v1/photos/{photo}/thumb"]').count() == 1
    assert popup.get_by_text("已上报").count() == 1
    page.wait_for_timeout(1000)  # the map has panned for the popup
    popup.get_by_role("link", name="打开一处一档").click()
    page.wait_for_url(f"**/hazards/{hazard}")
    assert page.get_by_role("heading", name=NASTY).count() == 1
    page.wait_for_selector(".leaflet-marker-icon .mark")


def test_clusters_open_until_they_become_a_list(office: Deployment, address: str, page: Page) -> None:
    for number in range(3):
        hazard = office.report(water_name=f"同点{number}", position={"lat": 23.0, "lon": 113.8})
    office.happen(hazard, EventType.CLOSE, office.reviewer)
    office.report(water_name="近处", position={"lat": 23.003, "lon": 113.803})
    opened(page, address)
    page.get_by_role("button", name="4 处隐患").click()
    apart = page.get_by_role("button", name="3 处隐患")
    apart.wait_for()
    page.get_by_role("button", name="近处").wait_for()
    page.wait_for_timeout(500)
    apart.click()
    items = page.locator(".leaflet-popup-content li a")
    items.first.wait_for()
    assert items.count() == 3
    assert page.locator(".leaflet-popup-content").get_by_text("已销号").count() == 1


def test_no_ring_covers_the_name_of_a_town(office: Deployment, address: str, page: Page) -> None:
    for town in TOWNS:
        for number in range(3):
            office.report(position={"lat": town.lat + number / 1000, "lon": town.lon})
    opened(page, address)
    page.wait_for_load_state("networkidle")
    named, covered = page.evaluate(_NAMES)
    assert named >= len(TOWNS) * 2 / 3
    assert covered == []


def test_visits_are_a_layer_that_is_shown_where_it_is_wanted(
    office: Deployment, address: str, page: Page
) -> None:
    office.report(water_name="东塘", position={"lat": 22.8, "lon": 113.7})
    said = {"visit_type": "family", "place": NASTY, "position": {"lat": 23.0, "lon": 113.8}, "households": 1}
    for day in ("2026-07-06", "2026-07-07"):
        office.save(RecordType.EDUCATION_VISIT, Kind.EDIT, {**said, "date": day})
    elsewhere = {"visit_type": "village", "place": "沙腰村", "position": {"lat": 22.7, "lon": 114.1}}
    alone = office.save(RecordType.EDUCATION_VISIT, Kind.EDIT, {**elsewhere, "headcount": 80})
    opened(page, address)
    assert page.locator(".ring.visit, .mark.visit").count() == 0
    page.get_by_role("checkbox", name="显示安全教育").check()
    page.wait_for_selector("#hazard-map[data-visits]")
    page.get_by_role("button", name="2 次安全教育：进家庭 2").click()
    items = page.locator(".leaflet-popup-content li a")
    items.first.wait_for()
    assert items.all_inner_texts() == [
        f"家\n{NASTY} · 进家庭 · {day}" for day in ("2026-07-07", "2026-07-06")
    ]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="沙腰村").focus()
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup-content").get_by_text("人数 80").wait_for()
    page.reload()
    page.wait_for_selector("#hazard-map[data-visits]")
    assert page.locator(".ring.visit, .mark.visit").count() == 2
    page.get_by_role("button", name="沙腰村").click()
    page.get_by_role("link", name="打开记录").click()
    page.wait_for_url(f"**/visits/{alone}")
    page.go_back()
    page.wait_for_selector("#hazard-map[data-visits]")
    page.get_by_role("checkbox", name="显示安全教育").uncheck()
    assert page.locator(".ring.visit, .mark.visit").count() == 0
    assert page.locator(".mark").count() == 1


def test_the_map_says_so_when_the_server_is_gone(office: Deployment, address: str, page: Page) -> None:
    office.report(position={"lat": 23.0, "lon": 113.8})
    opened(page, address)
    page.route("**/map/points.json*", lambda route: route.fulfill(status=200, body="<html>portal</html>"))
    page.get_by_role("button", name="放大").click()
    page.get_by_role("status").get_by_role("button", name="重试").wait_for()
    page.unroute_all()
    page.get_by_role("button", name="重试").click()
    page.locator(".map-message:empty").wait_for(state="attached")
    assert page.locator(".mark").count() == 1


def test_the_way_back_and_the_address_lead_to_the_same_part_of_the_map(
    office: Deployment, address: str, page: Page
) -> None:
    office.report(water_name="东塘", position={"lat": 23.0, "lon": 113.8})
    office.report(water_name="西塘", position={"lat": 22.8, "lon": 113.7})
    opened(page, f"{address}/?status=reported")
    page.evaluate("map_anlan.setView([23.0, 113.8], 15, { animate: false })")
    page.wait_for_function("location.hash === '#map=15/23.00000/113.80000'")
    place = page.url
    page.get_by_role("button", name="东塘").click()
    page.get_by_role("link", name="打开一处一档").click()
    page.wait_for_url("**/hazards/*")
    page.go_back()
    page.get_by_role("button", name="东塘").wait_for()
    assert (page.url.split("#")[0], page.evaluate("map_anlan.getZoom()")) == (place.split("#")[0], 15)
    assert page.get_by_role("button", name="西塘").count() == 0
    page.goto("about:blank")
    opened(page, place)
    assert page.evaluate("map_anlan.getZoom()") == 15


def test_a_popup_takes_the_focus_and_gives_it_back(office: Deployment, address: str, page: Page) -> None:
    office.report(water_name="东塘", position={"lat": 23.0, "lon": 113.8})
    opened(page, address)
    page.get_by_role("button", name="东塘").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.className === 'open'")
    assert page.get_by_role("button", name="关闭").count() == 1
    page.keyboard.press("Escape")
    page.locator(".leaflet-popup").wait_for(state="detached")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("东塘")


def test_on_paper_the_map_is_whole_beside_its_legend_and_the_ledger_repeats_its_headings(
    office: Deployment, address: str, page: Page
) -> None:
    office.report(water_name="东塘", position={"lat": 23.0, "lon": 113.8})
    opened(page, f"{address}/?status=reported")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1047, "height": 720})  # A4 across, within its margins
    frame, legend = page.locator(".map-frame").bounding_box(), page.locator(".map-side").bounding_box()
    assert frame
    assert legend
    assert frame["x"] + frame["width"] <= legend["x"]
    assert legend["x"] + legend["width"] <= 1047
    assert max(one["y"] + one["height"] for one in (frame, legend)) <= 720
    assert page.get_by_text("已筛选：已上报").is_visible()
    for hidden in ("nav", ".filters", ".leaflet-control-zoom"):
        assert not page.locator(hidden).first.is_visible(), hidden
    page.goto(f"{address}/ledger?status=reported")
    assert page.locator("thead").evaluate("node => getComputedStyle(node).display") == "table-header-group"
    assert page.get_by_text("已筛选：已上报").is_visible()
    for hidden in ("nav", ".filters", ".exports"):
        assert not page.locator(hidden).first.is_visible(), hidden


def test_a_hazard_with_a_whole_life_takes_no_more_than_two_sheets(
    office: Deployment, address: str, page: Page
) -> None:
    kit = {f"kit_{item}": {"state": "missing"} for item in ("sign", "ring", "rope", "pole")}
    hazard = office.rectified(
        water_name="石井塘",
        description="无护栏，岸坡陡峭，放学时有学生经过。" * 8,
        position={"lat": 23.0, "lon": 113.8, "accuracy_m": 8.0},
        due_date="2026-07-01",
        **kit,
    )
    for seed in range(4):
        office.attach(hazard, PhotoRole.BEFORE, seed=seed)
    office.happen(hazard, EventType.REJECT, office.reviewer, comment="围蔽不牢，请加固")
    for step in (EventType.RECTIFY, EventType.SUBMIT):
        office.happen(hazard, step)
    for step in (EventType.ACCEPT, EventType.CLOSE, EventType.RECHECK):
        office.happen(hazard, step, office.reviewer)
    page.goto(f"{address}/hazards/{hazard}")
    page.wait_for_selector(".leaflet-marker-icon .mark")
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    assert 1 <= sheets <= 2


def test_a_filtered_map_fits_a_phone(office: Deployment, address: str, page: Page) -> None:
    office.report(water_name="东塘", position={"lat": 23.0, "lon": 113.8})
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, f"{address}/?status=reported")
    top = page.locator(".map-frame").bounding_box()
    assert top
    assert top["y"] < 200
    page.get_by_role("button", name="东塘").click()
    page.wait_for_timeout(800)
    popup = page.locator(".leaflet-popup-content-wrapper").bounding_box()
    assert popup
    assert popup["x"] >= 0
    assert popup["x"] + popup["width"] <= 390
    assert popup["y"] >= top["y"]
    page.get_by_text("已筛选：已上报").click()
    page.get_by_role("link", name="清除").click()
    page.wait_for_url(f"{address}/")
