"""Reads a workbook of people (XLSX): the rows as text, and what is wrong with how a row was written.

The file comes from outside: it is bounded before anything of it is unpacked, and read a row at a time.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal
from xml.parsers import expat

from shared import problems
from shared.problems import Problem

MOST_ROWS = 10_000
MOST_PARTS = 200
MOST_OF_SHEETS = 16 * 2**20
MOST_OF_STRINGS = 6 * 2**20
MOST_OF_OTHERS = 2**20
"""Unpacked bytes of all sheets, of the shared texts, and of everything else together."""
MOST_ELEMENTS, MOST_OF_ROW, DEEPEST = 500_000, 50_000, 40
"""XML elements of all parts together, of one row of a sheet, and one within the other."""
LONGEST = 2_000
"""Letters of a cell that are read."""
_LAST_ROW = 2**20
"""The last row that a sheet can have."""
_WIDEST = 20
"""Columns that are looked at."""
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_PIECE = 64 * 1024

PeopleColumn = Literal["name", "role", "towns", "school", "classes"]
REQUIRED: tuple[PeopleColumn, ...] = ("name", "role")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row by its number in the sheet: column → text. `fault`: "", "formula", "merged" or "not_text"."""

    number: int
    cells: Mapping[PeopleColumn, str]
    fault: str = ""


def read(data: bytes, titles: Mapping[str, PeopleColumn]) -> list[SheetRow]:
    """The rows of the first sheet that have anything in them, below the row of titles.

    `titles`: folded title → column. Problems: people_file_unreadable, people_file_too_large, with
    `people_columns_missing` where the first row lacks a title.
    """
    import openpyxl  # takes 19 MB, and few servers ever read a workbook

    _check_size(data)
    _check_elements(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            merged = _merged(data, str(getattr(sheet, "_worksheet_path")))  # noqa: B009
            rows = sheet.iter_rows(max_row=_LAST_ROW, max_col=_WIDEST)
            return list(_rows(rows, titles, merged))
        finally:
            book.close()
    except Problem:
        raise
    except Exception:  # whatever openpyxl comes to on a damaged file
        raise problems.people_file_unreadable() from None


def folded(title: str) -> str:
    """A title as it is compared: without case, width, spaces and punctuation."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] in "LN")


def _check_size(data: bytes) -> None:
    """What the parts say to unpack to is what is unpacked at most: `zipfile` stops there."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise problems.people_file_unreadable() from None
    sizes = {"sheets": 0, "strings": 0, "others": 0}
    for part in parts:
        name = part.filename.casefold()
        kind = "sheets" if "/worksheets/" in name else "strings" if "sharedstrings" in name else "others"
        sizes[kind] += part.file_size
    if (
        len(parts) > MOST_PARTS
        or sizes["sheets"] > MOST_OF_SHEETS
        or sizes["strings"] > MOST_OF_STRINGS
        or sizes["others"] > MOST_OF_OTHERS
    ):
        raise problems.people_file_too_large()


def _check_elements(data: bytes) -> None:
    """Few bytes of XML can take a lot of memory: by entities, which no workbook needs, or by many elements.

    Every part is looked at, because a workbook may call its sheets what it likes. One that is no XML is read
    up to where it is none, as `openpyxl` would.
    """
    count = _Elements()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in archive.infolist():
                parser = expat.ParserCreate()
                parser.StartDoctypeDeclHandler = count.doctype
                parser.StartElementHandler, parser.EndElementHandler = count.start, count.end
                count.depth = 0
                with archive.open(part) as file, suppress(expat.ExpatError):
                    parser.ParseFile(file)
    except Problem:
        raise
    except Exception:  # whatever `zipfile` comes to on a damaged file
        raise problems.people_file_unreadable() from None


class _Elements:
    """Counts elements as they are read. Problems: people_file_unreadable, people_file_too_large."""

    def __init__(self) -> None:
        self.depth = self._all = self._of_row = 0

    def doctype(self, *_: Any) -> None:
        raise problems.people_file_unreadable()

    def start(self, name: str, _: dict[str, str]) -> None:
        self.depth += 1
        self._all += 1
        self._of_row = 0 if name.rpartition(":")[2] == "row" else self._of_row + 1
        if self.depth > DEEPEST or self._all > MOST_ELEMENTS or self._of_row > MOST_OF_ROW:
            raise problems.people_file_too_large()

    def end(self, _: str) -> None:
        self.depth -= 1


def _rows(
    rows: Iterator[tuple[Any, ...]], titles: Mapping[str, PeopleColumn], merged: list[tuple[int, int]]
) -> Iterator[SheetRow]:
    first = [folded(_text(cell.value)) for cell in next(rows, ())]
    columns = {place: titles[title] for place, title in enumerate(first) if title in titles}
    if not set(REQUIRED) <= set(columns.values()) or len(set(columns.values())) < len(columns):
        raise problems.people_columns_missing()
    for number, row in enumerate(rows, 2):
        cells = {columns[place]: cell for place, cell in enumerate(row) if place in columns}
        texts = {name: _text(cell.value) for name, cell in cells.items()}
        fault = next(filter(None, map(_fault, cells.values())), "")
        if any(low <= number <= high for low, high in merged):
            fault = "merged"
        if not any(texts.values()):
            continue
        if number > MOST_ROWS + 1:
            raise problems.people_file_too_large()
        yield SheetRow(number, texts, fault)


def _fault(cell: Any) -> str:
    if cell.value is None:
        return ""
    if cell.data_type in ("f", "e"):
        return "formula"
    return "not_text" if isinstance(cell.value, (date, datetime, time)) else ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)[:LONGEST].strip()


def _merged(data: bytes, part: str) -> list[tuple[int, int]]:
    """First and last row of each merged range of a sheet."""
    found: list[tuple[int, int]] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(part.lstrip("/")) as sheet:
        rest = b""
        while piece := sheet.read(_PIECE):
            text = rest + piece
            matches = list(_MERGED.finditer(text))
            found += [(int(match[2]), int(match[4])) for match in matches]
            if len(found) > MOST_ROWS:
                raise problems.people_file_too_large()
            rest = text[max(matches[-1].end() if matches else 0, len(text) - 200) :]
    return found
