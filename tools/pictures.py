"""Takes the pictures of the handbooks and the README, of the real app on demo data, into docs/pictures.

    python -m tools.pictures

Run by `make pictures`. Each picture is there in Chinese (`name.png`) and in English (`name.en.png`).
"""

import io
import re
import socket
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from mobile_app.texts.choice import texts_for
from mobile_app.texts.words import Texts
from shared import problems
from shared.lifecycle import ZONE
from shared.vocabulary import EventType, KitItem, KitState, Role, Status, WaterType
from sync_server.api.answers import MARK
from sync_server.demo.pictures import draw
from sync_server.texts import languages
from tests.support import phone_browser
from tests.support.phone_browser import button, fill, go_to_tab, open_app, tap, tap_on, wait_for
from tests.support.served import Served
from tests.support.wire_phone import WirePhone
from tools import chromium

PICTURES = Path("docs/pictures")
COLOURS = 128  # of a picture: plain surfaces need no more
LANGUAGES = ("zh", "en")
PASSWORD = "a password for pictures only"  # noqa: S105
REVIEWER = {"zh": "审核人甲", "en": "Reviewer A"}
ADMINISTRATOR = {"zh": "管理员乙", "en": "Administrator B"}
PHONE = {"zh": "东城张老师的手机", "en": "Ms Zhang's phone"}
WATER = {"zh": "滘联村后山塘", "en": "Jiaolian hill pond"}
ADDRESS = {"zh": "村委会后山，小学东侧 200 米", "en": "Behind the village office, 200 m east of the school"}
DONE = {"zh": "已加装护栏和警示牌，补齐救生设施", "en": "Fence and sign put up, rescue kit complete"}
OTHER_PHONE = {"zh": "东城李叔的手机", "en": "Mr Li's phone"}
DISPUTED = {"zh": "滘联村鱼塘", "en": "Jiaolian fish pond"}
SEEN_HERE = {"zh": "鱼塘北侧，离公交站 50 米", "en": "North of the pond, 50 m from the bus stop"}
SEEN_THERE = {"zh": "鱼塘南侧，幼儿园旁边", "en": "South of the pond, beside the kindergarten"}
REFUSED_PHONE = {"zh": "东城王姐的手机", "en": "Ms Wang's phone"}
REFUSED = {"zh": "樟村废弃石场", "en": "Zhangcun old quarry"}
REASON = {"zh": "重复登记，请看同一石场的另一条", "en": "The same quarry is there already"}
NO_SUCH_DAY = "2026-02-30"
PHOTOS = "**/api/v1/photos"
_PULLED_MS = 300_000


class Album:
    """Keeps pictures in one language."""

    def __init__(self, language: str) -> None:
        self.ending = ".png" if language == "zh" else f".{language}.png"

    def keep(self, name: str, page: Page) -> None:
        """The page as it is shown, with the mouse out of the way."""
        page.mouse.move((page.viewport_size or {"width": 0})["width"] * 0.6, 2)
        page.wait_for_timeout(900)  # what fades and slides comes to rest
        image = (
            Image.open(io.BytesIO(page.screenshot()))
            .convert("RGB")
            .quantize(COLOURS, dither=Image.Dither.NONE)
        )
        path = PICTURES / f"{name}{self.ending}"
        image.save(path, optimize=True)
        print(f"{path} {path.stat().st_size // 1024} KB", flush=True)


def main() -> None:
    """A demo server, a phone and a desk, once for each language."""
    found = chromium.find()
    if found is None:
        sys.exit(chromium.ADVICE)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, headless=True, args=[*phone_browser.FLAGS, "--hide-scrollbars"]
        )
        served = Served(Path(folder), _free_port())
        served.url = f"http://localhost:{served.port}"  # where browsers allow location and offline use
        served.command("demo")
        served.start()
        try:
            for language in LANGUAGES:
                _phone(browser, served, language, Path(folder))
                _office(browser, served, language)
        finally:
            served.kill()


def _phone(browser: Browser, served: Served, language: str, folder: Path) -> None:
    album, texts = Album(language), texts_for(language)
    context = phone_browser.new_phone(browser, device_scale_factor=1.5)
    page = context.new_page()
    open_app(page, f"{served.url}/app/?code={served.code()}")
    if language == "en":
        tap(page, "English")
    fill(page, texts.device_name, PHONE[language])
    album.keep("phone-enrol", page)
    tap(page, texts.enrol)
    button(page, texts.new_hazard).wait_for()
    wait_for(page, texts.last_success.split("{")[0], within_ms=_PULLED_MS)
    page.wait_for_timeout(6_000)  # the small photos come in
    album.keep("phone-list", page)
    _log_hazard(page, texts, language, album, folder)
    _rectify(page, texts, language, album, folder)
    _dispute(page, texts, language, album, served)
    context.close()


def _log_hazard(page: Page, texts: Texts, language: str, album: Album, folder: Path) -> None:
    tap(page, texts.new_hazard)
    _pick(page, texts, folder / "before.jpg", after=False)
    tap(page, texts.locate)
    wait_for(page, "±8")
    album.keep("phone-form", page)
    fill(page, texts.field("water_name"), WATER[language])
    tap(page, texts.field("water_type"))
    album.keep("phone-choose", page)
    fill(page, texts.choose_search, texts.of(WaterType.HILL_POND))
    tap(page, texts.of(WaterType.HILL_POND))
    fill(page, texts.field("address"), ADDRESS[language])
    for item in (KitItem.SIGN, KitItem.RING, KitItem.ROPE, KitItem.POLE):
        state = KitState.DAMAGED if item is KitItem.SIGN else KitState.MISSING
        tap(page, f"{texts.of(item)} {texts.of(state)}")
    tap(page, f"{texts.field('due_date')} {texts.due_in_days.format(days=7)}")
    album.keep("phone-kit", page)
    page.context.set_offline(True)
    tap(page, texts.save)
    wait_for(page, texts.saved_offline)
    album.keep("phone-saved", page)
    page.context.set_offline(False)


def _rectify(page: Page, texts: Texts, language: str, album: Album, folder: Path) -> None:
    wait_for(page, texts.photos_delivered.format(done=1, total=1), within_ms=_PULLED_MS)
    tap_on(page.get_by_role("button", name=re.compile(WATER[language])).first)
    album.keep("phone-hazard", page)
    tap(page, texts.of(EventType.RECTIFY))
    fill(page, texts.measures_done, DONE[language])
    _pick(page, texts, folder / "after.jpg", after=True)
    album.keep("phone-rectify", page)
    page.context.route(PHOTOS, _damaged)
    tap(page, texts.save)
    wait_for(page, texts.of(Status.PENDING_ACCEPTANCE))
    wait_for(page, texts.photo_failed, within_ms=_PULLED_MS)
    button(page, texts.retry).scroll_into_view_if_needed()
    album.keep("phone-photos", page)
    tap(page, texts.back)
    go_to_tab(page, texts.tab_sync)
    button(page, texts.retry).wait_for()
    album.keep("phone-sync", page)
    page.mouse.move(200, 600)
    page.mouse.wheel(0, 2_000)
    album.keep("phone-sync-choices", page)
    page.context.unroute(PHOTOS)
    tap(page, texts.retry)
    go_to_tab(page, texts.tab_hazards)
    wait_for(page, texts.photos_delivered.format(done=2, total=2), within_ms=_PULLED_MS)


def _damaged(route: Route) -> None:
    """The answer to a photo that arrived damaged."""
    problem = problems.photo_hash_mismatch()
    route.fulfill(status=problem.kind.status, json=problem.as_json(), headers=MARK)


def _dispute(page: Page, texts: Texts, language: str, album: Album, served: Served) -> None:
    """Two people write where one pond is, neither knowing of the other."""
    other = WirePhone.enrol(served.url, served.code(), OTHER_PHONE[language])
    pond = other.hazard(water_name=DISPUTED[language], water_type=WaterType.FISH_POND.value)
    _push(other, pond)
    tap(page, texts.sync_now)
    name = re.compile(DISPUTED[language])
    page.get_by_role("button", name=name).first.wait_for(timeout=_PULLED_MS)
    tap_on(page.get_by_role("button", name=name).first)
    tap(page, texts.edit)
    fill(page, texts.field("address"), SEEN_HERE[language])
    _push(other, {**other.hazard(), "record": pond["record"], "fields": {"address": SEEN_THERE[language]}})
    tap(page, texts.save)
    wait_for(page, texts.keep_this, within_ms=_PULLED_MS)
    album.keep("phone-conflict", page)
    tap(page, texts.back)


def _push(phone: WirePhone, *operations: dict[str, Any]) -> None:
    now = datetime.now(ZONE).isoformat(timespec="seconds")
    phone.push([{**operation, "made_at": now} for operation in operations]).raise_for_status()


def _pick(page: Page, texts: Texts, file: Path, *, after: bool) -> None:
    file.write_bytes(draw("pond", 7, after, "drawn, no real place"))
    with page.expect_file_chooser() as chooser:
        tap(page, texts.pick_photos)
    chooser.value.set_files([file])
    page.get_by_role("button", name=re.compile(f"^{texts.remove}")).first.wait_for()


def _office(browser: Browser, served: Served, language: str) -> None:
    album, words = Album(language), languages.texts(language)
    people = ((REVIEWER[language], Role.REVIEWER), (ADMINISTRATOR[language], Role.ADMINISTRATOR))
    for name, role in people:
        served.command("person", "add", name, "--role", role.value, "--password-stdin", stdin=PASSWORD)
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale=words.lang).new_page()
    page.goto(f"{served.url}/language/{words.lang}?next=/sign-in")
    page.locator("input[name=name]").fill(REVIEWER[language])
    page.locator("input[name=password]").fill(PASSWORD)
    album.keep("sign-in", page)
    page.locator("form button").first.click()
    page.locator(".ring").first.wait_for()
    album.keep("map", page)
    page.goto(f"{served.url}/ledger?status={Status.PENDING_ACCEPTANCE.value}")
    page.wait_for_load_state("networkidle")
    album.keep("ledger", page)
    page.get_by_role("link", name=WATER[language]).first.click()
    page.locator("summary", has_text=words.accept_and_close).click()
    page.wait_for_load_state("networkidle")
    album.keep("hazard", page)
    page.goto(f"{served.url}/conflicts")
    album.keep("conflicts", page)
    page.get_by_role("button", name=words.keep_this).first.click()
    album.keep("settle", page)
    page.get_by_role("button", name=words.settle_do).click()
    page.context.clear_cookies()
    page.goto(f"{served.url}/language/{words.lang}?next=/sign-in")
    page.locator("input[name=name]").fill(ADMINISTRATOR[language])
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form button").first.click()
    page.goto(f"{served.url}/people")
    page.get_by_role("button", name=words.make_code).first.click()
    page.wait_for_load_state("networkidle")
    album.keep("phone-code", page)
    other = WirePhone.enrol(served.url, served.code(), REFUSED_PHONE[language])
    _push(other, other.hazard(water_name=REFUSED[language], due_date=NO_SUCH_DAY))
    page.goto(f"{served.url}/quarantine")
    album.keep("quarantine", page)
    page.get_by_role("link", name=words.settle_it).first.click()
    album.keep("quarantine-settle", page)
    page.locator("textarea[name=reason]").fill(REASON[language])
    page.locator("button.grave").click()
    page.context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    main()
