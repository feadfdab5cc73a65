"""Which day brings how many cars: weekends, the spring festival, the years growing."""

from collections.abc import Sequence
from datetime import date, timedelta

YEARS = 3
GROWTH = 0.12  # a year
#: 春节, the first day of the year of the moon
SPRING_FESTIVALS = (
    date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6),
    date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3), date(2031, 1, 23), date(2032, 2, 11),
)
#: everybody has his car looked at before he drives home; then the shop is empty
BEFORE, AFTER = timedelta(days=18), timedelta(days=8)
RUSH, LULL = 1.6, 0.08
BY_WEEKDAY = (1.0, 0.95, 0.95, 1.0, 1.1, 1.35, 1.15)
STILL_OPEN = timedelta(days=5)  # before that the follow-up of every order is over
STOCKTAKE = (12, 28)  # the shop is shut from then to the new year


def days_until(until: date) -> list[date]:
    """The working days of three years."""
    first = until - timedelta(days=365 * YEARS)
    days = (first + timedelta(days=number) for number in range((until - STILL_OPEN - first).days))
    return [day for day in days if (day.month, day.day) < STOCKTAKE]


def weight(day: date, first: date) -> float:
    """How busy a day is beside others."""
    growth = 1 + GROWTH * (day - first).days / 365
    return BY_WEEKDAY[day.weekday()] * growth * _festival(day)


def _festival(day: date) -> float:
    for feast in SPRING_FESTIVALS:
        if feast - BEFORE <= day < feast:
            return RUSH
        if feast <= day <= feast + AFTER:
            return LULL
    return 1.0


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in the proportion of the weights that sum to ``total`` exactly."""
    whole, given, passed, out = sum(weights), 0, 0.0, []
    for part in weights:
        passed += part
        upto = round(total * passed / whole)
        out.append(upto - given)
        given = upto
    return out
