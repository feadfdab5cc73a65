"""Plates over time: changed, corrected, moved to another car, by two people at once."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from chejian.core.models import Event
from chejian.vehicles.errors import PlateTaken
from chejian.vehicles.models import PlateChange, Vehicle
from chejian.vehicles.proofs import PLATES, _copies
from chejian.vehicles.queries import find_vehicles
from chejian.vehicles.services import change_plate, register_vehicle
from tests.factories.accounts import make_user
from tests.factories.vehicles import make_vehicle

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 31, 2, 0, tzinfo=UTC)
BEFORE, TODAY = date(2025, 1, 1), date(2026, 10, 31)


def history(vehicle: Vehicle) -> list[tuple[str, date, date | None]]:
    rows = PlateChange.objects.filter(vehicle=vehicle).order_by("pk")
    return list(rows.values_list("plate", "from_date", "until_date"))


def test_the_old_plate_stays_in_the_history() -> None:
    adviser, car = make_user(), make_vehicle("粤B12345", on=BEFORE)
    changed = change_plate(vehicle=car, plate="粤BD12345", by=adviser, at=NOW)
    assert (changed.plate, changed.plate_colour, changed.version) == ("粤BD12345", "green", 2)
    assert history(car) == [("粤B12345", BEFORE, TODAY), ("粤BD12345", TODAY, None)]
    assert find_vehicles(adviser, "粤B12345") == []
    assert find_vehicles(adviser, "D12345") == [car]
    event = Event.objects.get(kind="vehicle.plate_changed")
    assert event.data == {"old": "粤B12345", "new": "粤BD12345"}


def test_a_typing_error_is_mended_in_its_place() -> None:
    car = make_vehicle("粤B12345", on=BEFORE)
    change_plate(vehicle=car, plate="粤B12346", by=None, at=NOW, correction=True)
    assert history(car) == [("粤B12346", BEFORE, None)]


def test_the_same_plate_again_changes_nothing() -> None:
    car = make_vehicle("粤B12345", on=BEFORE)
    assert change_plate(vehicle=car, plate="粤B·12345", by=None, at=NOW).version == 1
    assert history(car) == [("粤B12345", BEFORE, None)]


def test_a_plate_moves_to_another_car_only_when_that_is_said() -> None:
    old, new = make_vehicle("粤B12345", on=BEFORE), make_vehicle("粤B54321", on=BEFORE)
    with pytest.raises(PlateTaken) as taken:
        change_plate(vehicle=new, plate="粤B12345", by=None, at=NOW)
    assert taken.value.data["vehicle_id"] == old.pk
    assert history(new) == [("粤B54321", BEFORE, None)]
    change_plate(vehicle=new, plate="粤B12345", by=None, at=NOW, take_over=True)
    old.refresh_from_db()
    assert (old.plate, old.plate_kind, old.plate_colour, old.version) == ("", "", "", 2)
    assert history(old) == [("粤B12345", BEFORE, TODAY)]
    assert history(new) == [("粤B54321", BEFORE, TODAY), ("粤B12345", TODAY, None)]
    assert _copies(PLATES).differences == []


def test_a_new_car_takes_the_plate_of_the_old_one() -> None:
    old = make_vehicle("粤B12345", on=BEFORE)
    new = register_vehicle(plate="粤B12345", by=None, at=NOW, take_over=True)
    old.refresh_from_db()
    assert (old.plate, new.plate) == ("", "粤B12345")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gets_the_plate() -> None:
    cars = [make_vehicle(), make_vehicle()]
    start, outcomes = threading.Barrier(2), []

    def work(car: Vehicle) -> None:
        try:
            start.wait()
            change_plate(vehicle=car, plate="粤B88888", by=None, at=NOW)
            outcomes.append("got it")
        except PlateTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(car,)) for car in cars]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["got it", "taken"]
    assert Vehicle.objects.filter(plate="粤B88888").count() == 1
    assert _copies(PLATES).differences == []
