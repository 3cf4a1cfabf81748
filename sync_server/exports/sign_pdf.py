"""The sign of a water as PDF, A4 or A5: to be printed and put up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from shared.wording import Wording
from sync_server.exports import pdf_fonts

if TYPE_CHECKING:
    from fpdf import FPDF

MEDIA_TYPE = "application/pdf"
Size = Literal["A4", "A5"]
_PAPER = {"A4": (210.0, 297.0), "A5": (148.0, 210.0)}  # mm
_RED, _BLACK, _WHITE = (178, 18, 30), (0, 0, 0), (255, 255, 255)
_MARGIN = 12.0
_FULL = 210 - 2 * _MARGIN
_BODY = (61.0, 194.0)  # from the top of the page
_LINE = 0.46  # mm of a line for each point of its letters
_STEP, _SMALLEST = 0.95, 0.3  # how text is made smaller
_EDGE = 4  # modules of white around a QR code
_OVERLAP = 1.02  # of the rows of a QR code, so that no printer leaves a line between them


@dataclass(frozen=True, slots=True)
class Sign:
    """What a sign says. `lines`: telephone number → whose it is. `link`: what its QR code holds; `code`: the
    same to be typed. `caption` stands beside the QR code. `unit`: who is responsible, "" if unknown."""

    title: Wording
    name: str
    number: str
    dangers: Sequence[Wording]
    ban: Wording
    rescue: Wording
    unit: str
    lines: Sequence[tuple[str, Wording]]
    caption: Wording
    code: str
    link: str

    def text(self) -> str:
        """Every character on it."""
        words = [self.title, self.ban, self.rescue, self.caption, *self.dangers]
        both = [part for wording in (*words, *(one for _, one in self.lines)) for part in wording]
        numbers = [number for number, _ in self.lines]
        return "".join([*both, *numbers, self.name, self.number, self.unit, self.code, "… "])


def write(path: Path, sign: Sign, size: Size) -> None:
    """Write the sign to a file."""
    _Page(sign, size).draw().output(str(path))


class _Page:
    """The page of a sign. Lengths are in mm on A4 and shrink with the paper; `_y` is where one goes on."""

    def __init__(self, sign: Sign, size: Size) -> None:
        from fpdf import FPDF  # slow to load, and not every server prints signs

        self._sign = sign
        self._scale = _PAPER[size][0] / _PAPER["A4"][0]
        self._pdf = FPDF(format=_PAPER[size])
        self._pdf.set_auto_page_break(False)
        self._pdf.set_title(sign.name)
        self._pdf.set_lang("zh-CN")
        pdf_fonts.embed(self._pdf, sign.text())
        self._pdf.add_page()
        self._y = 0.0

    def draw(self) -> "FPDF":
        """The document."""
        self._heading()
        self._body()
        self._telephones()
        self._check_in()
        return self._pdf

    def _heading(self) -> None:
        self._fill(0, 0, 210, 56, _RED)
        self._y = 9
        self._text(self._sign.title.zh, 62, colour=_WHITE, wraps=False)
        self._text(self._sign.title.en, 26, colour=_WHITE, wraps=False)

    def _body(self) -> None:
        """What stands in the middle, as large as there is room for."""
        sign, (top, bottom) = self._sign, _BODY
        parts = [(sign.name, 34.0, 0.0), (sign.number, 13.0, 3.0)]
        for words, zh, en in (
            *((danger, 22.0, 12.0) for danger in sign.dangers[:4]),
            (sign.ban, 22.0, 13.0),
            (sign.rescue, 17.0, 11.0),
        ):
            parts += [(words.zh, zh, 0.0), (words.en, en, 2.0)]
        factor = 1.0
        while (
            factor > _SMALLEST
            and top
            + sum(
                self._lines(text, size * factor, _FULL) * size * factor * _LINE + gap
                for text, size, gap in parts
            )
            > bottom
        ):
            factor *= _STEP
        self._y = top
        for text, size, gap in parts:
            self._text(text, size * factor)
            self._y += gap

    def _telephones(self) -> None:
        top, width = 196.0, _FULL / len(self._sign.lines)
        for place, (number, whose) in enumerate(self._sign.lines):
            left = _MARGIN + place * width
            self._fill(left + 1, top, width - 2, 30, _RED)
            self._y = top + 2
            self._text(number, 36, left=left, width=width, colour=_WHITE, wraps=False)
            both = f"{whose.zh} {whose.en}"
            self._text(both, 11, left=left + 2, width=width - 4, colour=_WHITE, wraps=False)

    def _check_in(self) -> None:
        import segno

        top, side = 230.0, 56.0
        made = segno.make(self._sign.link, error="q", micro=False)
        module = side / (len(made.matrix) + 2 * _EDGE)
        for down, row in enumerate(made.matrix):
            for across, length in _dark_runs(row):
                x, y = _MARGIN + (across + _EDGE) * module, top + (down + _EDGE) * module
                self._fill(x, y, length * module, module * _OVERLAP, _BLACK)
        left, self._y = _MARGIN + side + 6, top + 4
        width = 210 - _MARGIN - left
        self._text(self._sign.code, 40, wraps=False, left=left, width=width)
        self._text(self._sign.caption.zh, 16, wraps=False, left=left, width=width)
        self._text(self._sign.caption.en, 11, wraps=False, left=left, width=width)
        self._y += 2
        self._text(self._sign.unit, 14, room=14, left=left, width=width)

    def _text(
        self,
        text: str,
        size: float,
        *,
        left: float = _MARGIN,
        width: float = _FULL,
        colour: tuple[int, int, int] = _BLACK,
        room: float = 0,
        wraps: bool = True,
    ) -> None:
        """Text in the middle of a column, below what was written before; `size` in points on A4.

        Text that does not wrap, or not into `room` mm, is set smaller.
        """
        if not text:
            return
        while size > _SMALLEST * 10:
            lines = self._lines(text, size, width)
            if (wraps or lines <= 1) and not (room and lines * size * _LINE > room):
                break
            size *= _STEP
        lines, pdf, scale = self._lines(text, size, width), self._pdf, self._scale
        pdf.set_text_color(*colour)
        pdf.set_xy(left * scale, self._y * scale)
        pdf.multi_cell(width * scale, size * _LINE * scale, text, align="C", new_x="LMARGIN", new_y="NEXT")
        self._y += lines * size * _LINE

    def _lines(self, text: str, size: float, width: float) -> int:
        """How many lines a text takes; the size is chosen with it."""
        self._pdf.set_font_size(size * self._scale)
        if not text:
            return 0
        lines = self._pdf.multi_cell(width * self._scale, 1, text, dry_run=True, output="LINES", align="C")
        return len(cast(list[str], lines))

    def _fill(self, x: float, y: float, width: float, height: float, colour: tuple[int, int, int]) -> None:
        scale = self._scale
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(x * scale, y * scale, width * scale, height * scale, style="F")


def _dark_runs(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The dark parts of a row of modules: where each begins, and how many modules it has."""
    place = 0
    for dark, modules in groupby(row, bool):
        length = len(list(modules))
        if dark:
            yield place, length
        place += length
