"""The arithmetic of money: a table of cases."""

from decimal import Decimal as D

import pytest

from chejian.core import money


@pytest.mark.parametrize(
    ("hours", "rate", "amount"),
    [
        ("1.2", "120", "144.00"),
        ("0.333", "100.05", "33.32"),
        ("0", "120", "0.00"),
        ("1", "0.005", "0.01"),
    ],
)
def test_line_amount_is_rounded_once_half_up(hours: str, rate: str, amount: str) -> None:
    assert money.line_amount(D(hours), D(rate)) == D(amount)


@pytest.mark.parametrize(
    ("gross", "rate", "net"),
    [("804.00", "0.13", "711.50"), ("740.00", "0.13", "654.87"), ("100.00", "0", "100.00")],
)
def test_net_of_gross(gross: str, rate: str, net: str) -> None:
    assert money.net_of(D(gross), D(rate)) == D(net)


@pytest.mark.parametrize(
    ("value", "unit", "rounded"),
    [
        ("1127.08", "1", "1127.00"),
        ("1127.08", "0.1", "1127.00"),
        ("1127.08", "10", "1120.00"),
        ("1127.08", "0", "1127.08"),
    ],
)
def test_rounding_off_goes_down(value: str, unit: str, rounded: str) -> None:
    assert money.round_down(D(value), D(unit)) == D(rounded)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        ("100.00", ["1", "1", "1"], ["33.33", "33.33", "33.34"]),
        ("10.00", ["5", "0", "5", "0"], ["5.00", "0.00", "5.00", "0.00"]),
        ("0.01", ["3", "7"], ["0.00", "0.01"]),
        ("0", ["0", "0"], ["0.00", "0.00"]),
    ],
)
def test_spread_gives_the_rest_to_the_last(
    total: str, weights: list[str], parts: list[str]
) -> None:
    shares = money.spread(D(total), [D(weight) for weight in weights])
    assert shares == [D(part) for part in parts]
    assert sum(shares) == D(total)


def test_nothing_to_spread_over_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to spread over"):
        money.spread(D(5), [D(0)])
