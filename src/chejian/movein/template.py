"""Workbooks that the move-in gives out: empty templates, and the rows with problems."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from chejian.movein.columns import FIELDS, Field, FileKind

ROW_COLUMN = "原行号"
PROBLEM_COLUMN = "问题"
MEND_COLUMN = "建议"
LEADING = (ROW_COLUMN, PROBLEM_COLUMN, MEND_COLUMN)
EXAMPLES: dict[str, tuple[dict[str, str], ...]] = {
    FileKind.CARS: ({
        "customer_number": "K00001", "customer_name": "王建华", "phone": "13800138000",
        "customer_kind": "个人", "plate": "粤B·D12345", "vin": "LSVNV2187E2100001",
        "make": "大众", "series": "朗逸", "model": "2019款 1.5L 自动", "colour": "黑",
        "registered_on": "2019-05-20", "odometer": "63109", "last_visit_on": "2026-01-26",
        "insurer_name": "人保", "insurance_until": "2026-05-20", "inspection_until": "2027-05-31",
        "credit_limit": "0",
    },),
    FileKind.PARTS: ({
        "number": "B9705472", "name": "机油滤清器", "spec": "标准", "fitment": "大众朗逸",
        "brand": "曼牌", "unit": "个", "cost": "18.50", "retail_price": "45.00",
        "member_price": "42.00", "safety_stock": "4", "warehouse": "主仓", "bin": "A-01-2",
        "quantity": "12",
    },),
    FileKind.HISTORY_HEADS: ({
        "order_number": "WX260126001", "opened_on": "2026-01-26", "settled_on": "2026-01-27",
        "plate": "粤B·D12345", "vin": "LSVNV2187E2100001", "customer_number": "K00001",
        "odometer": "63109", "repair_type": "一般维修", "adviser": "吴晓燕",
        "concern": "冷车启动困难", "labour": "60.00", "material": "418.00", "other": "0",
        "discount": "23.90", "due": "454.10", "received": "454.10", "payment": "微信+现金",
    },),
    FileKind.HISTORY_LINES: (
        {
            "order_number": "WX260126001", "line_kind": "工时", "name": "清洗节气门",
            "quantity": "0.6", "price": "100", "amount": "60.00", "technicians": "陈志强,林海",
        },
        {
            "order_number": "WX260126001", "line_kind": "材料", "code": "B9705472",
            "name": "前刹车片", "quantity": "1", "price": "418", "amount": "418.00",
            "technicians": "陈志强",
        },
    ),
}
BALANCES = "balances"
"""Balances alone, of customers that are here or come with another file."""
BALANCE_FIELDS = (
    "customer_number", "customer_name", "phone", "plate", "credit_limit", "stored_value",
    "gift_value", "debt", "remarks",
)


@dataclass(frozen=True)
class Template:
    """An empty file to be filled in: its columns, and rows as an example."""

    slug: str
    label: str
    fields: Sequence[Field]
    examples: Sequence[Mapping[str, str]]


def templates() -> dict[str, Template]:
    """All that are given out, in the order in which they go in, by the word in their address."""
    found = [
        Template(kind, str(FileKind(kind).label), FIELDS[kind], examples)
        for kind, examples in EXAMPLES.items()
    ]
    example = EXAMPLES[FileKind.CARS][0] | {
        "stored_value": "1990.27", "gift_value": "398.05", "debt": "0", "credit_limit": "5000",
    }
    columns = [field for field in FIELDS[FileKind.CARS] if field.key in BALANCE_FIELDS]
    found.insert(1, Template(BALANCES, _("Balances of customers"), columns, [example]))
    return {one.slug: one for one in found}


@dataclass(frozen=True)
class ProblemRow:
    """A row to be mended: what was found, what is offered, and which columns are at fault."""

    number: int
    problems: str
    mends: str
    cells: Sequence[str]
    faulty: frozenset[int]


def workbook(template: Template) -> bytes:
    """An empty workbook with our column names, example rows and a sheet of explanations."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    must = book.add_format({"bold": True, "bg_color": "#FBE5D6", "border": 1})
    sheet = book.add_worksheet(template.label)
    for column, field in enumerate(template.fields):
        title = field.names[0]
        sheet.write_string(0, column, title, must if field.required else head)
        sheet.set_column(column, column, max(10, len(title) * 2 + 2))
        for row, example in enumerate(template.examples, start=1):
            sheet.write_string(row, column, example.get(field.key, ""))
    sheet.freeze_panes(1, 0)
    _explain(book.add_worksheet(_("How to fill in")), head, template.fields)
    book.close()
    return buffer.getvalue()


def _explain(sheet: Worksheet, head: Format, fields: Sequence[Field]) -> None:
    """The second sheet: what each column means and by which other names it is known."""
    for column, title in enumerate((_("Column"), _("Meaning"), _("Also known as"))):
        sheet.write_string(0, column, title, head)
    for row, field in enumerate(fields, start=1):
        need = f" ({_('required')})" if field.required else ""
        sheet.write_string(row, 0, field.names[0])
        sheet.write_string(row, 1, f"{field.label}{need}")
        sheet.write_string(row, 2, "、".join(field.names[1:]))
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 2, 60)


def problem_rows(
    sheets: Iterable[tuple[str, Sequence[str], Sequence[ProblemRow]]],
) -> bytes:
    """A workbook of the rows to be mended, a sheet each: name, headers, rows.

    Texts are written as texts, so that none of them is taken for a formula; three columns of ours
    stand in front and are passed over when the file is loaded again.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    bad = book.add_format({"bg_color": "#FBE5D6"})
    for number, (name, headers, rows) in enumerate(sheets, start=1):
        sheet = book.add_worksheet((name or f"{_('Rows')} {number}")[:31])
        for column, title in enumerate((*LEADING, *headers)):
            sheet.write_string(0, column, title, head)
        sheet.set_column(1, 2, 40)
        sheet.set_column(3, 3 + len(headers), 14)
        sheet.freeze_panes(1, 1)
        for place, row in enumerate(rows, start=1):
            _write_row(sheet, place, row, bad)
    book.close()
    return buffer.getvalue()


def _write_row(sheet: Worksheet, place: int, row: ProblemRow, bad: Format) -> None:
    sheet.write_number(place, 0, row.number)
    sheet.write_string(place, 1, row.problems)
    sheet.write_string(place, 2, row.mends)
    for column, cell in enumerate(row.cells):
        look = bad if column in row.faulty else None
        sheet.write_string(place, column + len(LEADING), cell, look)
