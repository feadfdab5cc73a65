"""Which price and which rate. Pure: it reads attributes, it asks no database.

Rule of domain.md 4: of the levels that hold for the customer the first in the order contract >
member > the customer's own level > retail that the part has a price for; an empty level falls back
to retail; a promotion only if it is lower.
"""

from collections.abc import Collection
from decimal import Decimal
from typing import Protocol

from chejian.core.money import line_amount

RETAIL, MEMBER, CONTRACT, WHOLESALE, CLAIM = "retail", "member", "contract", "wholesale", "claim"
LEVELS = (RETAIL, MEMBER, CONTRACT, WHOLESALE, CLAIM)


class Priced(Protocol):
    """A part with its five prices, VAT included; all but retail may be empty."""

    @property
    def retail_price(self) -> Decimal: ...
    @property
    def member_price(self) -> Decimal | None: ...
    @property
    def contract_price(self) -> Decimal | None: ...
    @property
    def wholesale_price(self) -> Decimal | None: ...
    @property
    def claim_price(self) -> Decimal | None: ...


class Rated(Protocol):
    """A class of vehicles with its labour rate."""

    @property
    def rate(self) -> Decimal: ...


class Timed(Protocol):
    """A labour operation: flat hours at the class's rate, unless it has a fixed price."""

    @property
    def flat_hours(self) -> Decimal: ...
    @property
    def fixed_price(self) -> Decimal | None: ...


def level_price(part: Priced, level: str) -> Decimal | None:
    """The part's price at one level; None when that level is empty."""
    price: Decimal | None = getattr(part, f"{level}_price")
    return price


def part_price(
    part: Priced,
    *,
    level: str = RETAIL,
    member: bool = False,
    contract: bool = False,
    promotion: Decimal | None = None,
) -> Decimal:
    """Unit price for a customer of this ``level``, who may be a member or hold a contract.

    What the maker pays is asked with ``level="claim"``.
    """
    candidates = [CONTRACT] * contract + [MEMBER] * member + [level]
    price = _first(part, candidates)
    return price if promotion is None else min(price, promotion)


def _first(part: Priced, levels: Collection[str]) -> Decimal:
    for level in levels:
        price = level_price(part, level)
        if price is not None:
            return price
    return part.retail_price


def labour_rate(labour_class: Rated) -> Decimal:
    """Rate of one hour, VAT included (B10)."""
    return labour_class.rate


def labour_amount(operation: Timed, labour_class: Rated) -> Decimal:
    """round(hours x rate, 2), or the fixed price: 1.2 x 120 = 144.00."""
    if operation.fixed_price is not None:
        return line_amount(Decimal(1), operation.fixed_price)
    return line_amount(operation.flat_hours, labour_rate(labour_class))
