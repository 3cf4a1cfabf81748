"""A school's home visits as XLSX, made in memory only; every row and page says who took it, when and why."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from sync_server.exports.book import Book

_OPTIONS = {
    **{"in_memory": True, "strings_to_formulas": False},
    **{"strings_to_urls": False, "strings_to_numbers": False},
}
_WIDTH = 16


@dataclass(frozen=True, slots=True)
class BookWords:
    """The file's own words in one language. `footer` is in the notation of Excel: &P of &N."""

    sheet: str
    marked: str
    footer: str


def made(
    title: str, mark: str, headings: Sequence[str], lines: Sequence[Sequence[str]], words: BookWords
) -> bytes:
    """The file. `mark`: who took it, when and why; it is above the table, in each row and on each page."""
    content = io.BytesIO()
    with Book(content, _OPTIONS) as book:
        book.set_properties({"title": title, "comments": mark})
        sheet = book.add_worksheet(words.sheet)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E6EEF5"})
        plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        marked = book.add_format({"font_color": "#B3261E", "text_wrap": True, "valign": "top"})
        sheet.set_landscape()
        sheet.set_header(f"&C{_as_is(mark)}"[:255])
        sheet.set_footer(words.footer)
        sheet.freeze_panes(3, 0)
        sheet.set_column(0, len(headings), _WIDTH)
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 16}))
        sheet.write_string(1, 0, mark, book.add_format({"font_color": "#B3261E"}))
        for column, heading in enumerate((*headings, words.marked)):
            sheet.write_string(2, column, heading, bold)
        for row, line in enumerate(lines, 3):
            for column, value in enumerate(line):
                sheet.write_string(row, column, value, plain)
            sheet.write_string(row, len(headings), mark, marked)
    return content.getvalue()


def _as_is(text: str) -> str:
    """A text for a page's header, in which & begins a code."""
    return text.replace("&", "&&")
