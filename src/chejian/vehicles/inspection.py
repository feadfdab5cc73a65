"""When a car is due for its annual inspection (rules of 2022-10-01).

For small and micro passenger cars not used for hire, up to nine seats, vans excepted: in the years
2, 4 and 8 after registration the mark is claimed online, in the years 6 and 10 and every year from
then on the car is tested. Due is the last day of the registration month, and the two months before
belong to the window. Whatever falls out of the rule is looked up by hand.
"""

import calendar
from dataclasses import dataclass
from datetime import date

ONLINE_YEARS = (2, 4, 8)
TEST_YEARS = (6, 10)
LAST_RULED_YEAR = 10
WINDOW_MONTHS = 2
SMALL_PLATES = frozenset({"02", "52"})


@dataclass(frozen=True)
class Inspection:
    """``on_site``: the car is tested; else the mark is claimed online."""

    due: date
    window_from: date
    on_site: bool


def covered(*, plate_kind: str, body: str) -> bool:
    """Whether the rule can hold: a small blue or small green plate, and no van."""
    return plate_kind in SMALL_PLATES and body != "van"


def next_inspection(registered_on: date, today: date) -> Inspection:
    """The first inspection that is not over yet on ``today``.

    Registered 2020-05: tested by 2026-05-31, from 2026-03-01 on.
    """
    years = [*sorted((*ONLINE_YEARS, *TEST_YEARS))]
    year = next((n for n in years if _due(registered_on, n) >= today), None)
    if year is None:
        year = LAST_RULED_YEAR + 1
        while _due(registered_on, year) < today:
            year += 1
    due = _due(registered_on, year)
    return Inspection(due, _window_from(due), year not in ONLINE_YEARS)


def _due(registered_on: date, years: int) -> date:
    year = registered_on.year + years
    return date(year, registered_on.month, calendar.monthrange(year, registered_on.month)[1])


def _window_from(due: date) -> date:
    months = due.year * 12 + due.month - 1 - WINDOW_MONTHS
    return date(months // 12, months % 12 + 1, 1)
