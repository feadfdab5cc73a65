"""The real files as another shop would send them: other headers, order, encoding, format."""

import csv
import io
import random
from collections.abc import Sequence
from functools import cache

import xlsxwriter

from chejian.movein import columns, recognise
from chejian.movein.reading import Document, Table, read
from tests.movein.conftest import FILES

NAMES = ("客户车辆.csv", "配件库存.xlsx", "历史工单.csv", "历史工单明细.csv", "对账控制数.csv")


def other_name(kind: str, title: str, field: str) -> str:
    """Another of the names that the field is known by, dressed up as exports do it."""
    names = next(one.names for one in columns.FIELDS[kind] if one.key == field)
    others = [name for name in names if columns.header_key(name) != columns.header_key(title)]
    return f" {others[-1].upper()} *" if others else f"{title}（必填）"


@cache
def known(name: str) -> tuple[Document, recognise.Recognised]:
    """A real file, read once."""
    document = read((FILES / name).read_bytes())
    return document, recognise.recognise(document)


def reshaped(name: str, seed: int, most: int | None = None) -> tuple[str, list[list[str]]]:
    """Kind and rows of a real file with other headers, its columns shuffled, an odd one behind;
    ``most`` rows of it are enough where only the reading is tried."""
    document, found = known(name)
    sheet = found.sheets[0]
    tables = {table.name: table for table in document.tables}
    matched = {match.column: match.field for match in sheet.matches}
    order = list(range(len(sheet.header.cells)))
    random.Random(seed).shuffle(order)
    titles = [
        other_name(sheet.kind, sheet.header.cells[at], matched[at])
        if at in matched else sheet.header.cells[at]
        for at in order
    ]
    rows = [["某某汽修厂 数据导出"], [], [*titles, "内部序号"]]
    for part in found.sheets:
        rows += _data(tables[part.name], part, order)
    rows = rows[: None if most is None else most + 3]
    return sheet.kind, rows


def _data(table: Table, sheet: recognise.Sheet, order: Sequence[int]) -> list[list[str]]:
    return [
        [*(row.cells[at] if at < len(row.cells) else "" for at in order), str(row.number)]
        for row in sheet.rows
    ]


def as_utf16(rows: Sequence[Sequence[str]]) -> bytes:
    """Tab-separated UTF-16 with a mark, as Excel's "Unicode text" is."""
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-16")


def as_gb18030(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    return text.getvalue().encode("gb18030")


def as_excel(rows: Sequence[Sequence[str]]) -> bytes:
    """With a first sheet that is only a note."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.add_worksheet("说明").write_string(0, 0, "本表由旧系统导出")
    sheet = book.add_worksheet("数据")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    return buffer.getvalue()


FORMS = {"utf-16": as_utf16, "gb18030": as_gb18030, "excel": as_excel}
