"""What each payer's settlement contains: pure arithmetic on the shares of lines.

Order of steps (domain.md 4.1): line amount, line discount, split by payer, order discount on the
customer's shares, 抹零, receivable. The order discount and the rounding-off are spread by amount
over the customer's shares, across tax rates; the last takes the rest (decisions.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chejian.core.money import ZERO, net_of, spread
from chejian.workorders.queries import PayerShare

CUSTOMER = "customer"
PAYER_ORDER = ("customer", "maker", "insurer", "internal", "goodwill")


@dataclass(frozen=True)
class BillLine:
    """One share with its parts of the order's discount and rounding-off."""

    share: PayerShare
    order_discount: Decimal = ZERO
    round_off: Decimal = ZERO

    @property
    def payable(self) -> Decimal:
        return self.share.payable - self.order_discount - self.round_off


@dataclass(frozen=True)
class Bill:
    """The whole of one payer."""

    payer: str
    lines: tuple[BillLine, ...]

    def _sum(self, values: Sequence[Decimal]) -> Decimal:
        return sum(values, ZERO)

    @property
    def gross(self) -> Decimal:
        return self._sum([line.share.gross for line in self.lines])

    @property
    def line_discount(self) -> Decimal:
        return self._sum([line.share.line_discount for line in self.lines])

    @property
    def order_discount(self) -> Decimal:
        return self._sum([line.order_discount for line in self.lines])

    @property
    def round_off(self) -> Decimal:
        return self._sum([line.round_off for line in self.lines])

    @property
    def payable(self) -> Decimal:
        return self._sum([line.payable for line in self.lines])

    @property
    def cost(self) -> Decimal:
        return self._sum([line.share.cost for line in self.lines])

    @property
    def net(self) -> Decimal:
        """Net per rate, rounded per settlement per rate (增值税法; domain.md 4.1)."""
        return self._sum(list(self.net_by_kind().values()))

    @property
    def tax(self) -> Decimal:
        return self.payable - self.net

    def net_by_kind(self) -> dict[str, Decimal]:
        """Net revenue of labour and of parts: each rate's net spread over the kinds in it."""
        found: dict[str, Decimal] = {}
        for rate in sorted({line.share.tax_rate for line in self.lines}):
            amounts: dict[str, Decimal] = {}
            for line in self.lines:
                if line.share.tax_rate == rate:
                    kind = line.share.kind
                    amounts[kind] = amounts.get(kind, ZERO) + line.payable
            net = net_of(sum(amounts.values(), ZERO), rate)
            for kind, part in zip(amounts, spread(net, list(amounts.values())), strict=True):
                found[kind] = found.get(kind, ZERO) + part
        return found


def bills(
    shares: Sequence[PayerShare], *, order_discount: Decimal, round_off: Decimal
) -> list[Bill]:
    """One bill per payer, in the payers' fixed order.

    Raises ValueError when there is a discount but the customer pays nothing.
    """
    grouped: dict[str, list[PayerShare]] = {}
    for share in sorted(shares, key=lambda share: share.position):
        grouped.setdefault(share.payer, []).append(share)
    found = []
    for payer in PAYER_ORDER:
        if payer not in grouped:
            continue
        lines = [BillLine(share) for share in grouped[payer]]
        if payer == CUSTOMER:
            lines = _deduct(lines, order_discount, round_off)
        found.append(Bill(payer, tuple(lines)))
    if (order_discount or round_off) and CUSTOMER not in grouped:
        raise ValueError("a discount needs a customer's share")
    return found


def _deduct(
    lines: Sequence[BillLine], order_discount: Decimal, round_off: Decimal
) -> list[BillLine]:
    """Spread both deductions by amount; the rounding-off by what the discount has left."""
    discounts = spread_within(order_discount, [line.share.payable for line in lines])
    after = [
        replace(line, order_discount=part) for line, part in zip(lines, discounts, strict=True)
    ]
    roundings = spread_within(round_off, [line.payable for line in after])
    return [replace(line, round_off=part) for line, part in zip(after, roundings, strict=True)]


def spread_within(total: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """Spread by amount as ``spread`` does, but never more on a line than the line has.

    With many lines of a few fen the rest that falls to the last may not fit it (or be negative):
    what does not fit moves back to the lines before. Raises ValueError when total > sum.
    """
    if total > sum(amounts, ZERO):
        raise ValueError("more to deduct than there is")
    parts = spread(total, amounts)
    rest = ZERO
    for index in range(len(parts) - 1, -1, -1):
        wanted = parts[index] + rest
        parts[index] = min(max(wanted, ZERO), amounts[index])
        rest = wanted - parts[index]
    return parts
