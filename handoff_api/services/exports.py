"""Tables as files that spreadsheets open. No cell is ever a formula, whoever named an agent or a group."""

import csv
import io
from collections.abc import Mapping, Sequence

import xlsxwriter  # type: ignore[import-untyped]

type Cell = str | int | float | None
type Rows = Sequence[Sequence[Cell]]

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, the full-width forms among it."""
WIDEST = 48


def harmless(cell: Cell) -> Cell:
    """A text that begins like a formula is shown behind an apostrophe, which spreadsheets read as `text`."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA_SIGNS) else cell


def as_csv(rows: Rows) -> str:
    """With a byte order mark, so that spreadsheets read the Chinese."""
    out = io.StringIO()
    csv.writer(out).writerows([["" if cell is None else harmless(cell) for cell in row] for row in rows])
    return "\ufeff" + out.getvalue()


def as_xlsx(sheets: Mapping[str, Rows]) -> bytes:
    """The first row of every sheet is its head. Texts are written as texts: nothing is read as formula or link."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    look = head if at == 0 else None
                    if isinstance(cell, str):
                        sheet.write_string(at, column, str(harmless(cell)), look)
                    elif cell is not None:
                        sheet.write_number(at, column, cell, look)
            for column in range(len(rows[0])):
                sheet.set_column(column, column, _width([row[column] for row in rows]))
    return out.getvalue()


def _width(cells: Sequence[Cell]) -> int:
    """Chinese characters are twice as wide."""
    return min(WIDEST, 2 + max(sum(2 if ord(sign) > 0x2E7F else 1 for sign in str(cell)) for cell in cells))
