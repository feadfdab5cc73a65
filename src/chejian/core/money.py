"""Exact arithmetic for money and quantities. Everything is ``Decimal``; ``float`` is banned.

Conventions (domain.md 4.1): CNY, two decimals, ROUND_HALF_UP on every line amount; prices carry
four decimals, quantities three; selling prices include VAT.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
FEN = Decimal("0.01")
ONE = Decimal(1)


def fen(value: Decimal | int) -> Decimal:
    """Round half up to two decimals (the fen)."""
    return Decimal(value).quantize(FEN, ROUND_HALF_UP)


def price(value: Decimal | int) -> Decimal:
    """Round half up to four decimals: unit prices and unit costs."""
    return Decimal(value).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def quantity(value: Decimal | int) -> Decimal:
    """Round half up to three decimals."""
    return Decimal(value).quantize(Decimal("0.001"), ROUND_HALF_UP)


def line_amount(count: Decimal, unit_price: Decimal) -> Decimal:
    """Amount of one line, rounded once: 1.2 h x 120 = 144.00."""
    return fen(count * unit_price)


def net_of(gross: Decimal, rate: Decimal) -> Decimal:
    """Amount without VAT: round(gross / (1 + rate), 2). 804.00 at 13 % gives 711.50."""
    return fen(gross / (ONE + rate))


def round_down(value: Decimal, unit: Decimal) -> Decimal:
    """Rounding-off (抹零) downwards to 0.1, 1 or 10 yuan: 1127.08 to 1 gives 1127.00."""
    if unit <= 0:
        return fen(value)
    return fen((value / unit).to_integral_value(ROUND_DOWN) * unit)


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Spread ``total`` over ``weights`` by amount, each rounded; the last non-zero takes the rest.

    The parts always sum to ``total``. Raises ValueError when there is nothing to spread over.
    """
    whole = sum(weights, Decimal(0))
    if total == 0:
        return [ZERO for _ in weights]
    if not weights or whole == 0:
        raise ValueError("nothing to spread over")
    last = max(index for index, weight in enumerate(weights) if weight != 0)
    parts = [fen(total * weight / whole) for weight in weights]
    parts[last] += total - sum(parts, Decimal(0))
    return parts
