"""Which rows are the same part, and what stock they state. Pure.

Identity: the part number. A part may lie in several warehouses and bins; a row that repeats
another word for word counts once. Cost is net of VAT (decisions.md).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from chejian.core.formats import quantity as in_words
from chejian.core.money import line_amount
from chejian.core.text import squeeze, tidy
from chejian.movein.choices import StockChoices
from chejian.movein.rows import ParsedRow
from chejian.movein.values import Severity

ORIGINS = {"原厂": "genuine", "正厂": "genuine", "同质": "equivalent", "副厂": "equivalent",
           "再制造": "remanufactured", "拆车": "salvaged"}
PRICES = ("retail_price", "member_price", "contract_price", "wholesale_price", "claim_price")
TEXTS = ("spec", "brand", "unit", "fitment", "barcode", "remarks")
NUMBER_LIMIT = 40
_SEPARATORS = re.compile(r"[/,，、;；|\s]+")


@dataclass(frozen=True)
class StockDraft:
    """What lies in one bin of one warehouse; the quantity may be zero (the bin is remembered)."""

    warehouse: str
    bin: str
    quantity: Decimal
    cost: Decimal
    row: ParsedRow

    @property
    def value(self) -> Decimal:
        return line_amount(self.quantity, self.cost)


@dataclass
class PartDraft:
    """A part as the whole file tells of it."""

    number: str
    name: str
    rows: list[ParsedRow]
    values: dict[str, Any] = field(default_factory=dict)
    interchange: list[str] = field(default_factory=list)
    oe_numbers: list[str] = field(default_factory=list)
    stock: list[StockDraft] = field(default_factory=list)


def gather(
    rows: Sequence[ParsedRow], choices: StockChoices = StockChoices()  # noqa: B008 - frozen
) -> list[PartDraft]:
    """Put the rows together by part number, in the order of the file."""
    drafts: dict[str, PartDraft] = {}
    for row in rows:
        _check(row)
        if row.blocked:
            continue
        number = row.text("number")
        draft = drafts.get(number)
        if draft is None:
            drafts[number] = PartDraft(number, row.text("name"), [row])
        elif _is_other_part(draft, row):
            row.note(
                "number", "part.other", Severity.ERROR, other=f"{draft.rows[0].number} {draft.name}"
            )
        else:
            draft.rows.append(row)
    for draft in drafts.values():
        _summarise(draft, choices)
    return list(drafts.values())


def _check(row: ParsedRow) -> None:
    if not row.text("number"):
        row.note("number", "part.numberless", Severity.ERROR)
    if not row.text("name"):
        row.note("name", "part.nameless", Severity.ERROR)


def _is_other_part(draft: PartDraft, row: ParsedRow) -> bool:
    return squeeze(draft.name).lower() != squeeze(row.text("name")).lower()


def _summarise(draft: PartDraft, choices: StockChoices) -> None:
    for key in (*TEXTS, *PRICES, "safety_stock"):
        found = (row.get(key) for row in draft.rows)
        draft.values[key] = next((value for value in found if value), None)
    draft.values["origin"] = origin_of(_first_text(draft, "origin"), _first_text(draft, "brand"))
    draft.interchange = _numbers(row.text("interchange") for row in draft.rows)
    draft.oe_numbers = _numbers(row.text("oe_number") for row in draft.rows)
    seen: dict[tuple[str, ...], ParsedRow] = {}
    for row in draft.rows:
        cells = tuple(tidy(cell) for cell in row.cells.values())
        first = seen.setdefault(cells, row)
        if first is row:
            _add_stock(draft, row, choices)
        else:
            row.note("number", "part.twice", Severity.WARNING, other=str(first.number))


def _first_text(draft: PartDraft, key: str) -> str:
    return next((row.text(key) for row in draft.rows if row.text(key)), "")


def origin_of(origin: str, brand: str) -> str:
    """The origin grade: from its own column, else where the brand column names a grade."""
    for text in (origin, brand):
        for word, code in ORIGINS.items():
            if word in text:
                return code
    return ""


def _numbers(texts: Iterable[str]) -> list[str]:
    """5144-4580/L4781284 names two numbers."""
    parts = (part for text in texts for part in _SEPARATORS.split(text))
    return list(dict.fromkeys(part[:NUMBER_LIMIT] for part in parts if part))


def _add_stock(draft: PartDraft, row: ParsedRow, choices: StockChoices) -> None:
    quantity, cost = row.get("quantity"), row.get("cost") or Decimal(0)
    if quantity is None:
        return
    if quantity < 0:
        quantity = _counted(row, choices)
    if quantity > 0:
        cost = cost or _given_cost(draft, row, choices)
        _check_worth(row, quantity, cost)
    draft.stock.append(StockDraft(row.text("warehouse"), row.text("bin"), quantity, cost, row))


def _counted(row: ParsedRow, choices: StockChoices) -> Decimal:
    """Stock below zero: what somebody counted, else nothing."""
    counted = choices.quantity_for(row.sheet, row.number)
    if counted is None:
        row.note("quantity", "stock.negative", Severity.WARNING)
        return Decimal(0)
    words = in_words(counted)
    row.note("quantity", "stock.counted", Severity.MENDED, mend=words, other=words)
    return counted


def _given_cost(draft: PartDraft, row: ParsedRow, choices: StockChoices) -> Decimal:
    """Stock without a cost: what the person's choice gives it, else zero."""
    elsewhere = next((other.get("cost") for other in draft.rows if other.get("cost")), None)
    cost = choices.cost_for(draft.number, draft.values.get("retail_price"), elsewhere)
    if cost is None:
        row.note("cost", "stock.no_cost", Severity.WARNING)
        return Decimal(0)
    words = f"{cost:,.4f}".rstrip("0").rstrip(".")
    row.note("cost", "stock.cost_given", Severity.MENDED, mend=words, other=words)
    return cost


def _check_worth(row: ParsedRow, quantity: Decimal, cost: Decimal) -> None:
    worth, stated = line_amount(quantity, cost), row.get("value")
    chosen = any(f.code in {"stock.counted", "stock.cost_given"} for f in row.findings)
    if stated is not None and stated != worth and not chosen:
        row.note("value", "stock.value_differs", Severity.WARNING, other=f"{worth:,.2f}")
    if not row.text("warehouse"):
        row.note("warehouse", "stock.placeless", Severity.WARNING)
