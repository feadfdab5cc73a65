"""What rows of order history say: whether a head adds up, what a line comes to. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from chejian.core.formats import money
from chejian.core.money import fen
from chejian.movein.rows import ParsedRow
from chejian.movein.values import Severity

ZERO = Decimal(0)
FREE_WORDS = ("三包", "返修", "返工", "索赔", "质保", "保修", "内返", "免费", "首保")
"""Kinds of repair for which the customer pays nothing: nothing due is no mistake there."""
ROUNDING = Decimal("0.01")


@dataclass
class HeadDraft:
    """A head that comes in, with what it was found to belong to."""

    row: ParsedRow
    adds_up: bool = True
    vehicle_id: int | None = None
    customer_id: int | None = None
    odometer: int | None = None

    @property
    def number(self) -> str:
        return self.row.text("order_number")

    @property
    def due(self) -> Decimal:
        return amount(self.row, "due")


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line that comes in; ``number`` is that of its order."""

    number: str
    kind: str
    code: str
    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    people: tuple[str, ...]
    row: int

    @property
    def content(self) -> tuple[str, str, str, Decimal, Decimal, Decimal]:
        """By which a line is known again when its file is loaded once more."""
        return (self.kind, self.code, self.name, self.quantity, self.price, self.amount)


def amount(row: ParsedRow, key: str) -> Decimal:
    return row.get(key) or ZERO


def check_head(row: ParsedRow) -> HeadDraft | None:
    """The head, or None when it has neither number nor day."""
    if not row.text("order_number"):
        row.note("order_number", "history.numberless", Severity.ERROR)
    _take_day(row)
    if row.blocked:
        return None
    return HeadDraft(row, adds_up=_adds_up(row))


def _take_day(row: ParsedRow) -> None:
    if row.get("opened_on") is not None:
        return
    if row.get("settled_on") is None:
        row.note("opened_on", "history.no_date", Severity.ERROR)
        return
    day = row.values["opened_on"] = row.get("settled_on")
    row.note("opened_on", "history.settled_day", Severity.WARNING, mend=day.isoformat())


def _adds_up(row: ParsedRow) -> bool:
    """Labour + material + other - discount = due, unless the customer pays nothing for the kind.

    An export without the sum is given it; one without its parts cannot be judged.
    """
    worth = (
        amount(row, "labour") + amount(row, "material") + amount(row, "other")
        - amount(row, "discount")
    )
    if row.get("due") is None:
        row.values["due"] = worth
        if row.cells.get("due") is not None:
            row.note("due", "history.no_due", Severity.WARNING, mend=money(worth))
    _compare_received(row)
    has_parts = row.get("labour") is not None or row.get("material") is not None
    due = amount(row, "due")
    if not has_parts or due == worth or (due == ZERO and _is_free(row)):
        return True
    row.note("due", "history.total_differs", Severity.WARNING, other=money(worth))
    return False


def _is_free(row: ParsedRow) -> bool:
    return any(word in row.text("repair_type") for word in FREE_WORDS)


def _compare_received(row: ParsedRow) -> None:
    if row.get("received") is None:
        return
    short = amount(row, "due") - amount(row, "received")
    if short > ZERO:
        row.note("received", "history.paid_less", Severity.WARNING, other=money(short))
    elif short < ZERO:
        row.note("received", "history.paid_more", Severity.WARNING, other=money(-short))


def check_line(row: ParsedRow) -> LineDraft | None:
    """The line, or None when it cannot be put anywhere or has no name."""
    if not row.text("order_number"):
        row.note("order_number", "history.numberless", Severity.ERROR)
    if not row.text("name"):
        row.note("name", "history.line_nameless", Severity.ERROR)
    if row.blocked:
        return None
    quantity, price, total = _figures(row)
    return LineDraft(
        row.text("order_number"), _kind(row), row.text("code"), row.text("name"), quantity, price,
        total, row.get("technicians") or (), row.number,
    )


def _kind(row: ParsedRow) -> str:
    """As the file says; without a word for it a line with a code is material."""
    stated: str | None = row.get("line_kind")
    if stated:
        return stated
    return "part" if row.text("code") else "labour"


def _figures(row: ParsedRow) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, price and amount; one that is missing follows from the others."""
    quantity = row.get("quantity")
    price, total = row.get("price"), row.get("amount")
    quantity = Decimal(1) if quantity is None else quantity
    if price is None:
        price = round((total or ZERO) / quantity, 4) if quantity else ZERO
    worth = fen(quantity * price)
    if total is None:
        return quantity, price, worth
    if abs(total - worth) > ROUNDING and row.get("price") is not None:
        row.note("amount", "history.line_differs", Severity.WARNING, other=money(worth))
    return quantity, price, total
