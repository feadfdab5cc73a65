"""Excel workbooks written row by row: memory stays the same for ten rows and a million."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.core.exports.escaping import fitting, runs
from chejian.core.exports.table import Heading, Kind, Table
from chejian.core.formats import yes_no

#: Excel's limit is 1,048,576 rows with the headings; what is more goes to a further sheet
SHEET_ROWS = 1_000_000
FORMATS = {
    Kind.MONEY: "#,##0.00",
    Kind.QUANTITY: "#,##0.###",
    Kind.NUMBER: "#,##0",
    Kind.RATE: "0.##%",
    Kind.DATE: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
WIDTHS = {Kind.MONEY: 13, Kind.QUANTITY: 10, Kind.NUMBER: 10, Kind.DATE: 12, Kind.MOMENT: 17}
LEAST, MOST = 8, 60
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write_xlsx(
    table: Table, file: BinaryIO, rows: Iterable[Sequence[Any]] | None = None
) -> None:
    """Write to an open file; ``rows`` may stand for the table's own (to count them)."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        writer = _Writer(book, table)
        for row in table.rows if rows is None else rows:
            writer.add(row)
        writer.close()


class _Writer:
    """The sheets of one workbook, in order: constant memory never goes back to a row."""

    def __init__(self, book: Any, table: Table) -> None:
        self._book, self._table = book, table
        self._bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": False})
        self._quoted = book.add_format({"quote_prefix": True})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._formats = {
            kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()
        }
        self._sheets = 0
        self._next()

    def _next(self) -> None:
        self._sheets += 1
        suffix = "" if self._sheets == 1 else f" ({self._sheets})"
        name = (self._table.title.translate(FORBIDDEN).strip() or _("Export"))[: 31 - len(suffix)]
        self._sheet = self._book.add_worksheet(f"{name}{suffix}")
        self._sheet.freeze_panes(1, 0)
        for column, head in enumerate(self._table.headings):
            self._sheet.set_column(column, column, _width(head))
            self._sheet.write_string(0, column, fitting(str(head.label)), self._bold)
        self._row = 0

    def add(self, row: Sequence[Any]) -> None:
        if self._row == SHEET_ROWS:
            self._end_sheet()
            self._next()
        self._row += 1
        for column, (value, head) in enumerate(zip(row, self._table.headings, strict=True)):
            self._cell(column, value, head.kind)

    def _cell(self, column: int, value: Any, kind: str) -> None:
        """A figure or a date is a real one; a text is never a formula."""
        place = (self._row, column)
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self._sheet.write_string(*place, yes_no(value))
        elif isinstance(value, datetime):
            local = timezone.localtime(value).replace(tzinfo=None)
            self._sheet.write_datetime(*place, local, self._formats[Kind.MOMENT])
        elif isinstance(value, date):
            self._sheet.write_datetime(*place, value, self._formats[Kind.DATE])
        elif isinstance(value, int | Decimal):
            # a workbook knows no decimals, only doubles of 15 digits: enough for numeric(14,4)
            self._sheet.write_number(*place, float(value), self._formats.get(Kind(kind)))
        else:
            text = fitting(str(value))
            self._sheet.write_string(*place, text, self._quoted if runs(text) else None)

    def _end_sheet(self) -> None:
        if self._table.headings:
            self._sheet.autofilter(0, 0, self._row, len(self._table.headings) - 1)

    def close(self) -> None:
        """A last sheet tells what the file is: filters, station, who made it and when."""
        self._end_sheet()
        if not self._table.facts:
            return
        sheet = self._book.add_worksheet(_("About this file")[:31])
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 70)
        for number, (word, value) in enumerate(self._table.facts):
            sheet.write_string(number, 0, str(word), self._bold)
            sheet.write_string(number, 1, fitting(str(value)), self._wrapped)


def _width(head: Heading) -> int:
    """Chinese letters take the room of two."""
    label = sum(2 if ord(sign) > 0x2E7F else 1 for sign in str(head.label)) + 3
    own = head.width or WIDTHS.get(Kind(head.kind), 16)
    return min(max(own, label, LEAST), MOST)
