"""The moving average that carries the value: the trade's worked example, cases, and the law."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chejian.inventory import costing


def test_the_worked_example_of_the_trade():
    """domain.md 4: 10@100 + 20@115 → 110; issue 12 = 1,320; + 6@126 → 114; back 2 → 2,956."""
    quantity, value = D(10), costing.receipt_value(D(10), D(100))
    quantity, value = quantity + 20, value + costing.receipt_value(D(20), D(115))
    assert costing.average(quantity, value) == D("110.0000")
    issued = costing.issue_value(D(12), on_hand=quantity, value=value)
    assert issued == D("1320.00")
    quantity, value = quantity - 12, value - issued
    quantity, value = quantity + 6, value + costing.receipt_value(D(6), D(126))
    assert costing.average(quantity, value) == D("114.0000")
    back = costing.return_value(
        D(2), issued=D(12), issued_value=issued, returned=D(0), returned_value=D(0)
    )
    assert back == D("220.00")
    assert value + back == D("2956.00")


@pytest.mark.parametrize(
    ("quantity", "on_hand", "value", "taken"),
    [
        ("1", "3", "100.00", "33.33"),
        ("1", "2", "66.67", "33.34"),  # half up
        ("1", "1", "33.33", "33.33"),  # the last takes the rest
        ("3", "3", "100.00", "100.00"),
        ("0.5", "4", "10.00", "1.25"),
        ("2", "3", "0.01", "0.01"),  # never more than there is
        ("1", "3", "0.00", "0.00"),
        ("0.001", "1000", "1.00", "0.00"),
    ],
)
def test_issue_value(quantity, on_hand, value, taken):
    assert costing.issue_value(D(quantity), on_hand=D(on_hand), value=D(value)) == D(taken)


@pytest.mark.parametrize(("quantity", "on_hand"), [("4", "3"), ("0", "3"), ("-1", "3")])
def test_issue_value_refuses_what_is_not_there(quantity, on_hand):
    with pytest.raises(ValueError, match="cannot take"):
        costing.issue_value(D(quantity), on_hand=D(on_hand), value=D(10))


@pytest.mark.parametrize(
    ("quantity", "returned", "returned_value", "back"),
    [
        ("1", "0", "0", "3.33"),
        ("1", "1", "3.33", "3.33"),
        ("1", "2", "6.66", "3.34"),  # the last return takes the rest
        ("3", "0", "0", "10.00"),
        ("2", "1", "3.33", "6.67"),
    ],
)
def test_return_value(quantity, returned, returned_value, back):
    assert costing.return_value(
        D(quantity), issued=D(3), issued_value=D("10.00"),
        returned=D(returned), returned_value=D(returned_value),
    ) == D(back)


def test_return_value_refuses_more_than_went_out():
    with pytest.raises(ValueError, match="cannot take back"):
        costing.return_value(
            D(2), issued=D(3), issued_value=D(10), returned=D(2), returned_value=D("6.66")
        )


def test_average_of_nothing():
    assert costing.average(D(0), D(0)) is None


quantities = st.decimals("0.001", "500", places=3)
receipts = st.lists(
    st.tuples(quantities, st.decimals("0", "5000", places=4)), min_size=1, max_size=6
)


@given(receipts, st.lists(quantities, max_size=12))
def test_after_issuing_all_nothing_is_left(received, wanted):
    """Whatever comes in and however it goes out: quantity and value both end at exactly zero."""
    quantity = sum((count for count, _ in received), D(0))
    value = sum((costing.receipt_value(count, cost) for count, cost in received), D(0))
    for count in [*wanted, quantity]:
        taken = min(count, quantity)
        if taken > 0:
            worth = costing.issue_value(taken, on_hand=quantity, value=value)
            assert 0 <= worth <= value
            quantity, value = quantity - taken, value - worth
    if quantity:
        value -= costing.issue_value(quantity, on_hand=quantity, value=value)
        quantity = D(0)
    assert (quantity, value) == (0, 0)


@given(quantities, st.decimals("0", "100000", places=2), st.lists(quantities, max_size=12))
def test_an_issue_taken_back_whole_leaves_nothing(issued, worth, portions):
    """In however many portions: exactly what went out comes back."""
    back, back_value = D(0), D(0)
    for portion in [*portions, issued]:
        count = min(portion, issued - back)
        if count > 0:
            value = costing.return_value(
                count, issued=issued, issued_value=worth, returned=back, returned_value=back_value
            )
            assert 0 <= value <= worth - back_value
            back, back_value = back + count, back_value + value
    assert (back, back_value) == (issued, worth)
