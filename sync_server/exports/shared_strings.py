"""A worksheet written row by row, with its texts in the workbook's shared strings.

xlsxwriter writes texts into the cells when it works in constant memory; the previews of iPhones and WeChat do
not show such texts.
"""

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet for `Workbook(constant_memory=True)`; every different text costs memory once."""

    def write_text(self, row: int, col: int, text: str, style: Format) -> None:
        """Write a text as it is, also one that xlsxwriter would take for its own markup of rich strings."""
        if text.startswith("<r>") and text.endswith("</r>"):
            self.write_rich_string(row, col, text[0], text[1], text[2:], style)
        else:
            self.write_string(row, col, text, style)
        written = self.table[row][col]
        index = self.str_table._get_shared_string_index(written.string)
        self.table[row][col] = written._replace(string=index)

    def _write_cell(self, row: int, col: int, cell: object) -> None:
        self.constant_memory = False  # it would write the text of the index into the cell
        try:
            super()._write_cell(row, col, cell)
        finally:
            self.constant_memory = True
