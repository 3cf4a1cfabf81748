"""Saves screenshots, and has the texts used in them in each language."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

PICTURES = Path("docs/pictures")
COLOURS = 128  # palette size; flat surfaces need no more
LANGUAGES = ("zh", "en")
WATER = {"zh": "滘联村后山塘", "en": "Jiaolian hill pond"}


class Album:
    """Saves screenshots in one language."""

    def __init__(self, language: str) -> None:
        self.ending = ".png" if language == "zh" else f".{language}.png"

    def keep(self, name: str, page: Page) -> None:
        """Save a screenshot of the page, with the mouse out of the way."""
        page.mouse.move((page.viewport_size or {"width": 0})["width"] * 0.6, 2)
        page.wait_for_timeout(900)  # let animations finish
        image = (
            Image.open(io.BytesIO(page.screenshot()))
            .convert("RGB")
            .quantize(COLOURS, dither=Image.Dither.NONE)
        )
        path = PICTURES / f"{name}{self.ending}"
        image.save(path, optimize=True)
        print(f"{path} {path.stat().st_size // 1024} KB", flush=True)
