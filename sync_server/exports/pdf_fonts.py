"""The font of PDF files: slices of Noto Sans SC, embedded with the characters that a file has.

Whole, the font lacks a thousand characters of GB 2312, those of place names among them; and to unpack it
takes longer than to unpack the slices that one page needs.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

FOLDER = Path(__file__).parents[1] / "static/vendor/noto-sans-sc"
_FIRST = "latin"


def embed(pdf: "FPDF", text: str) -> None:
    """Make `pdf` write in this font; `text` has every character that it will write."""
    slices = [_FIRST, *(name for name in _slices_of(text) if name != _FIRST)]
    for name in slices:
        pdf.add_font(name, fname=FOLDER / f"noto-sans-sc-{name}-700-normal.woff2")
    pdf.set_font(_FIRST)
    pdf.set_fallback_fonts(slices[1:], exact_match=False)


def _slices_of(text: str) -> Iterable[str]:
    """The names of the slices that have the characters of `text`."""
    ranges = _ranges()
    found = {name: None for letter in sorted(set(text)) for name in _names(ranges, ord(letter))}
    return list(found)


def _names(ranges: dict[str, list[tuple[int, int]]], code: int) -> Iterator[str]:
    """The first slice with a character, if any has it."""
    for name, parts in ranges.items():
        if any(first <= code <= last for first, last in parts):
            yield name
            return


@cache
def _ranges() -> dict[str, list[tuple[int, int]]]:
    """Slice → its ranges of characters."""
    described: dict[str, str] = json.loads((FOLDER / "unicode.json").read_text("utf-8"))
    latin_first = sorted(described.items(), key=lambda one: one[0] != _FIRST)
    return {name.strip("[]"): list(_parts(ranges)) for name, ranges in latin_first}


def _parts(ranges: str) -> Iterator[tuple[int, int]]:
    for first, last in re.findall(r"U\+([0-9a-f]+)(?:-([0-9a-f]+))?", ranges, re.IGNORECASE):
        yield int(first, 16), int(last or first, 16)
