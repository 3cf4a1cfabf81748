"""A table as XLSX, ready to print and submit: title, signatures, frozen heading, pictures."""

import hashlib
import io
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image
from xlsxwriter.format import Format

from shared.profiles.profile import CellStyle
from sync_server.exports.book import Book
from sync_server.exports.row_heights import height
from sync_server.exports.shared_strings import Sheet
from sync_server.exports.table import AWAITED, PhotoState, Picture, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_000_000  # a sheet has 1,048,576
HEADING_ROW = 2  # counted from 0: the title, the signatures, then the heading
_CELL_WIDTH, _CELL_HEIGHT = 120, 90  # pixels of a picture's cell
_ROW_PICTURE, _ROW_HEADING = 74, 36  # points
_SCALE = 75  # per cent: 10-point text prints at 7.5 points
_A3, _A4 = 8, 9
_FONT = "微软雅黑"

_STYLES: dict[CellStyle, dict[str, object]] = {
    "text": {"num_format": "@", "align": "center", "text_wrap": True},
    "wrapped": {"num_format": "@", "align": "left", "text_wrap": True},
    "number": {"align": "center"},
    "degrees": {"num_format": "0.000000", "align": "center"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "picture": {"align": "center", "text_wrap": True, "font_color": "#6B7280"},
}


def write(path: Path, table: Table, entries: Iterable[Any], *, a4: bool = False) -> int:
    """Write the workbook to `path` in constant memory and return the number of entries.

    It prints in landscape on A3 (or A4), as many pages wide as it needs to be read, with the heading and the
    columns that name an entry on each.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with (
        tempfile.TemporaryDirectory(dir=path.parent, prefix=".pictures-") as pictures,
        Book(str(path), {**options, "tmpdir": str(path.parent)}) as book,
    ):
        book.set_properties({"title": table.title, "author": table.author})
        sheet = book.add_worksheet(table.sheet, worksheet_class=Sheet)
        _set_up_page(sheet, table, _A4 if a4 else _A3)
        _write_heading(book, sheet, table)
        count = _write_rows(book, sheet, table, entries, Path(pictures))
        sheet.autofilter(HEADING_ROW, 0, HEADING_ROW + count, len(table.columns))
    return count


def _set_up_page(sheet: Sheet, table: Table, paper: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_print_scale(_SCALE)
    sheet.print_across()
    sheet.repeat_columns(0, table.naming)
    sheet.set_margins(left=0.3, right=0.3, top=0.5, bottom=0.5)
    sheet.repeat_rows(HEADING_ROW)
    sheet.set_footer("&C第 &P 页 共 &N 页&R内部资料")
    sheet.freeze_panes(HEADING_ROW + 1, table.naming + 1)
    sheet.set_column(0, 0, 6)
    for index, column in enumerate(table.columns, 1):
        sheet.set_column(index, index, column.width)


def _write_heading(book: Book, sheet: Sheet, table: Table) -> None:
    large = book.add_format({"bold": True, "font_size": 18, "font_name": _FONT, "valign": "vcenter"})
    facts = book.add_format({"font_size": 11, "font_name": _FONT, "valign": "vcenter"})
    names = book.add_format(
        {
            **{"bold": True, "font_name": _FONT, "font_size": 10, "bg_color": "#E6EEF5", "border": 1},
            **{"align": "center", "valign": "vcenter", "text_wrap": True},
        }
    )
    sheet.set_row(0, 34)
    sheet.write_text(0, 0, table.title, large)
    sheet.set_row(1, 24)
    for index, text in table.facts:
        sheet.write_text(1, index, text, facts)
    sheet.set_row(HEADING_ROW, _ROW_HEADING)
    for index, name in enumerate(table.titles):
        sheet.write_text(HEADING_ROW, index, name, names)


def _write_rows(book: Book, sheet: Sheet, table: Table, entries: Iterable[Any], pictures: Path) -> int:
    shared_style = {"font_name": _FONT, "font_size": 10, "valign": "vcenter", "border": 1}
    styles = {name: book.add_format({**shared_style, **style}) for name, style in _STYLES.items()}
    count = 0
    for entry in entries:
        count += 1
        row = HEADING_ROW + count
        values = [column.value(entry) for column in table.columns]
        texts = ((value, column.width) for value, column in zip(values, table.columns, strict=True))
        pictured = any(isinstance(value, Picture) and value.thumb for value in values)
        sheet.set_row(row, max(_ROW_PICTURE if pictured else 0, height(texts)))
        sheet.write_number(row, 0, count, styles["number"])
        for index, (value, column) in enumerate(zip(values, table.columns, strict=True), 1):
            _write_cell(sheet, row, index, value, styles[column.style], pictures)
    return count


def _write_cell(sheet: Sheet, row: int, index: int, value: object, style: Format, pictures: Path) -> None:
    match value:
        case None | "":
            sheet.write_blank(row, index, None, style)
        case Picture():
            _write_picture(sheet, row, index, value, style, pictures)
        case date():
            sheet.write_datetime(row, index, value, style)
        case int() | float():
            sheet.write_number(row, index, value, style)
        case _:
            sheet.write_text(row, index, str(value), style)


def _write_picture(
    sheet: Sheet, row: int, index: int, picture: Picture, style: Format, pictures: Path
) -> None:
    sheet.write_text(row, index, AWAITED if picture.state is PhotoState.AWAITED else "", style)
    if picture.thumb is None:
        return
    # The workbook reads its pictures when it is closed: on the disk they cost no memory until then.
    file = pictures / f"{hashlib.sha256(picture.thumb).hexdigest()}.jpg"
    file.write_bytes(picture.thumb)
    with Image.open(io.BytesIO(picture.thumb)) as image:
        width, height = image.size
        dots = image.info.get("dpi", (96, 96))
    scale = min(_CELL_WIDTH / width, _CELL_HEIGHT / height)
    sheet.insert_image(
        row,
        index,
        str(file),
        {
            # xlsxwriter scales a picture to 96 dpi by the dpi in its file; undo that.
            "x_scale": scale * (dots[0] or 96) / 96,
            "y_scale": scale * (dots[1] or 96) / 96,
            "x_offset": (_CELL_WIDTH - width * scale) / 2 + 2,
            "y_offset": 4,
            "object_position": 1,
            "decorative": True,
        },
    )
