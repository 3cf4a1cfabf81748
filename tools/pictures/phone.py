"""Screenshots of the phone."""

import gzip
import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, Route

from mobile_app.texts.choice import texts_for
from mobile_app.texts.words import Texts
from shared import problems
from shared.china_time import CHINA_TIME
from shared.operations import Kind
from shared.plural import plural
from shared.towns import TOWNS
from shared.vocabulary import EventType, KitItem, KitState, Status, WaterType
from sync_server.demo.pictures import draw
from sync_server.http.compression import MARK
from tests.support import drawn, phone_browser
from tests.support.phone_browser import button, fill, go_to_tab, open_app, tap, tap_on, wait_for
from tests.support.served import Served
from tests.support.wire_phone import WirePhone
from tools.pictures import visits
from tools.pictures.album import WATER, Album

PHONE = {"zh": "东城张老师的手机", "en": "Ms Zhang's phone"}
ADDRESS = {"zh": "村委会后山，小学东侧 200 米", "en": "Behind the village office, 200 m east of the school"}
DONE = {"zh": "已加装护栏和警示牌，补齐救生设施", "en": "Put up a fence and a sign, completed the rescue kit"}
OTHER_PHONE = {"zh": "东城李叔的手机", "en": "Mr Li's phone"}
DISPUTED = {"zh": "滘联村鱼塘", "en": "Jiaolian fish pond"}
SEEN_HERE = {"zh": "鱼塘北侧，离公交站 50 米", "en": "North side of the pond, 50 m from the bus stop"}
SEEN_THERE = {"zh": "鱼塘南侧，幼儿园旁边", "en": "South side of the pond, next to the kindergarten"}
MISTYPED = {
    "zh": "村委会后山，小学东侧 2000 米",
    "en": "Behind the village office, 2000 m east of it",
}
REPAIRED = {"zh": "距离多写了一个 0，已改为 200 米", "en": "One zero too many: it is 200 m"}
MISPLACED = {"zh": "东岸有人钓鱼", "en": "People fishing on the east bank"}
DISCARDED = {"zh": "说的是鱼塘，请记在鱼塘那一条里", "en": "This is about the fish pond; please add it there"}
PONDS = {"zh": 7, "en": 8}  # different seeds: the same bytes would be one photo of two hazards
PHOTOS, PUSHES, CAMPAIGNS = "**/api/v1/photos", "**/push", "**/api/v1/campaigns/**"
_PULLED_MS = 300_000
_TRANSITION_MS = 1_000  # between two screens


def take(browser: Browser, served: Served, language: str, folder: Path) -> None:
    """Take the screenshots of a day with the phone; `folder` is for the photo files it picks."""
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
    page.wait_for_timeout(6_000)  # let the thumbnails load
    album.keep("phone-list", page)
    _log_hazard(page, texts, language, album, folder)
    _rectify(page, texts, language, album, folder)
    visits.take(page, texts, language, album)
    _dispute(page, texts, language, album, served)
    _verdicts(page, texts, language, album)
    _choose_towns(page, texts, album)
    _renew(page, texts, album)
    context.close()


def _log_hazard(page: Page, texts: Texts, language: str, album: Album, folder: Path) -> None:
    tap(page, texts.new_hazard)
    _pick(page, texts, language, folder / "before.jpg", after=False)
    phone_browser.locate(page, name=texts.locate)
    wait_for(page, "±8")
    album.keep("phone-form", page)
    fill(page, texts.field("water_name"), WATER[language])
    tap(page, f"{texts.field('water_type')} {texts.of(WaterType.HILL_POND)}")
    fill(page, texts.field("address"), ADDRESS[language])
    for item in (KitItem.SIGN, KitItem.RING, KitItem.ROPE, KitItem.POLE):
        state = KitState.DAMAGED if item is KitItem.SIGN else KitState.MISSING
        tap(page, f"{texts.of(item)} {texts.of(state)}")
    tap(page, f"{texts.field('due_date')} {texts.due_in_days.format(days=7)}")
    album.keep("phone-kit", page)
    page.context.set_offline(True)
    tap(page, texts.save)
    apart = button(page, texts.same_place.apart)
    page.get_by_text(texts.saved_offline).or_(apart).first.wait_for()
    if apart.count():  # one of the demo's waters is near
        tap_on(apart)
    wait_for(page, texts.saved_offline)
    album.keep("phone-saved", page)
    page.context.set_offline(False)


def _rectify(page: Page, texts: Texts, language: str, album: Album, folder: Path) -> None:
    wait_for(page, texts.photos_delivered.format(done=1, total=1), within_ms=_PULLED_MS)
    _open(page, texts, WATER[language])
    album.keep("phone-hazard", page)
    tap(page, texts.of(EventType.RECTIFY))
    fill(page, texts.field("measures_done"), DONE[language])
    _pick(page, texts, language, folder / "after.jpg", after=True)
    album.keep("phone-rectify", page)
    page.context.route(PHOTOS, _answer_damaged)
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


def _open(page: Page, texts: Texts, name: str) -> None:
    """Search the list for a hazard, wait until it is there and open it."""
    fill(page, texts.search, name)
    found = page.get_by_role("button", name=re.compile(name)).first
    found.wait_for(timeout=_PULLED_MS)
    tap_on(found)


def _answer_damaged(route: Route) -> None:
    """Answer that the photo was damaged in transit."""
    problem = problems.photo_hash_mismatch()
    route.fulfill(status=problem.kind.status, json=problem.as_json(), headers=MARK)


def _dispute(page: Page, texts: Texts, language: str, album: Album, served: Served) -> None:
    """Create a conflict: two people enter different places for one pond."""
    other = WirePhone.enrol(served.url, served.code(), OTHER_PHONE[language])
    pond = other.hazard(water_name=DISPUTED[language], water_type=WaterType.FISH_POND.value)
    push(other, pond)
    tap(page, texts.sync_now)
    _open(page, texts, DISPUTED[language])
    tap(page, texts.edit)
    fill(page, texts.field("address"), SEEN_HERE[language])
    push(other, {**other.hazard(), "record": pond["record"], "fields": {"address": SEEN_THERE[language]}})
    tap(page, texts.save)
    wait_for(page, texts.keep_this, within_ms=_PULLED_MS)
    page.get_by_text(texts.saved_offline).first.wait_for(state="detached")
    album.keep("phone-conflict", page)
    tap(page, texts.back)


def _verdicts(page: Page, texts: Texts, language: str, album: Album) -> None:
    """Two quarantined saves, and what the office decided about them."""
    page.context.route(PUSHES, lambda route: _settled(route, language))
    _open(page, texts, WATER[language])
    tap(page, texts.edit)
    fill(page, texts.field("address"), MISTYPED[language])
    tap(page, texts.save)
    button(page, texts.of(EventType.NOTE)).wait_for()
    tap(page, texts.of(EventType.NOTE))
    fill(page, texts.field("comment"), MISPLACED[language])
    tap(page, texts.save)
    saved = texts.step_saved.format(step=texts.of(EventType.NOTE))
    wait_for(page, saved)
    page.wait_for_timeout(_TRANSITION_MS)
    tap(page, texts.back)
    wait_for(page, plural(texts.verdicts_unread, 2), within_ms=_PULLED_MS)
    go_to_tab(page, texts.tab_sync)
    button(page, texts.verdicts_heard).wait_for()
    page.get_by_text(saved).first.wait_for(state="detached")
    album.keep("phone-verdicts", page)
    page.context.unroute(PUSHES)
    tap(page, texts.verdicts_heard)


def _settled(route: Route, language: str) -> None:
    """Answer a push as if the office had repaired its edits and discarded everything else."""
    message = json.loads(gzip.decompress(route.request.post_data_buffer or b""))
    empty = gzip.compress(json.dumps({**message, "ops": []}).encode())
    answer = route.fetch(post_data=empty)
    results = []
    for operation in message["ops"]:
        repaired = operation["kind"] == Kind.EDIT.value
        reason = (REPAIRED if repaired else DISCARDED)[language]
        why = problems.repaired(reason=reason) if repaired else problems.discarded(reason=reason)
        results.append({"n": operation["n"], "status": why.code, "why": why.as_json()})
    device = message["ops"][0]["device"] if message["ops"] else None
    route.fulfill(response=answer, json={**answer.json(), "device": device, "results": results})


def _choose_towns(page: Page, texts: Texts, album: Album) -> None:
    go_to_tab(page, texts.tab_me)
    tap(page, texts.scope_choose)
    for town in TOWNS[:3:2]:
        tap_on(page.get_by_role("checkbox", name=texts.town(town.code)))
    album.keep("phone-towns", page)
    tap(page, texts.back)


def _renew(page: Page, texts: Texts, album: Album) -> None:
    """The server no longer knows the phone."""
    page.context.route(CAMPAIGNS, _unknown)
    go_to_tab(page, texts.tab_sync)
    tap(page, texts.sync_now)
    button(page, texts.renew).wait_for()
    album.keep("phone-renew", page)


def _unknown(route: Route) -> None:
    problem = problems.token_invalid()
    route.fulfill(status=problem.kind.status, json=problem.as_json(), headers=MARK)


def push(phone: WirePhone, *operations: dict[str, Any]) -> None:
    """Push operations with the current time."""
    now = datetime.now(CHINA_TIME).isoformat(timespec="seconds")
    phone.push([{**operation, "made_at": now} for operation in operations]).raise_for_status()


def _taken_here_and_now() -> bytes:
    """What a camera at the pond writes into a photo: work that is done needs one from there."""
    here = phone_browser.PLACE["latitude"], phone_browser.PLACE["longitude"]
    photo = drawn.photo(8, 8, taken=datetime.now(CHINA_TIME), position=here)
    exif: bytes = Image.open(io.BytesIO(photo)).info["exif"]
    return exif


def _pick(page: Page, texts: Texts, language: str, file: Path, *, after: bool) -> None:
    picture = Image.open(io.BytesIO(draw("pond", PONDS[language], after, "drawn, no real place")))
    picture.save(file, "JPEG", quality=90, exif=_taken_here_and_now())
    with page.expect_file_chooser() as chooser:
        tap(page, texts.pick_photos)
    chooser.value.set_files([file])
    button(page, texts.use_photo).wait_for()
    tap(page, texts.use_photo)
    page.get_by_role("button", name=re.compile(f"^{texts.remove}")).first.wait_for()
