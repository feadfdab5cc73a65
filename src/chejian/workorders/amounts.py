"""Arithmetic of an order's lines: pure functions, fen exact (domain.md 4.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chejian.core.money import ZERO, fen, line_amount


def job_amount(hours: Decimal, rate: Decimal, fixed_price: Decimal | None) -> Decimal:
    """round(hours x rate, 2), or the fixed price: 1.2 h x 120 = 144.00."""
    return fen(fixed_price) if fixed_price is not None else line_amount(hours, rate)


def split(total: Decimal, rates: Sequence[Decimal]) -> list[Decimal]:
    """Split one amount among payers: each rounded half up, the last takes the rest.

    No part is ever negative: a fen that rounding has given out already is not given out again.
    """
    rest, parts = total, []
    for rate in rates[:-1]:
        part = min(fen(total * rate), rest)
        parts.append(part)
        rest -= part
    return [*parts, rest] if rates else []


def kept_discount(discount: Decimal, before: Decimal, after: Decimal) -> Decimal:
    """The discount of a line whose amount changes keeps its rate: 10 of 100 is 5 of 50."""
    if not discount or not before:
        return ZERO
    return min(fen(after * discount / before), after)


@dataclass(frozen=True)
class Charge:
    """What the totals need of one line: its kind, amount, discount, and the payers' rates."""

    kind: str
    amount: Decimal
    discount: Decimal
    shares: Sequence[tuple[str, Decimal]]
    proposed: bool = False

    @property
    def payable(self) -> Decimal:
        return self.amount - self.discount

    def paid_by(self, payer: str) -> Decimal:
        """This payer's part of the line."""
        parts = split(self.payable, [rate for _, rate in self.shares])
        return sum((part for (who, _), part in zip(self.shares, parts, strict=True)
                    if who == payer), ZERO)


@dataclass(frozen=True)
class Totals:
    """The checked copies on the order."""

    labour_total: Decimal = ZERO
    parts_total: Decimal = ZERO
    discount_total: Decimal = ZERO
    total: Decimal = ZERO
    customer_total: Decimal = ZERO
    proposed_total: Decimal = ZERO


def totals(
    charges: Iterable[Charge], *, order_discount: Decimal = ZERO, round_off: Decimal = ZERO
) -> Totals:
    """Sum approved lines; what still waits for approval is summed apart."""
    labour = parts = discounts = customer = proposed = ZERO
    for charge in charges:
        if charge.proposed:
            proposed += charge.payable
            continue
        if charge.kind == "labour":
            labour += charge.amount
        else:
            parts += charge.amount
        discounts += charge.discount
        customer += charge.paid_by("customer")
    deductions = order_discount + round_off
    return Totals(
        labour_total=labour,
        parts_total=parts,
        discount_total=discounts + deductions,
        total=labour + parts - discounts - deductions,
        customer_total=customer - deductions,
        proposed_total=proposed,
    )
