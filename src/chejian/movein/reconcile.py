"""Our figures beside the old system's, and every difference explained down to rows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chejian.movein.cars import CarDraft
from chejian.movein.customers import CustomerDraft
from chejian.movein.parts import PartDraft, StockDraft
from chejian.movein.rows import ParsedRow

METRICS: dict[str, Promise] = {
    "customers": _("Customers"),
    "car_rows": _("Car rows"),
    "part_rows": _("Part rows"),
    "stock_value": _("Stock value"),
    "stored_value": _("Stored value"),
    "gift_value": _("Gift balance"),
    "debt": _("Debt"),
    "credit_limit": _("Credit limits"),
    "history_orders": _("Orders"),
    "history_lines": _("Order lines"),
    "history_due": _("Due"),
    "history_received": _("Received"),
}
REASONS: dict[str, Promise] = {
    "maybe_same": _("rows without a number that may be a customer counted already"),
    "customers_left_out": _("customers who stand on rows left out only"),
    "same_car": _("rows of a car that stands in another row too"),
    "rows_left_out": _("rows left out"),
    "no_car": _("rows with a customer but no car"),
    "same_part": _("further rows of a part that stands in several places"),
    "repeated": _("rows repeated word for word"),
    "negative": _("rows with stock below zero, made with nothing on hand"),
    "counted": _("rows with stock below zero, taken as counted"),
    "cost_given": _("rows without a cost, taken at the cost chosen"),
    "value_differs": _("rows whose value is not cost times quantity"),
    "balance_repeated": _("rows that repeat the customer's balance, counted once"),
    "balance_negative": _("rows with a balance below zero, not opened"),
    "balance_differs_now": _("customers whose balance was opened before with another figure"),
    "file_differs": _("the file itself says something else than the control total"),
    "not_held": _("planned, but the database says otherwise"),
    "unexplained": _("not explained"),
}
KEPT_ROWS = 5000
MONEY = {"stock_value", "stored_value", "gift_value", "debt", "credit_limit", "history_due",
         "history_received"}


@dataclass(frozen=True)
class Reason:
    """Why our figure is not the old one: by how much, and the rows that make it so."""

    code: str
    amount: Decimal
    rows: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Of very many rows the first are kept, and how many there are."""
        return {
            "code": self.code,
            "amount": str(self.amount),
            "rows": list(self.rows[:KEPT_ROWS]),
            "count": len(self.rows),
        }


@dataclass(frozen=True)
class Line:
    """``control`` is the old system's total, ``file`` what the rows say, ``ours`` what we hold."""

    metric: str
    control: Decimal | None
    file: Decimal
    ours: Decimal | None
    reasons: tuple[Reason, ...] = field(default=())

    @property
    def difference(self) -> Decimal | None:
        if self.ours is None:
            return None
        return self.ours - (self.file if self.control is None else self.control)

    def as_json(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "control": _text(self.control),
            "file": _text(self.file),
            "ours": _text(self.ours),
            "difference": _text(self.difference),
            "reasons": [reason.as_json() for reason in self.reasons],
        }


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)


def figure_line(
    metric: str,
    controls: Mapping[str, Decimal],
    file: Decimal | int,
    ours: Decimal | int,
    reasons: Iterable[Reason],
) -> Line:
    """Add what is left unexplained, and what the file itself has otherwise than its total."""
    control, file, ours = controls.get(metric), Decimal(file), Decimal(ours)
    known = [reason for reason in reasons if reason.amount or reason.rows]
    if control is not None and control != file:
        known.append(Reason("file_differs", file - control))
    rest = ours - file - sum((r.amount for r in known if r.code != "file_differs"), Decimal(0))
    if rest:
        known.append(Reason("unexplained", rest))
    return Line(metric, control, file, ours, tuple(known))


def proven(line: Line, held: Decimal | None) -> Line:
    """The line with what the database holds in our column.

    What was planned and what is held must be the same: a difference is said as not explained.
    """
    if held is None or line.ours is None or held == line.ours:
        return line
    found = Reason("not_held", held - line.ours)
    return replace(line, ours=held, reasons=(*line.reasons, found))


def _numbers(rows: Iterable[ParsedRow]) -> tuple[int, ...]:
    return tuple(row.number for row in rows)


def of_cars(
    rows: Sequence[ParsedRow],
    customers: Sequence[CustomerDraft],
    left_out: Sequence[CustomerDraft],
    cars: Sequence[CarDraft],
    controls: Mapping[str, Decimal],
) -> list[Line]:
    """Customers, car rows and credit limits; the balances have their own (services.balances)."""
    maybe = [draft for draft in customers if draft.maybe]
    distinct = len(customers) + len(left_out) - len(maybe)
    lines = [
        figure_line(
            "customers", controls, distinct, len(customers),
            [
                Reason("maybe_same", Decimal(len(maybe)), _numbers(d.first for d in maybe)),
                Reason(
                    "customers_left_out", Decimal(-len(left_out)),
                    _numbers(d.first for d in left_out),
                ),
            ],
        ),
        _car_line(rows, cars, controls),
    ]
    limits = sum((draft.credit_limit for draft in customers), Decimal(0))
    stated = sum((row.get("credit_limit") or Decimal(0) for row in rows), Decimal(0))
    lines.append(figure_line("credit_limit", controls, stated, limits, []))
    return lines


def _car_line(
    rows: Sequence[ParsedRow], cars: Sequence[CarDraft], controls: Mapping[str, Decimal]
) -> Line:
    blocked = [row for row in rows if row.blocked]
    again = [
        row for draft in cars for row in draft.rows if row is not draft.latest and not row.blocked
    ]
    placed = {id(row) for draft in cars for row in draft.rows}
    carless = [row for row in rows if id(row) not in placed and not row.blocked]
    return figure_line(
        "car_rows", controls, len(rows), len(cars),
        [
            Reason("same_car", Decimal(-len(again)), _numbers(again)),
            Reason("rows_left_out", Decimal(-len(blocked)), _numbers(blocked)),
            Reason("no_car", Decimal(-len(carless)), _numbers(carless)),
        ],
    )


def of_parts(
    rows: Sequence[ParsedRow], parts: Sequence[PartDraft], controls: Mapping[str, Decimal]
) -> list[Line]:
    """Part rows and the value of the stock."""
    blocked = [row for row in rows if row.blocked]
    again = [row for draft in parts for row in draft.rows[1:]]
    repeated = [row for row in again if any(f.code == "part.twice" for f in row.findings)]
    elsewhere = [row for row in again if row not in repeated]
    rows_line = figure_line(
        "part_rows", controls, len(rows), len(parts),
        [
            Reason("same_part", Decimal(-len(elsewhere)), _numbers(elsewhere)),
            Reason("repeated", Decimal(-len(repeated)), _numbers(repeated)),
            Reason("rows_left_out", Decimal(-len(blocked)), _numbers(blocked)),
        ],
    )
    return [rows_line, _value_line(rows, parts, blocked, repeated, controls)]


def _worth(row: ParsedRow) -> Decimal:
    """What a row says its stock is worth."""
    stated: Decimal | None = row.get("value")
    if stated is not None:
        return stated
    quantity, cost = row.get("quantity") or Decimal(0), row.get("cost") or Decimal(0)
    return round(quantity * cost, 2)


def _found(row: ParsedRow, code: str) -> bool:
    return any(finding.code == code for finding in row.findings)


def _gained(code: str, stock: Sequence[StockDraft]) -> Reason:
    """By how much these places come in above what their rows say."""
    amount = sum((line.value - _worth(line.row) for line in stock), Decimal(0))
    return Reason(code, amount, _numbers(line.row for line in stock))


def _value_line(
    rows: Sequence[ParsedRow],
    parts: Sequence[PartDraft],
    blocked: Sequence[ParsedRow],
    repeated: Sequence[ParsedRow],
    controls: Mapping[str, Decimal],
) -> Line:
    stock = [line for draft in parts for line in draft.stock]
    below = {id(line.row) for line in stock if (line.row.get("quantity") or 0) < 0}
    counted = [line for line in stock if _found(line.row, "stock.counted")]
    given = [line for line in stock if _found(line.row, "stock.cost_given")]
    chosen = {id(line.row) for line in (*counted, *given)}
    negative = [line.row for line in stock if id(line.row) in below - chosen]
    differs = [
        line for line in stock
        if id(line.row) not in below | chosen and line.value != _worth(line.row)
    ]
    only_given = [line for line in given if line not in counted]
    ours = sum((line.value for line in stock), Decimal(0))
    return figure_line(
        "stock_value", controls, sum(map(_worth, rows), Decimal(0)), ours,
        [
            Reason("negative", -sum(map(_worth, negative), Decimal(0)), _numbers(negative)),
            _gained("counted", counted),
            _gained("cost_given", only_given),
            _gained("value_differs", differs),
            Reason("repeated", -sum(map(_worth, repeated), Decimal(0)), _numbers(repeated)),
            Reason("rows_left_out", -sum(map(_worth, blocked), Decimal(0)), _numbers(blocked)),
        ],
    )
