"""What seals home visits in the browser and elsewhere makes envelopes that only the server opens."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jwcrypto import jwe, jwk
from playwright.sync_api import Page, sync_playwright

from mobile_app.device.sealing import NativeSealing
from shared.home_visits.envelope import Header, read_header
from tests.browser.bare_python import BareSite, run
from tests.browser.test_device_in_browser import BUILT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

KEY = jwk.JWK.generate(kty="EC", crv="P-256")
PUBLIC = {name: KEY.export_public(as_dict=True)[name] for name in ("kty", "crv", "x", "y")}
HEADER = Header(
    kid="2026-abc",
    campaign="dg-2026",
    record="01890a5d-ac96-774b-bcce-b302099a8057",
    device="9f0c61d2a4b3e857",
    number=7,
    school="虎门实验小学",
    class_name="三(2)班",
    sealed_at="2026-11-03T19:20:00+08:00",
)
PAYLOAD = json.dumps({"content": "家访内容𠮷" * 400}, ensure_ascii=False)
SEAL = """
from mobile_app.device.sealing import open_sealing
json.dumps(await open_sealing().seal(payload, header, key))
"""
WITHOUT = """
from mobile_app.device.sealing import open_sealing
from shared.problems import Problem
try:
    said = await open_sealing().seal(payload, header, key)
except Problem as problem:
    said = problem.code
json.dumps([open_sealing().available(), said])
"""
DRAFTS = """
import time
from mobile_app.device.draft_cipher import new_salt, open_draft_cipher
cipher = open_draft_cipher()
salt = globals().get("salt") or new_salt()
began = time.perf_counter()
key = await cipher.key("271828", salt)
seconds = time.perf_counter() - began
other = await cipher.key("314159", salt)
sealed = globals().get("sealed") or await cipher.encrypt(key, payload)
json.dumps([salt, sealed, await cipher.decrypt(key, sealed), await cipher.decrypt(other, sealed), seconds])
"""
FORGET = """
from mobile_app.device.draft_cipher import open_draft_cipher
await open_draft_cipher().forget()
json.dumps(None)
"""
EXPORT = """async () => {
    const opened = await new Promise((done) => {
        const opening = indexedDB.open("anlan-keys");
        opening.onsuccess = () => done(opening.result);
    });
    const asking = opened.transaction("keys").objectStore("keys").getAll();
    const keys = await new Promise((done) => { asking.onsuccess = () => done(asking.result); });
    opened.close();
    const read = (key) => crypto.subtle.exportKey("raw", key).then(() => "read", (error) => error.name);
    return [keys.length, keys[0].extractable, await read(keys[0])];
}"""
GIVEN: dict[str, Any] = {"payload": PAYLOAD, "header": HEADER.protected(), "key": PUBLIC}


@pytest.fixture(scope="module")
def page(chromium_path: str) -> Iterator[Page]:
    if not (BUILT / "sealing.js").is_file():
        pytest.fail("the phone's web app is not built: make install", pytrace=False)
    site = BareSite(BUILT)
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--host-resolver-rules=MAP phone.test 127.0.0.1",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        opened = browser.new_page()
        opened.set_default_timeout(120_000)
        opened.goto(site.url)
        yield opened
        browser.close()
    site.close()


def native(_page: Page) -> str:
    with ThreadPoolExecutor(1) as thread:  # Playwright's loop runs in this one
        return thread.submit(lambda: asyncio.run(NativeSealing().seal(**GIVEN))).result()


def browser(page: Page) -> str:
    return str(run(page, SEAL, **GIVEN))


@pytest.mark.parametrize("seal", [native, browser])
def test_an_envelope_opens_at_the_server_and_says_what_it_is_about(
    page: Page, seal: Callable[[Page], str]
) -> None:
    sealed = seal(page)
    found = jwe.JWE(algs=["ECDH-ES", "A256GCM"])
    found.deserialize(sealed, key=KEY)
    assert found.payload.decode() == PAYLOAD
    header = read_header(sealed)
    assert header.model_copy(update={"epk": None}) == HEADER
    said = json.loads(found.objects["protected"])
    assert {name for name in said if said[name] != HEADER.protected().get(name)} == {"epk"}
    assert seal(page) != sealed


@pytest.mark.parametrize("seal", [native, browser])
def test_an_envelope_opens_with_no_other_key_and_for_no_other_record(
    page: Page, seal: Callable[[Page], str]
) -> None:
    sealed = seal(page)
    other = jwk.JWK.generate(kty="EC", crv="P-256")
    with pytest.raises(jwe.InvalidJWEData):
        jwe.JWE().deserialize(sealed, key=other)
    forged = seal(page).split(".")[0]
    with pytest.raises(jwe.InvalidJWEData):
        jwe.JWE().deserialize(".".join([forged, *sealed.split(".")[1:]]), key=KEY)


def test_on_plain_http_there_is_none(page: Page) -> None:
    context = page.context.browser
    assert context is not None
    plain = context.new_page()
    plain.set_default_timeout(120_000)
    plain.goto(page.url.replace("127.0.0.1", "phone.test"))
    assert plain.evaluate("isSecureContext") is False
    assert run(plain, WITHOUT, **GIVEN) == [False, "sealing_unavailable"]
    plain.close()


def test_a_draft_takes_its_pin_and_a_key_of_this_browser_that_nobody_can_read(page: Page) -> None:
    salt, sealed, same, other, seconds = run(page, DRAFTS, payload=PAYLOAD)
    assert (same, other) == (PAYLOAD, None)
    assert "家访" not in sealed
    print(f"a PIN takes {seconds:.2f} s")
    page.reload()
    assert run(page, DRAFTS, payload="", salt=salt, sealed=sealed)[2:4] == [PAYLOAD, None]
    assert page.evaluate(EXPORT) == [1, False, "InvalidAccessError"]
    run(page, FORGET)
    assert run(page, DRAFTS, payload="", salt=salt, sealed=sealed)[2:4] == [None, None]


SEAL_BYTES = """
from mobile_app.device.sealing import open_sealing
json.dumps(await open_sealing().seal(bytes(range(256)) * 4000, header, key))
"""


def test_bytes_are_sealed_as_they_are(page: Page) -> None:
    sealed = str(run(page, SEAL_BYTES, header=HEADER.protected(), key=PUBLIC))
    found = jwe.JWE(algs=["ECDH-ES", "A256GCM"])
    found.deserialize(sealed, key=KEY)
    assert found.payload == bytes(range(256)) * 4000
