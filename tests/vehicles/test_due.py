"""When the next service is due, in a table."""

from datetime import date, timedelta

import pytest

from chejian.vehicles import due
from chejian.vehicles.chain import Link, stands

TODAY = date(2026, 11, 22)


def chain(*readings: tuple[date, int]):
    return stands(Link(n, day, km) for n, (day, km) in enumerate(readings, 1))


def test_by_kilometres_when_they_come_first() -> None:
    """50 km a day: 10,000 km after 2026-07-01 are driven 200 days later."""
    readings = chain((date(2026, 3, 23), 20_000), (date(2026, 7, 1), 25_000))
    found = due.service_due(
        last_service=date(2026, 7, 1), powertrain="ice", stands=readings, today=TODAY
    )
    assert (found.on, found.km, found.by_km, found.pace) == (
        date(2026, 7, 1) + timedelta(days=200), 35_000, True, 50.0
    )


def test_by_time_when_the_car_is_driven_little() -> None:
    readings = chain((date(2026, 3, 23), 20_000), (date(2026, 7, 1), 21_000))
    found = due.service_due(
        last_service=date(2026, 7, 1), powertrain="ice", stands=readings, today=TODAY
    )
    assert (found.on, found.km, found.by_km) == (date(2027, 7, 1), 31_000, False)


def test_a_car_without_an_engine_goes_twice_as_far() -> None:
    readings = chain((date(2026, 3, 23), 20_000), (date(2026, 7, 1), 25_000))
    found = due.service_due(
        last_service=date(2026, 7, 1), powertrain="bev", stands=readings, today=TODAY
    )
    assert (found.interval, found.km, found.on) == (20_000, 45_000, date(2027, 7, 1))


def test_kilometres_already_driven_make_it_due_on_the_day_they_were_seen() -> None:
    readings = chain((date(2026, 1, 1), 20_000), (date(2026, 9, 1), 31_000))
    found = due.service_due(
        last_service=date(2026, 1, 1), powertrain="", stands=readings, today=TODAY
    )
    assert (found.on, found.by_km) == (date(2026, 9, 1), True)


@pytest.mark.parametrize(
    ("readings", "pace"),
    [
        ([], None),
        ([(date(2026, 7, 1), 5_000)], None),
        ([(date(2026, 7, 1), 5_000), (date(2026, 7, 20), 6_000)], None),  # too near
        ([(date(2024, 1, 1), 5_000), (date(2026, 7, 1), 6_000)], None),  # too old
        ([(date(2026, 1, 1), 5_000), (date(2026, 4, 11), 5_000)], None),  # not driven
        ([(date(2026, 1, 1), 5_000), (date(2026, 4, 11), 9_000)], 40.0),
    ],
)
def test_the_pace_is_said_only_where_the_chain_says_it(readings, pace) -> None:
    assert due.pace(chain(*readings), TODAY) == pace


def test_without_a_reading_there_is_only_the_time() -> None:
    found = due.service_due(
        last_service=date(2026, 7, 1), powertrain="ice", stands=[], today=TODAY
    )
    assert (found.on, found.km) == (date(2027, 7, 1), None)


def test_a_new_meter_does_not_bring_the_kilometres_back() -> None:
    """Changed at 38,900 to 0: 120 on the new one are 39,020 in all (domain.md 4)."""
    readings = stands([
        Link(1, date(2026, 1, 1), 30_000), Link(2, date(2026, 6, 1), 0, old_reading=38_900),
        Link(3, date(2026, 7, 1), 120),
    ])
    found = due.service_due(
        last_service=date(2026, 1, 1), powertrain="ice", stands=readings, today=TODAY
    )
    assert found.km == 40_000
    assert found.pace is not None
    assert round(found.pace * 181) == 9_020
