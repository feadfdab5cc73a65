"""Keeping a car findable: by any part of its plate, by the end of its VIN, by make and series.

The entry names its people (``party_ids``), so that a customer is found by the plate of his car.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time

from django.utils import timezone

from chejian.core import search
from chejian.core.reindexing import Source, register_source
from chejian.core.text import search_tokens
from chejian.vehicles.models import Vehicle, VehicleParty

KIND = "vehicle"
TAIL = 6


def index_vehicles(vehicles: Sequence[Vehicle], at: datetime) -> None:
    """Write the entries of live cars in two statements, however many they are."""
    search.index(*entries(vehicles, lambda _vehicle: at))


def entries(
    vehicles: Sequence[Vehicle], at: Callable[[Vehicle], datetime]
) -> Iterator[search.Findable]:
    """The entries of live cars, from one statement."""
    people: dict[int, set[int]] = defaultdict(set)
    present = VehicleParty.objects.filter(
        vehicle_id__in=[vehicle.pk for vehicle in vehicles], until_date__isnull=True
    )
    for vehicle_id, party_id in present.values_list("vehicle_id", "party_id"):
        people[vehicle_id].add(party_id)
    return (_entry(vehicle, people[vehicle.pk], at(vehicle)) for vehicle in vehicles)


def index_cars_of(party_ids: Sequence[int], at: datetime) -> None:
    """When customers were merged or parted: their cars name them anew."""
    roles = VehicleParty.objects.filter(party_id__in=party_ids, until_date__isnull=True)
    cars = Vehicle.objects.live().filter(pk__in=roles.values("vehicle_id"))
    index_vehicles(list(cars), at)


def register() -> None:
    register_source(Source(KIND, Vehicle.objects.live, lambda rows: entries(rows, seen), seen))


def seen(vehicle: Vehicle) -> datetime:
    """The day of the last visit, by which the finder ranks a car that has no entry yet."""
    day = vehicle.last_visit_on
    return timezone.make_aware(datetime.combine(day, time())) if day else vehicle.created_at


def forget_vehicle(vehicle: Vehicle) -> None:
    search.forget(KIND, [vehicle.pk])


def _entry(vehicle: Vehicle, people: set[int], at: datetime) -> search.Findable:
    if vehicle.owner_id is not None:
        people = people | {vehicle.owner_id}
    tail = f"VIN …{vehicle.vin[-TAIL:]}" if vehicle.vin else ""
    return search.Findable(
        kind=KIND,
        subject_id=vehicle.pk,
        title=str(vehicle),
        subtitle=" · ".join(part for part in (vehicle.car_name, tail) if part),
        tokens=search_tokens(
            names=[vehicle.make, vehicle.series],
            codes=[vehicle.plate, vehicle.vin, vehicle.engine_no],
        ),
        touched_at=at,
        data={"party_ids": sorted(people), "colour": vehicle.plate_colour},
    )
