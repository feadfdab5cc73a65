"""The annual inspection rule, in a table (domain.md 3.5)."""

from datetime import date

import pytest

from chejian.vehicles.inspection import Inspection, covered, next_inspection

REGISTERED = date(2020, 5, 19)


@pytest.mark.parametrize(
    ("today", "due", "window", "on_site"),
    [
        (date(2020, 6, 1), date(2022, 5, 31), date(2022, 3, 1), False),
        (date(2022, 5, 31), date(2022, 5, 31), date(2022, 3, 1), False),
        (date(2022, 6, 1), date(2024, 5, 31), date(2024, 3, 1), False),
        (date(2026, 3, 1), date(2026, 5, 31), date(2026, 3, 1), True),
        (date(2026, 6, 1), date(2028, 5, 31), date(2028, 3, 1), False),
        (date(2029, 1, 1), date(2030, 5, 31), date(2030, 3, 1), True),
        (date(2030, 6, 1), date(2031, 5, 31), date(2031, 3, 1), True),
        (date(2041, 1, 1), date(2041, 5, 31), date(2041, 3, 1), True),
    ],
)
def test_the_next_inspection(today: date, due: date, window: date, on_site: bool) -> None:
    assert next_inspection(REGISTERED, today) == Inspection(due, window, on_site)


@pytest.mark.parametrize(
    ("registered", "today", "due", "window"),
    [
        (date(2022, 2, 10), date(2023, 1, 1), date(2024, 2, 29), date(2023, 12, 1)),
        (date(2022, 1, 31), date(2023, 1, 1), date(2024, 1, 31), date(2023, 11, 1)),
        (date(2022, 12, 1), date(2023, 1, 1), date(2024, 12, 31), date(2024, 10, 1)),
    ],
)
def test_month_ends_and_turns_of_the_year(
    registered: date, today: date, due: date, window: date
) -> None:
    found = next_inspection(registered, today)
    assert (found.due, found.window_from) == (due, window)


@pytest.mark.parametrize(
    ("kind", "body", "holds"),
    [("02", "sedan", True), ("52", "suv", True), ("02", "van", False), ("01", "sedan", False),
     ("51", "suv", False), ("", "sedan", False)],
)
def test_whom_the_rule_covers(kind: str, body: str, holds: bool) -> None:
    assert covered(plate_kind=kind, body=body) is holds
