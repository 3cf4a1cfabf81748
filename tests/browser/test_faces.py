"""The faces that the phone's browser finds in pictures."""

import base64
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser.bare_python import BareSite, run
from tests.browser.test_device_in_browser import BUILT
from tests.support import drawn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

FACE = Path(__file__).parents[1] / "support" / "face.jpg"
"""Eileen Collins, NASA, in the public domain: 192 × 192 pixels, half of them, in the middle, her face."""
FIND = """
import base64
from mobile_app.device.drawing import faces
faces._PATIENCE_MS = patience
async def find():
    found = await faces.FaceFinder().find(base64.b64decode(picture))
    return found and [[*mark.start, *mark.end] for mark in found]
json.dumps(await find())
"""


@pytest.fixture(scope="module")
def page(chromium_path: str) -> Iterator[Page]:
    if not (BUILT / "faces.js").is_file():
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


def find(page: Page, picture: bytes, patience: int = 100_000) -> Any:
    """What is found in a picture, as parts of its sides: left, top, right, bottom."""
    return run(page, FIND, picture=base64.b64encode(picture).decode(), patience=patience)


def crowd(faces: Sequence[tuple[int, int, int]], size: tuple[int, int] = (2048, 1536)) -> bytes:
    """A picture with a face at each place, (x, y) of its middle, that is so many pixels high."""
    picture = Image.open(io.BytesIO(drawn.photo(*size, seed=120))).convert("RGB")
    with Image.open(FACE) as face:
        for x, y, height in faces:
            picture.paste(face.resize((2 * height, 2 * height)), (x - height, y - height))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=90)
    return written.getvalue()


@pytest.mark.parametrize("height", [40, 96, 320])
def test_faces_near_and_far_are_found_where_they_are(page: Page, height: int) -> None:
    places = [(600, 500), (1500, 1000)]
    found = find(page, crowd([(*place, height) for place in places]))
    assert len(found) == len(places)
    for x, y in places:
        [(left, top, right, bottom)] = [one for one in found if one[0] * 2048 < x < one[2] * 2048]
        assert top * 1536 < y < bottom * 1536
        assert 1 < (right - left) * 2048 / height < 2.5, "the whole face, and little else"


def test_nothing_is_found_where_nobody_is(page: Page) -> None:
    assert find(page, drawn.photo(noise=True)) == []


def test_a_search_that_takes_too_long_is_given_up_and_the_next_one_is_not(page: Page) -> None:
    picture = crowd([(600, 500, 96)])
    assert find(page, picture, patience=1) is None
    assert len(find(page, picture)) == 1
