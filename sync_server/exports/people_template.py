"""The empty workbook in which a list of people is filled in, with notes on a second sheet."""

from collections.abc import Sequence
from pathlib import Path

from sync_server.exports.book import Book

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (18, 18, 36, 36, 36)
_ROWS = 10_000


def write(
    path: Path,
    sheet_name: str,
    titles: Sequence[str],
    roles: Sequence[str],
    notes_name: str,
    notes: Sequence[str],
) -> None:
    """Write it: `titles` of the columns, of which the second offers `roles`; `notes`, one a line."""
    with Book(str(path)) as book:
        sheet, heading = (
            book.add_worksheet(sheet_name),
            book.add_format({"bold": True, "bg_color": "#E6EEF5"}),
        )
        text = book.add_format({"num_format": "@"})  # else 3-1 becomes a date
        for column, (title, width) in enumerate(zip(titles, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, title, heading)
        sheet.freeze_panes(1, 0)
        sheet.data_validation(1, 1, _ROWS, 1, {"validate": "list", "source": list(roles)})
        explained = book.add_worksheet(notes_name)
        explained.set_column(0, 0, 100)
        for row, note in enumerate(notes):
            explained.write_string(row, 0, note)
