"""What the phone's browser reads of QR codes in pictures."""

import base64
import io
from collections.abc import Iterator
from random import Random

import pytest
import segno
from PIL import Image, ImageFilter
from playwright.sync_api import Page, sync_playwright

from tests.browser.bare_python import BareSite, run
from tests.browser.test_device_in_browser import BUILT
from tests.support import drawn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

LINK = "https://anlan.example.org/app/?water=K7QM2F8P"
READ = """
import base64
from mobile_app.device.camera import Camera
from mobile_app.device.photos import PickedPhoto
from shared.vocabulary import PhotoSource
async def read(picture):
    return await Camera().read_code(PickedPhoto(base64.b64decode(picture), "", PhotoSource.CAMERA))
json.dumps([Camera().reads_codes, [await read(picture) for picture in pictures]])
"""


@pytest.fixture(scope="module")
def page(chromium_path: str) -> Iterator[Page]:
    if not (BUILT / "qr.js").is_file():
        pytest.fail("the phone's web app is not built: make install", pytrace=False)
    site = BareSite(BUILT)
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        opened = browser.new_page()
        opened.set_default_timeout(120_000)
        opened.goto(site.url)
        yield opened
        browser.close()
    site.close()


def sign(side: int) -> Image.Image:
    """The QR code of a sign, so many pixels wide."""
    buffer = io.BytesIO()
    segno.make(LINK, error="q", micro=False).save(buffer, kind="png", scale=10, border=4)
    return Image.open(buffer).convert("RGB").resize((side, side))


def taken(side: int, turned: float, blurred: float) -> bytes:
    """12 megapixels, in which the code takes `side` pixels, askew and out of focus, on a noisy wall."""
    noise = Random(side).randbytes(4000 * 3000)
    wall = (
        Image.frombytes("L", (4000, 3000), noise).point(lambda value: 108 + value * 40 // 255).convert("RGB")
    )
    code = sign(side).rotate(turned, expand=True, fillcolor=(255, 255, 255))
    wall.paste(code, (900, 500))
    buffer = io.BytesIO()
    wall.filter(ImageFilter.GaussianBlur(blurred)).save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def test_codes_are_read_as_phones_take_them_and_nothing_else_is(page: Page) -> None:
    there = [taken(1500, 0, 0), taken(1200, 17, 3), taken(500, 30, 1)]
    not_there = [drawn.photo(), b"no picture", b""]
    pictures = [base64.b64encode(data).decode() for data in (*there, *not_there)]
    assert run(page, READ, pictures=pictures) == [True, [LINK, LINK, LINK, "", "", ""]]
