"""Cars of an import that is undone: they go as if they had never come."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from chejian.core import search
from chejian.core.undoing import undoing
from chejian.vehicles.models import OdometerEvent, PlateChange, Vehicle, VehicleParty
from chejian.vehicles.searching import KIND, index_vehicles


@transaction.atomic
def remove_vehicles(ids: Iterable[int], *, import_run: int) -> int:
    """Delete cars with their plates, people and the odometer readings of that import.

    The caller has made sure that nothing else points to them: the database refuses otherwise.
    """
    wanted = list(ids)
    with undoing(import_run):
        readings = OdometerEvent.objects.filter(vehicle_id__in=wanted, import_run=import_run)
        readings._raw_delete("default")
    PlateChange.objects.filter(vehicle_id__in=wanted)._raw_delete("default")
    VehicleParty.objects.filter(vehicle_id__in=wanted)._raw_delete("default")
    search.forget(KIND, wanted)
    return Vehicle.objects.filter(pk__in=wanted)._raw_delete("default")


@transaction.atomic
def restore_vehicles(
    before: Mapping[int, Mapping[str, Any]], *, import_run: int, at: datetime
) -> list[Vehicle]:
    """Give cars the fields back that they had, and take the import's readings of them away."""
    vehicles = list(Vehicle.objects.select_for_update().filter(pk__in=before).order_by("pk"))
    with undoing(import_run):
        rows = OdometerEvent.objects.filter(vehicle_id__in=before, import_run=import_run)
        rows._raw_delete("default")
    for vehicle in vehicles:
        for name, value in before[vehicle.pk].items():
            setattr(vehicle, name, value)
        vehicle.version += 1
        vehicle.save()
    index_vehicles(vehicles, at)
    return vehicles
