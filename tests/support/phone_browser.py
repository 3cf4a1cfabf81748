"""Drives the phone app in a real Chromium, through what a screen reader is told: names, roles, text.

Flutter draws on a canvas; its accessible tree is switched on first, and then Playwright's own locators work.
A control outside the view must be brought into it and come to rest before it is tapped: `tap` does that.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    TimeoutError,
    expect,
)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
"""How Chromium is started: drawing in software, a fake camera, nothing asked of its maker."""

ORIGIN = "http://localhost"
"""Where phones have the app from, whatever the port of their server: what a browser keeps is an origin's."""

PLACE = {"latitude": 23.0421, "longitude": 113.7832, "accuracy": 8}
"""Where the phone is unless a test says otherwise: Dongcheng, Dongguan."""

_SCREEN: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "geolocation": PLACE,
    "permissions": ["geolocation", "camera"],
    "device_scale_factor": 0.5,  # drawing, by the processor, was a third of what a journey costs
    "reduced_motion": "reduce",  # fewer frames to draw and to wait for
}
FEW_FRAMES = """(() => {
    // At most 15 frames a second, as on a slow phone: drawing them was another third of what a journey costs.
    const draw = window.requestAnimationFrame.bind(window), waiting = new Map();
    let last = 0, count = 0;
    window.requestAnimationFrame = work => {
        const number = ++count, wait = Math.max(0, last + 1000 / 15 - performance.now());
        const frame = now => { last = now; if (waiting.delete(number)) work(now); };
        waiting.set(number, setTimeout(() => draw(frame), wait));
        return number;
    };
    window.cancelAnimationFrame = number => {
        clearTimeout(waiting.get(number));
        waiting.delete(number);
    };
})()"""
_IN_REACH = """async control => {
    // Whether a finger in its middle would touch it; if not, it is brought to where it would. For half a
    // second after a tap Flutter would not follow: it reads fingers then, and no scrolling.
    const box = control.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (top && (control.contains(top) || top.contains(control))) return true;
    await new Promise(done => setTimeout(done, Math.max(0, (window.tapped ?? 0) + 600 - performance.now())));
    control.scrollIntoView({block: 'center'});
    return false;
}"""
_SCROLLED_MS = 400  # what is told has moved at once; what is drawn follows, or takes it back
_AT_REST = """async control => {
    // Whether it stayed where it is for a moment: no scroll, no sheet, no screen is under way.
    let before = '';
    for (let same = 0, tries = 0; same < 4 && tries < 100; tries++) {
        const box = control.getBoundingClientRect();
        const here = [box.x, box.y, box.width, box.height].join();
        same = here === before ? same + 1 : 0;
        before = here;
        await new Promise(done => setTimeout(done, 50));
    }
    return control.isConnected;
}"""
_QUIET = """async () => {
    // After a tap: nothing that a screen reader is told changed for a moment.
    let last = window.tapped = performance.now();
    const look = new MutationObserver(() => { last = performance.now(); });
    look.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
    const end = last + 2000;
    while (performance.now() - last < 150 && performance.now() < end)
        await new Promise(done => setTimeout(done, 25));
    look.disconnect();
}"""
_TYPING = "() => document.activeElement.matches('input, textarea')"
_LINE = """words => {
    // The first button that says all of the words in that order, and in one step everything that it says.
    for (const line of document.querySelectorAll('[role=button]')) {
        const told = line.getAttribute('aria-label') || line.textContent;
        let at = 0;
        if (words.every(word => (at = told.indexOf(word, at) + word.length) >= word.length)) return told;
    }
    return false;
}"""
_SEMANTICS_ON = """async () => {
    const placeholder = document.querySelector('flt-semantics-placeholder');
    if (!placeholder) return true;
    const box = placeholder.getBoundingClientRect();
    const at = {bubbles: true, clientX: box.left + box.width / 2, clientY: box.top + box.height / 2,
                pointerType: 'touch'};
    for (const kind of ['pointerdown', 'pointerup', 'click'])
        placeholder.dispatchEvent(new PointerEvent(kind, at));
    for (let tries = 0; tries < 50; tries++) {
        if (!document.querySelector('flt-semantics-placeholder')) return true;
        await new Promise(done => setTimeout(done, 100));
    }
    return false;
}"""


def kept_phone(
    playwright: Playwright, chromium: str, profile: Path, port: int, *, every_frame: bool = False, **more: Any
) -> BrowserContext:
    """A phone-sized browser whose data stay in the folder `profile`: close it and open it again, as one kills
    and reopens an app. What it knows as `ORIGIN` is the server on `port`. `every_frame`: drawn as fast as can
    be, where a test is about what moves, or how soon it is drawn."""
    rule = f"--host-resolver-rules=MAP localhost 127.0.0.1:{port}"
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=chromium, headless=True, args=[*FLAGS, rule], **{**_SCREEN, **more}
    )
    if not every_frame:
        context.add_init_script(FEW_FRAMES)
    return context


def new_phone(browser: Browser, **more: Any) -> BrowserContext:
    """A phone-sized context without memory; start the browser with `FLAGS`."""
    context = browser.new_context(**{**_SCREEN, **more})
    context.add_init_script(FEW_FRAMES)
    return context


def open_app(page: Page, address: str, *, within_ms: int = 120_000) -> None:
    """Open the app at `address` and switch on what screen readers see."""
    page.goto(address)
    switch_on_semantics(page, within_ms=within_ms)


def switch_on_semantics(page: Page, *, within_ms: int = 120_000) -> None:
    """Wait until Flutter draws, then make it tell its accessible tree. Needed again after a reload."""
    page.wait_for_selector("flt-semantics-placeholder, flt-semantics", state="attached", timeout=within_ms)
    assert page.evaluate(_SEMANTICS_ON), "Flutter did not switch on its accessible tree"


def button(page: Page, name: str) -> Locator:
    """The button that is called `name`, or whose name begins with it (a picker says its value after it)."""
    return page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}(?:\s|$)")).first


def tap(page: Page, name: str) -> None:
    """Tap the button `name`, wherever on the page it is."""
    tap_on(button(page, name))


def save_apart(page: Page) -> None:
    """Save a new hazard in spite of what the app may ask: whether something is missing, or it is known."""
    tap(page, "保存")
    anyway = button(page, "仍要保存").or_(button(page, "不是同一处")).first
    anyway.or_(page.get_by_text("已离线保存")).first.wait_for(state="attached")
    if anyway.count():
        tap_on(anyway)


def tap_on(control: Locator) -> None:
    """Tap `control` once it is in reach and at rest.

    Left to itself Playwright would scroll to it and click at once, where Flutter still draws something else.
    """
    while not (_in_reach(control) and control.evaluate(_AT_REST)):
        pass  # Flutter moved it back, or made it anew
    control.click()
    control.page.evaluate(_QUIET)


def _in_reach(control: Locator) -> bool:
    """Whether it could be tapped as it is; where it could not, another look tells more."""
    if control.evaluate(_IN_REACH):
        return True
    control.page.wait_for_timeout(_SCROLLED_MS)
    return False


def stand_at(page: Page, place: Mapping[str, float] = PLACE) -> None:
    """Be at `place` now: Chromium dates a position to when it was set."""
    where: Any = place
    page.context.set_geolocation(where)


def locate(page: Page, place: Mapping[str, float] = PLACE, name: str = "获取定位") -> None:
    """Tap 获取定位 (or `name`) at `place`."""
    stand_at(page, place)
    tap(page, name)


def go_to_tab(page: Page, name: str) -> None:
    """Choose 今日, 隐患, 地图, 同步 or 我的 below."""
    tap_on(page.get_by_role("tab", name=name))


def fill(page: Page, label: str, text: str) -> None:
    """Replace what stands in the field `label`."""
    for _ in range(5):
        tap_on(page.get_by_label(label, exact=True))
        if _typed(page, text):
            return
    raise AssertionError(f"{label!r} takes no {text!r}. Said is:\n{said(page)}")


def _typed(page: Page, text: str) -> bool:
    """Whether the field that was tapped took the focus, where a sheet that closes may take it back, and the
    text."""
    try:
        page.wait_for_function(_TYPING, timeout=2000)
    except TimeoutError:
        return False
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(text)
    page.evaluate(_QUIET)
    return bool(page.evaluate("() => document.activeElement.value") == text)


def choose(page: Page, label: str, word: str) -> None:
    """Open the picker `label`, search for `word` and take it."""
    tap(page, label)
    fill(page, "搜索", word)
    tap(page, word)
    expect(button(page, f"{label} {word}")).to_be_visible()


def answer(page: Page, question: str, word: str) -> None:
    """Answer one row of a card: `answer(page, "警示牌", "破损")`, `answer(page, "整改时限", "7天")`."""
    tap(page, f"{question} {word}")


def pick_photo(page: Page, *files: Path, shown: str = "整改前照片 1") -> None:
    """选择照片 with `files` and use them as they are, until the photo called `shown` is there."""
    with page.expect_file_chooser() as chooser:
        tap(page, "选择照片")
    chooser.value.set_files(list(files))
    use = "使用照片" if len(files) == 1 else f"全部使用（{len(files)} 张）"
    button(page, use).wait_for(timeout=60_000)
    tap(page, use)
    page.get_by_role("img", name=shown).wait_for(timeout=60_000)


def take_photo(page: Page, *, shown: str = "整改前照片 1") -> None:
    """拍照 with the fake camera, use the picture, until the photo called `shown` is there."""
    tap(page, "拍照")
    button(page, "按下快门").wait_for(timeout=60_000)
    tap(page, "按下快门")
    button(page, "使用照片").wait_for(timeout=60_000)
    tap(page, "使用照片")
    page.get_by_role("img", name=shown).wait_for(timeout=60_000)


def wait_for(page: Page, text: str, *, within_ms: int = 60_000) -> None:
    """Wait until `text` can be read somewhere, as a text or in the name of a control."""
    found = page.get_by_text(text).or_(page.get_by_label(text)).first
    try:
        found.wait_for(state="attached", timeout=within_ms)
    except TimeoutError as error:
        raise AssertionError(f"{text!r} is not said. Said is:\n{said(page)}") from error


def line(page: Page, *words: str, within_ms: int = 60_000) -> str:
    """Wait until a hazard in the list says all of `words` in that order; everything that it says."""
    try:
        found = page.wait_for_function(_LINE, arg=list(words), polling=100, timeout=within_ms)
    except TimeoutError as error:
        raise AssertionError(f"no line says {words}. Said is:\n{said(page)}") from error
    return str(found.json_value())


def said(page: Page) -> str:
    """Everything that a screen reader could say now, for messages of failing tests."""
    return str(
        page.evaluate(
            "() => [...document.querySelectorAll('flt-semantics, input, textarea')]"
            ".filter(e => !e.children.length || e.getAttribute('aria-label'))"
            ".map(e => `${e.getAttribute('role') || e.tagName}: "
            "${e.getAttribute('aria-label') || e.textContent}`).join('\\n')"
        )
    )
