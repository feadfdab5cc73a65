"""Payers of a line sum to the line, whatever the figures."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chejian.core.money import ZERO
from chejian.workorders.amounts import Charge, job_amount, kept_discount, split, totals

FEN = st.integers(0, 10_000_000).map(lambda n: Decimal(n) / 100)
PARTS = st.lists(st.integers(1, 10_000), min_size=1, max_size=5)
PAYERS = ("customer", "maker", "insurer", "internal", "goodwill")


def rates_of(parts: list[int]) -> list[Decimal]:
    """Rates of four decimals that sum to one."""
    whole = sum(parts)
    rates = [(Decimal(part) / whole).quantize(Decimal("0.0001")) for part in parts[:-1]]
    return [*rates, 1 - sum(rates, ZERO)]


@given(FEN, PARTS)
def test_a_split_sums_exactly_and_is_never_negative(total: Decimal, parts: list[int]) -> None:
    pieces = split(total, rates_of(parts))
    assert sum(pieces) == total
    assert all(piece >= 0 for piece in pieces)
    assert all(piece == round(piece, 2) for piece in pieces)


def test_the_last_takes_the_rest() -> None:
    third = [Decimal("0.3333"), Decimal("0.3333"), Decimal("0.3334")]
    assert split(Decimal("100.00"), third) == [
        Decimal("33.33"), Decimal("33.33"), Decimal("33.34")
    ]
    assert split(Decimal("0.05"), [Decimal("0.5"), Decimal("0.5")]) == [
        Decimal("0.03"), Decimal("0.02")
    ]
    assert split(Decimal("0.02"), [Decimal("0.25")] * 4) == [
        Decimal("0.01"), Decimal("0.01"), ZERO, ZERO
    ]


@given(FEN, st.decimals(0, 1, places=4), PARTS)
def test_the_payers_of_a_charge_sum_to_what_is_payable(
    amount: Decimal, rate: Decimal, parts: list[int]
) -> None:
    discount = (amount * rate).quantize(Decimal("0.01"))
    shares = list(zip(PAYERS, rates_of(parts), strict=False))
    charge = Charge("part", amount, discount, shares)
    assert sum(charge.paid_by(payer) for payer in PAYERS) == amount - discount


@given(st.lists(st.tuples(st.sampled_from(["labour", "part"]), FEN, st.booleans()), max_size=8))
def test_totals_add_up(lines: list[tuple[str, Decimal, bool]]) -> None:
    charges = [Charge(kind, amount, ZERO, [("customer", Decimal(1))], proposed)
               for kind, amount, proposed in lines]
    found = totals(charges)
    assert found.total == found.labour_total + found.parts_total == found.customer_total
    assert found.proposed_total + found.total == sum((line[1] for line in lines), ZERO)


def test_labour() -> None:
    assert job_amount(Decimal("1.2"), Decimal(120), None) == Decimal("144.00")
    assert job_amount(Decimal("1.2"), Decimal(120), Decimal("80.005")) == Decimal("80.01")


def test_a_discount_keeps_its_rate() -> None:
    assert kept_discount(Decimal(10), Decimal(100), Decimal(50)) == Decimal("5.00")
    assert kept_discount(ZERO, Decimal(100), Decimal(50)) == ZERO
    assert kept_discount(Decimal(10), Decimal(10), Decimal("3.33")) == Decimal("3.33")
