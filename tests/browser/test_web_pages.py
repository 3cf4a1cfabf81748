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
