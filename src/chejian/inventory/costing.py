"""Moving average that carries the value, not the rate. Pure arithmetic, no rows.

Convention (domain.md 4.1): stock is costed without VAT, per part and warehouse, as a value ledger
in two decimals. A stored rate strands money after many moves; a carried value never does, because
whatever is taken last takes all that is left.

Worked example: 10 at 100 and 20 at 115 stand at 110; issuing 12 takes 1,320.00; 6 more at 126 make
114; two of the twelve coming back at their own 110 make the value 2,956.00.
"""

from decimal import Decimal

from chejian.core.money import fen, line_amount, price


def receipt_value(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """Value of what comes in, net of VAT, rounded once."""
    return line_amount(quantity, unit_cost)


def issue_value(quantity: Decimal, *, on_hand: Decimal, value: Decimal) -> Decimal:
    """Value that ``quantity`` takes along out of ``on_hand`` worth ``value``.

    round(quantity x value / on_hand, 2); the last unit takes the rest. Raises ValueError unless
    0 < quantity <= on_hand.
    """
    if not 0 < quantity <= on_hand:
        raise ValueError(f"cannot take {quantity} out of {on_hand}")
    return value if quantity == on_hand else min(fen(quantity * value / on_hand), value)


def return_value(
    quantity: Decimal,
    *,
    issued: Decimal,
    issued_value: Decimal,
    returned: Decimal,
    returned_value: Decimal,
) -> Decimal:
    """Value that comes back with ``quantity`` of an issue, at that issue's own cost.

    ``returned`` and ``returned_value`` are what came back before; the last return takes the rest,
    so that an issue taken back whole leaves nothing behind. Raises ValueError when more would come
    back than went out.
    """
    if not 0 < quantity <= issued - returned:
        raise ValueError(f"cannot take back {quantity} of {issued}, {returned} came back before")
    left = issued_value - returned_value
    if quantity == issued - returned:
        return left
    return min(fen(quantity * issued_value / issued), left)


def average(quantity: Decimal, value: Decimal) -> Decimal | None:
    """Cost of one unit now, four decimals, for showing only. None when there is nothing."""
    return price(value / quantity) if quantity else None
