"""Which readings cannot be true: a table of chains."""

from datetime import date, timedelta

import pytest

from chejian.movein.odometers import Doubt, Judgement, Seen, judge

START = date(2025, 1, 1)
TEN = Doubt.TEN_TIMES
ODD = Judgement(Doubt.OUT_OF_ORDER)


@pytest.mark.parametrize(
    ("readings", "doubtful"),
    [
        ([], {}),
        ([50_000], {}),
        ([50_000, 55_000, 60_000], {}),
        ([50_000, 550_000, 60_000], {1: Judgement(TEN, 55_000)}),
        ([500_000, 55_000, 60_000], {0: Judgement(TEN, 50_000)}),
        ([50_000, 55_000, 600_000], {2: Judgement(TEN, 60_000)}),
        ([500_000, 55_000], {0: Judgement(TEN, 50_000)}),
        ([50_000, 600_000], {1: Judgement(TEN, 60_000)}),
        ([1_701_750], {0: Judgement(TEN, 170_175)}),
        ([50_000, 40_000, 60_000], {0: ODD}),
        ([50_000, 52_000, 40_000, 60_000], {2: ODD}),
        ([50_000, 559_999, 60_000], {1: ODD}),
        ([50_000, 50_000], {}),
        ([300_000, 400_000, 650_001], {}),
    ],
)
def test_judge(readings: list[int], doubtful: dict[int, Judgement]) -> None:
    seen = [
        Seen(START + timedelta(days=90 * place), km, place) for place, km in enumerate(readings)
    ]
    assert judge(seen) == doubtful
    assert judge(list(reversed(seen))) == doubtful


def test_what_stands_in_the_chain_is_no_row_of_the_file() -> None:
    standing = [Seen(START, 50_000), Seen(START + timedelta(days=20), 51_000)]
    row = Seen(START + timedelta(days=10), 505_000, 7)
    assert judge([*standing, row]) == {7: Judgement(TEN, 50_500)}
