"""What kind of file it is: where the header stands, what is title, data, blank row and total.

Pure. Works on the tables of ``reading``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chejian.core.text import squeeze
from chejian.movein import columns
from chejian.movein.columns import FileKind, Match
from chejian.movein.reading import Document, Row, Table
from chejian.movein.values import parse_number

HEADER_WITHIN = 30
LEAST_MATCHES = 3
_TOTAL = re.compile(r"(合计|总计|小计|共计|累计|合計|total|subtotal|grandtotal)[:：]?")


@dataclass(frozen=True)
class Sheet:
    """A table with its header found. ``totals`` are the sums its own total rows state."""

    name: str
    kind: str
    header: Row
    matches: tuple[Match, ...]
    rows: tuple[Row, ...]
    titles: tuple[str, ...] = ()
    blank_rows: int = 0
    total_rows: tuple[Row, ...] = ()
    totals: dict[str, Decimal] = field(default_factory=dict)

    @property
    def signature(self) -> str:
        return columns.signature(self.header.cells)


@dataclass(frozen=True)
class Recognised:
    """The sheets we can use, and the names of those that hold no table (a note, say)."""

    sheets: tuple[Sheet, ...]
    ignored: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.sheets[0].kind if self.sheets else ""


def recognise(document: Document, *, kind: str = "") -> Recognised:
    """Find the header of every sheet; the first that is understood settles the kind of the file.

    With ``kind`` given only that kind is looked for.
    """
    sheets: list[Sheet] = []
    ignored: list[str] = []
    for table in document.tables:
        wanted = kind or (sheets[0].kind if sheets else "")
        found = _find_header(table, wanted)
        if found is None:
            ignored.append(table.name)
        else:
            sheets.append(_part_rows(table, *found))
    return Recognised(tuple(sheets), tuple(ignored))


def _find_header(table: Table, wanted: str) -> tuple[str, int] | None:
    """The kind and the index of the row whose cells are names of our fields most often."""
    kinds = [wanted] if wanted else list(FileKind.values)
    best: tuple[int, str, int] | None = None
    for index, row in enumerate(table.rows[:HEADER_WITHIN]):
        for kind in kinds:
            score = _header_score(row.cells, kind)
            if score and (best is None or score > best[0]):
                best = (score, kind, index)
    return None if best is None else (best[1], best[2])


def _header_score(cells: Sequence[str], kind: str) -> int:
    """How many cells are names of ours (in hundredths); the share understood decides a tie."""
    keys = [columns.header_key(cell) for cell in cells if cell.strip()]
    names = columns.known_names(kind)
    known = {names[key] for key in keys if key in names}
    least = 2 if kind == FileKind.CONTROLS else LEAST_MATCHES
    required = {target.key for target in columns.FIELDS[kind] if target.required}
    if len(known) < least or not required <= known:
        return 0
    return 100 * len(known) + 100 * len(known) // len(keys)


def _part_rows(table: Table, kind: str, index: int) -> Sheet:
    header = table.rows[index]
    matches = tuple(columns.match(header.cells, kind))
    return divide(table, kind, header, matches)


def divide(table: Table, kind: str, header: Row, matches: tuple[Match, ...]) -> Sheet:
    """Sort the rows below the header into data, blank rows and totals."""
    above = [row for row in table.rows if row.number < header.number]
    below = [row for row in table.rows if row.number > header.number]
    totals = [row for row in below if is_total(row)] if kind != FileKind.CONTROLS else []
    summed = {row.number for row in totals}
    data = [row for row in below if not row.blank and row.number not in summed]
    return Sheet(
        table.name,
        kind,
        header,
        matches,
        tuple(row for row in data if row.cells != header.cells),
        tuple(squeeze(" ".join(row.cells)) for row in above if not row.blank),
        sum(row.blank for row in below),
        tuple(totals),
        _sums(totals, matches),
    )


def is_total(row: Row) -> bool:
    """Whether the first word of a row says that it sums up what is above."""
    first = next((squeeze(cell).lower() for cell in row.cells if cell.strip()), "")
    return _TOTAL.fullmatch(first) is not None


def _sums(rows: Sequence[Row], matches: Sequence[Match]) -> dict[str, Decimal]:
    """What the last total row states, by field."""
    if not rows:
        return {}
    cells = rows[-1].cells
    figures = {
        found.field: parse_number(cells[found.column])
        for found in matches
        if found.column < len(cells) and cells[found.column].strip()
    }
    return {key: figure for key, figure in figures.items() if figure is not None}


# --- control totals --------------------------------------------------------------------------
METRICS: dict[str, str] = {
    "客户数": "customers",
    "客户总数": "customers",
    "车辆行": "car_rows",
    "车辆数": "car_rows",
    "配件行": "part_rows",
    "配件数": "part_rows",
    "库存金额": "stock_value",
    "库存总额": "stock_value",
    "储值余额": "stored_value",
    "赠送余额": "gift_value",
    "欠款合计": "debt",
    "欠款": "debt",
    "历史工单": "history_orders",
    "明细行": "history_lines",
    "应收合计": "history_due",
    "实收合计": "history_received",
}


def read_controls(sheet: Sheet) -> dict[str, Decimal]:
    """The old system's own figures, by our names; what we do not know keeps its own."""
    where = {found.field: found.column for found in sheet.matches}
    figures: dict[str, Decimal] = {}
    for row in sheet.rows:
        name = columns.header_key(row.cells[where["metric"]])
        figure = parse_number(row.cells[where["value"]])
        if name and figure is not None:
            figures[METRICS.get(name, name)] = figure
    return figures
