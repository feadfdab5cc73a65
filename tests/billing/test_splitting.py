"""What each payer's bill holds: worked cases and properties."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chejian.billing.splitting import bills, spread_within
from chejian.workorders.queries import PayerShare


def share(
    payer: str, payable: str, *, kind: str = "part", rate: str = "0.13", discount: str = "0",
    cost: str = "0", position: int = 0,
) -> PayerShare:
    return PayerShare(
        kind=kind, source_id=1, name="x", code="", brand="", origin="", customer_supplied=False,
        quantity=D(1), unit="", unit_price=D(payable), payer=payer, share=D(1),
        gross=D(payable) + D(discount), line_discount=D(discount), payable=D(payable),
        tax_rate=D(rate), cost=D(cost), position=position,
    )


def test_one_customer_with_two_rates() -> None:
    (bill,) = bills(
        [share("customer", "804.00"), share("customer", "98.00", kind="labour", rate="0.06")],
        order_discount=D(0), round_off=D(0),
    )
    assert (bill.payable, bill.net, bill.tax) == (D("902.00"), D("803.95"), D("98.05"))
    assert bill.net_by_kind() == {"labour": D("92.45"), "part": D("711.50")}


def test_discount_and_rounding_fall_on_the_customer_alone_across_rates() -> None:
    made = bills(
        [
            share("customer", "600.00", position=0),
            share("maker", "470.00", position=1),
            share("customer", "300.08", kind="labour", rate="0.06", position=2),
        ],
        order_discount=D("90.00"), round_off=D("0.08"),
    )
    customer, maker = made
    assert [line.order_discount for line in customer.lines] == [D("59.99"), D("30.01")]
    assert sum(line.round_off for line in customer.lines) == D("0.08")
    assert (customer.gross, customer.payable) == (D("900.08"), D("810.00"))
    assert (maker.payable, maker.order_discount, maker.round_off) == (D("470.00"), 0, 0)


def test_payers_come_in_their_fixed_order_and_add_up() -> None:
    made = bills(
        [share("goodwill", "10"), share("insurer", "20"), share("customer", "30"),
         share("internal", "40"), share("maker", "50")],
        order_discount=D(0), round_off=D(0),
    )
    assert [bill.payer for bill in made] == [
        "customer", "maker", "insurer", "internal", "goodwill",
    ]
    assert sum(bill.payable for bill in made) == D(150)


def test_a_discount_without_a_customers_share_is_an_error() -> None:
    with pytest.raises(ValueError, match="customer's share"):
        bills([share("maker", "10")], order_discount=D(1), round_off=D(0))


def test_more_to_deduct_than_there_is_is_an_error() -> None:
    with pytest.raises(ValueError, match="more to deduct"):
        bills([share("customer", "10")], order_discount=D(11), round_off=D(0))


AMOUNTS = st.lists(st.integers(0, 5_000).map(lambda fen: D(fen) / 100), min_size=1, max_size=30)


@given(AMOUNTS, st.integers(0, 100))
def test_spreading_never_takes_more_than_a_line_has(amounts: list[D], percent: int) -> None:
    whole = sum(amounts, D(0))
    total = (whole * percent / 100).quantize(D("0.01"))
    parts = spread_within(total, amounts)
    assert sum(parts, D(0)) == total
    assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))


@given(
    st.lists(
        st.tuples(st.sampled_from(["customer", "maker"]), st.integers(1, 500_000),
                  st.sampled_from(["0.13", "0.06", "0"]), st.sampled_from(["labour", "part"])),
        min_size=1, max_size=20,
    ),
    st.integers(0, 30),
)
def test_net_and_tax_always_add_up(
    rows: list[tuple[str, int, str, str]], percent: int
) -> None:
    shares = [
        share(payer, str(D(fen) / 100), rate=rate, kind=kind, position=index)
        for index, (payer, fen, rate, kind) in enumerate(rows)
    ]
    customer = sum((one.payable for one in shares if one.payer == "customer"), D(0))
    discount = (customer * percent / 100).quantize(D("0.01"))
    for bill in bills(shares, order_discount=discount, round_off=D(0)):
        assert bill.net + bill.tax == bill.payable
        assert sum(bill.net_by_kind().values()) == bill.net
        assert sum((line.payable for line in bill.lines), D(0)) == bill.payable
