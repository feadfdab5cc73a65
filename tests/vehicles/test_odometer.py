"""The odometer chain in the database: warnings, corrections, meter changes, many at once."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from chejian.vehicles.errors import InvalidReading, NotCorrectable
from chejian.vehicles.models import OdometerEvent, Vehicle
from chejian.vehicles.proofs import odometers
from chejian.vehicles.queries import chain_rows
from chejian.vehicles.services import change_meter, correct_odometer, record_odometer
from tests.factories.accounts import make_user
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)


def read(
    car: Vehicle, reading: int, on: date = date(2026, 10, 1), source: str = "reception"
) -> OdometerEvent:
    return record_odometer(
        vehicle=car, reading=reading, source=source, read_on=on, by=None, at=NOW, label="WO-1"
    )


def copies(car: Vehicle) -> tuple[int | None, int | None]:
    car.refresh_from_db()
    assert odometers().differences == []
    return car.odometer, car.total_km


def test_a_lower_reading_is_kept_with_a_warning() -> None:
    car = make_vehicle()
    assert read(car, 38_410).warning == ""
    event = read(car, 30_000, date(2026, 10, 2))
    assert (event.warning, event.total_km) == ("below_last", 30_000)
    assert copies(car) == (30_000, 30_000)
    assert car.last_visit_on == date(2026, 10, 2)
    assert car.version == 1


def test_a_typo_is_mended_by_a_new_event() -> None:
    manager, car = make_user("station_manager"), make_vehicle()
    wrong = read(car, 384_100)
    event = correct_odometer(
        vehicle=car, corrects=wrong, reading=38_410, remark=" 多敲一位 ", by=manager, at=NOW
    )
    assert (event.kind, event.read_on, event.corrects) == ("correction", wrong.read_on, wrong)
    assert (event.source, event.remark, event.by) == ("staff", "多敲一位", manager)
    assert copies(car) == (38_410, 38_410)
    assert [(r.event, r.counts, r.total_km) for r in chain_rows(car)] == [
        (event, True, 38_410), (wrong, False, None)
    ]


def test_only_what_counts_can_be_corrected() -> None:
    car, other = make_vehicle(), make_vehicle()
    wrong = read(car, 384_100)
    correct_odometer(vehicle=car, corrects=wrong, reading=1, remark="x", by=None, at=NOW)
    for target, event in ((car, wrong), (other, wrong)):
        with pytest.raises(NotCorrectable):
            correct_odometer(
                vehicle=target, corrects=event, reading=2, remark="x", by=None, at=NOW
            )
    assert OdometerEvent.objects.count() == 2


def test_a_meter_change_carries_on_and_can_be_mended() -> None:
    car = make_vehicle()
    read(car, 38_800)
    change = change_meter(
        vehicle=car, old_reading=3_890, new_start=0, read_on=date(2026, 10, 2), by=None, at=NOW
    )
    assert change.warning == "below_last"
    read(car, 120, date(2026, 10, 3))
    assert copies(car) == (120, 4_010)
    correct_odometer(
        vehicle=car, corrects=change, reading=0, old_reading=38_900, remark="少一位", by=None,
        at=NOW,
    )
    assert copies(car) == (120, 39_020)


def test_a_reading_of_an_earlier_day_leaves_the_present_alone() -> None:
    car = make_vehicle()
    read(car, 40_000, date(2026, 10, 5))
    assert read(car, 41_000, date(2025, 1, 1), "import").warning == "above_next"
    assert copies(car) == (40_000, 40_000)
    assert car.last_visit_on == date(2026, 10, 5)


@pytest.mark.parametrize("reading", [-1, 10_000_000])
def test_what_no_meter_shows_is_refused(reading: int) -> None:
    car = make_vehicle()
    with pytest.raises(InvalidReading):
        read(car, reading)
    assert copies(car) == (None, None)


@pytest.mark.parametrize("statement", ["UPDATE {} SET reading = 1", "DELETE FROM {}"])
def test_the_database_keeps_the_chain_as_it_is(statement: str) -> None:
    read(make_vehicle(), 500)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("vehicles_odometerevent"))
    assert OdometerEvent.objects.get().reading == 500


def test_a_copy_that_was_tampered_with_is_named() -> None:
    car = make_vehicle()
    read(car, 500)
    Vehicle.objects.filter(pk=car.pk).update(odometer=400)
    assert odometers().differences == [
        f"vehicle {car.pk}: 400 / 500, events say (500, 500)"
    ]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_chain() -> None:
    car = make_vehicle()
    start = threading.Barrier(8)

    def work(number: int) -> None:
        try:
            start.wait()
            read(car, 1_000 + number, date(2026, 10, 1 + number))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert OdometerEvent.objects.count() == 8
    assert copies(car) == (1_007, 1_007)
