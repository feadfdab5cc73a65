"""The rules of the odometer chain, in tables."""

from datetime import date

import pytest

from chejian.vehicles.chain import Link, Stand, entries, present, stands, warning_for


def day(number: int) -> date:
    return date(2026, 3, number)


def link(
    number: int, reading: int, on: int = 0, *, old: int | None = None, corrects: int | None = None
) -> Link:
    return Link(number, day(on or number), reading, old, corrects)


@pytest.mark.parametrize(
    ("links", "reading", "total"),
    [
        ([], None, None),
        ([link(1, 38_410)], 38_410, 38_410),
        ([link(1, 100), link(2, 50)], 50, 50),
        # domain.md 4: 38,900, the meter is changed to 0, then 120 is 39,020
        ([link(1, 38_900), link(2, 0, old=38_900), link(3, 120)], 120, 39_020),
        # a used meter that showed more than the car has run
        ([link(1, 50_000), link(2, 80_000, old=50_000), link(3, 80_100)], 80_100, 50_100),
        # two changes
        ([link(1, 0, old=1_000), link(2, 0, old=500), link(3, 7)], 7, 1_507),
        # a typo is mended by a new event at its own date
        ([link(1, 384_100), link(2, 38_410, 1, corrects=1)], 38_410, 38_410),
        ([link(1, 384_100), link(2, 39_000), link(3, 38_410, 1, corrects=1)], 39_000, 39_000),
        # the correction was wrong too
        ([link(1, 9), link(2, 90, 1, corrects=1), link(3, 900, 1, corrects=2)], 900, 900),
        # the meter change itself was mistyped
        (
            [link(1, 0, old=3_890), link(2, 120), link(3, 0, 1, old=38_900, corrects=1)],
            120, 39_020,
        ),
        # found in an old paper: counted at its day, the present stays
        ([link(1, 500, 10), link(2, 300, 5)], 500, 500),
        # nothing runs below nought
        ([link(1, 80_000, old=50_000), link(2, 10)], 10, 0),
    ],
)
def test_where_the_chain_stands(links: list[Link], reading: int | None, total: int | None) -> None:
    stand = present(links)
    assert (stand.reading if stand else None, stand.total_km if stand else None) == (reading, total)


def test_a_correction_speaks_for_the_entry_in_its_place() -> None:
    links = [link(1, 500), link(2, 900), link(3, 400, 1, corrects=1)]
    assert [(e.id, e.reading) for e in entries(links)] == [(1, 400), (2, 900)]
    assert stands(links) == [
        Stand(1, 3, day(1), 400, None, 0), Stand(2, 2, day(2), 900, None, 0)
    ]


@pytest.mark.parametrize(
    ("links", "event", "warning"),
    [
        ([link(1, 500)], 1, ""),
        ([link(1, 500), link(2, 500)], 2, ""),
        ([link(1, 500), link(2, 499)], 2, "below_last"),
        ([link(1, 500, 10), link(2, 300, 5)], 2, ""),
        ([link(1, 500, 10), link(2, 700, 5)], 2, "above_next"),
        ([link(1, 500), link(2, 0, old=600), link(3, 5)], 2, ""),
        ([link(1, 500), link(2, 0, old=400)], 2, "below_last"),
        ([link(1, 500), link(2, 0, old=600), link(3, 5)], 3, ""),
        ([link(1, 100, 1), link(2, 0, 9, old=600), link(3, 550, 5)], 3, ""),
        ([link(1, 100, 1), link(2, 0, 9, old=600), link(3, 650, 5)], 3, "above_next"),
        ([link(1, 500), link(2, 50), link(3, 505, 2, corrects=2)], 3, ""),
    ],
)
def test_what_does_not_fit_its_neighbours(links: list[Link], event: int, warning: str) -> None:
    assert warning_for(stands(links), event) == warning
