"""Which price holds for whom (domain.md 4)."""

from dataclasses import dataclass
from decimal import Decimal as D

import pytest

from chejian.catalog.pricing import labour_amount, labour_rate, part_price


@dataclass
class Part:
    retail_price: D = D(100)
    member_price: D | None = D(90)
    contract_price: D | None = D(80)
    wholesale_price: D | None = D(70)
    claim_price: D | None = D(60)


@dataclass
class Operation:
    flat_hours: D
    fixed_price: D | None = None


@dataclass
class LabourClass:
    rate: D


ALL, BARE = Part(), Part(D(100), None, None, None, None)
NO_CONTRACT = Part(contract_price=None)


@pytest.mark.parametrize(
    ("part", "level", "member", "contract", "promotion", "price"),
    [
        (ALL, "retail", False, False, None, 100),
        (ALL, "member", False, False, None, 90),
        (ALL, "wholesale", False, False, None, 70),
        (ALL, "claim", False, False, None, 60),
        (ALL, "retail", True, False, None, 90),
        (ALL, "retail", True, True, None, 80),
        (ALL, "wholesale", False, True, None, 80),  # a contract goes first
        (ALL, "wholesale", True, False, None, 90),  # then the member's price
        (NO_CONTRACT, "wholesale", False, True, None, 70),  # empty: the next level
        (NO_CONTRACT, "retail", True, True, None, 90),
        (BARE, "wholesale", True, True, None, 100),  # all empty: retail
        (ALL, "retail", False, False, D("99.5"), D("99.5")),
        (ALL, "member", False, False, D("99.5"), 90),  # a promotion only if lower
        (Part(member_price=D(0)), "member", False, False, None, 0),  # zero is a price
    ],
)
def test_part_price(part, level, member, contract, promotion, price):
    found = part_price(part, level=level, member=member, contract=contract, promotion=promotion)
    assert found == D(price)


def test_labour():
    assert labour_rate(LabourClass(D(120))) == D(120)
    assert labour_amount(Operation(D("1.2")), LabourClass(D(120))) == D("144.00")
    assert labour_amount(Operation(D("0.333")), LabourClass(D(100))) == D("33.30")
    assert labour_amount(Operation(D("1.2"), D("99.995")), LabourClass(D(120))) == D("100.00")
