"""What a settlement list says: the fields of JT/T 1133-2017, and the sums that must tie.

Filled by the app from a frozen settlement (one payer); holds no rows and asks no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from chejian.core.formats import money
from chejian.core.money import ZERO
from chejian.core.paper_data import PaperCustomer, PaperSignature, PaperVehicle
from chejian.core.paper_text import (
    Money,
    OptionalFigure,
    OptionalMoney,
    OptionalWhole,
    fields_of,
    in_words,
)

TEMPLATE = "billing/papers/settlement_list.typ"


class DoesNotTie(ValueError):
    """The lines of a settlement list do not add up to its total."""

    def __init__(self, lines: Decimal, total: Decimal) -> None:
        super().__init__(f"lines come to {lines}, the settlement says {total}")
        self.lines = lines
        self.total = total


@dataclass(frozen=True, kw_only=True)
class LabourLine:
    """``amount`` is the payer's share after the line's own discount."""

    name: str
    hours: OptionalFigure
    rate: OptionalMoney
    amount: Money
    discount: OptionalMoney = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """``origin`` is a word of the trade: 原厂, 同质, 再制造, 拆车 (L8 art. 21 wants it shown)."""

    name: str
    quantity: OptionalFigure
    price: OptionalMoney
    amount: Money
    code: str = ""
    brand: str = ""
    unit: str = ""
    origin: str = ""
    customer_supplied: bool = False
    discount: OptionalMoney = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class OtherLine:
    """Outsourced work, towing, testing: what is neither labour nor material."""

    name: str
    amount: Money
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SettlementList:
    """One payer's list. ``discount`` and ``round_off`` are positive and lessen the total.

    A reversing document carries the number it reverses in ``reverses`` and negative amounts.
    """

    number: str
    vehicle: PaperVehicle
    customer: PaperCustomer
    labour: Sequence[LabourLine]
    parts: Sequence[PartLine]
    total: Money
    others: Sequence[OtherLine] = ()
    discount: Money = ZERO
    round_off: Money = ZERO
    order_number: str = ""
    payer: str = ""
    reverses: str = ""
    settled_at: datetime | None = None
    received_on: date | None = None
    delivered_on: date | None = None
    km_in: OptionalWhole = None
    km_out: OptionalWhole = None
    repair_class: str = ""
    hours_standard: Literal["industry", "maker"] = "industry"
    fault: str = ""
    payment: str = ""
    old_parts: Literal["take", "leave", "none"] = "none"
    guarantee_km: OptionalWhole = None
    guarantee_days: OptionalWhole = None
    nev_part: str = ""
    nev_guarantee: str = ""
    remarks: Sequence[str] = ()
    cashier: str = ""
    customer_signature: PaperSignature | None = None


def _sum(lines: Sequence[LabourLine] | Sequence[PartLine] | Sequence[OtherLine]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def settlement_list(paper: SettlementList) -> dict[str, object]:
    """The data of the template. Raises ``DoesNotTie`` when the lines are not the total."""
    sums = [_sum(paper.labour), _sum(paper.parts), _sum(paper.others)]
    gross = sum(sums, ZERO)
    if gross - paper.discount - paper.round_off != paper.total:
        raise DoesNotTie(gross - paper.discount - paper.round_off, paper.total)
    return fields_of(paper) | {
        "labour_total": money(sums[0]),
        "parts_total": money(sums[1]),
        "others_total": money(sums[2]),
        "gross": money(gross),
        "has_reductions": bool(paper.discount or paper.round_off),
        "discount": money(-paper.discount) if paper.discount else "",
        "round_off": money(-paper.round_off) if paper.round_off else "",
        "total_in_words": in_words(paper.total),
    }
