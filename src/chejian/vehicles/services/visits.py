"""The day of a car's last visit, as order history that is brought in tells it.

A reception sets it with its reading (``odometer.record_odometer``). Neither raises the car's
version: nobody has changed what a person keeps there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from chejian.vehicles.models import Vehicle

BATCH = 2000


@dataclass(frozen=True)
class Visit:
    """A car's last visit as it is now, and as it was before."""

    vehicle: Vehicle
    before: date | None


@transaction.atomic
def note_visits(days: Mapping[int, date]) -> list[Visit]:
    """By car's id a day on which it was here. An earlier day than is known changes nothing.

    Returns the cars whose last visit has moved.
    """
    cars = Vehicle.objects.select_for_update().filter(pk__in=days).order_by("pk")
    moved = [
        Visit(car, car.last_visit_on)
        for car in cars
        if car.last_visit_on is None or car.last_visit_on < days[car.pk]
    ]
    for visit in moved:
        visit.vehicle.last_visit_on = days[visit.vehicle.pk]
    _write([visit.vehicle for visit in moved])
    return moved


@transaction.atomic
def take_visits_back(visits: Mapping[int, tuple[date, date | None]]) -> set[int]:
    """By car's id the day that was set and the one before it, which it gets again.

    A car that was here since, or whose day another import moved further, keeps what it has.
    Returns the ids of those set back.
    """
    cars = Vehicle.objects.select_for_update().filter(pk__in=visits).order_by("pk")
    back = [car for car in cars if car.last_visit_on == visits[car.pk][0]]
    for car in back:
        car.last_visit_on = visits[car.pk][1]
    _write(back)
    return {car.pk for car in back}


def _write(cars: list[Vehicle]) -> None:
    Vehicle.objects.bulk_update(cars, ["last_visit_on"], batch_size=BATCH)
