"""What the scripts of pages without a map do, in a real browser."""

import threading

import pytest
from playwright.sync_api import Page, expect

from sync_server.http.static_files import static
from tests.sync_server.deployment import Deployment

pytestmark = pytest.mark.browser


def test_a_page_says_that_an_export_is_being_written(page: Page, office: Deployment, address: str) -> None:
    office.report(water_name="塘")
    page.goto(f"{address}/ledger")
    busy = threading.Event()
    office.app.state.lanes.exports.threads.submit(busy.wait)
    try:
        with page.expect_download() as download:
            said = page.evaluate("""() => {
                document.querySelector('.exports a').click();
                return document.getElementById('export-note').innerText;
            }""")
            busy.set()
    finally:
        busy.set()
    assert "正在生成文件" in said
    assert download.value.suggested_filename.endswith(".xlsx")
    expect(page.locator("#export-note")).to_contain_text("开始下载")


def test_two_taps_on_a_button_are_one(page: Page, address: str) -> None:
    """The second sends nothing: the answer to the first would never be seen."""
    page.goto(f"{address}/account/second-factor")
    page.locator("input[name=password]").fill("whatever it is")
    stopped = page.evaluate("""() => {
        const stopped = [];
        addEventListener('submit', (event) => {
            stopped.push(event.defaultPrevented);
            event.preventDefault();
        });
        for (const tap of [1, 2]) document.querySelector('form.stack button').click();
        return stopped;
    }""")
    assert stopped == [False, True]


def test_the_way_back_leads_to_a_page_that_can_be_shown_again(page: Page, address: str) -> None:
    """A page that is shown once leaves the address of one that can be shown again."""
    once = f'''<meta name="again" content="/account"><script src="{static("once.js")}"></script>'''
    page.route("**/shown-once", lambda route: route.fulfill(body=once, content_type="text/html"))
    page.goto(f"{address}/shown-once")
    assert page.url == f"{address}/account"
    page.goto(f"{address}/ledger")
    page.go_back()
    expect(page.locator("h1")).to_have_text("我的账号")


LOW = """() => [...document.querySelectorAll(
    'button, .button, summary, select, textarea, .tick, .legend a, .leaflet-bar a,' +
    'input:not([type=checkbox], [type=radio], [type=hidden])'
)].map(one => [one.checkVisibility() ? one.getBoundingClientRect().height : 48, one.innerText || one.name])
    .filter(([height]) => height < 47.9)"""
"""What is tapped, can be seen and is less than 48 CSS pixels high."""


def test_what_is_tapped_is_as_high_as_a_finger(page: Page, office: Deployment, address: str) -> None:
    hazard = office.report(water_name="塘", water_type="pond", town_code="441900003")
    found = {}
    for width in (390, 1366):
        page.set_viewport_size({"width": width, "height": 844})
        for path in ("/", "/ledger", f"/hazards/{hazard}", "/visits", "/account", "/review"):
            page.goto(f"{address}{path}")
            found[path, width] = page.evaluate(LOW)
    assert {where: low for where, low in found.items() if low} == {}
