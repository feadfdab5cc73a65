"""Plates come and go; a plate may move from one car to another."""

from datetime import date, datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.vehicles.errors import PlateTaken
from chejian.vehicles.models import PlateChange, Vehicle
from chejian.vehicles.rules import normal_plate
from chejian.vehicles.searching import index_vehicles
from chejian.vehicles.services.locking import lock_vehicles, save_unique


@verb
def change_plate(
    *,
    vehicle: Vehicle,
    plate: str,
    by: User | None,
    at: datetime,
    kind: str = "",
    on: date | None = None,
    take_over: bool = False,
    correction: bool = False,
) -> Vehicle:
    """The car carries another plate from ``on`` (today) on; the old one stays in its history.

    When another car carries the plate, it is only taken from there with ``take_over``, and that
    car's plate ends on the same day. ``correction``: the old one was a typing error, so its
    row is mended instead. Raises PlateTaken, InvalidPlate.
    """
    new = normal_plate(plate, kind)
    other = carrier(new["plate"], besides=vehicle)
    rows = lock_vehicles([vehicle.pk] + ([other.pk] if other else []))
    fresh = rows[vehicle.pk]
    day = on or timezone.localdate(at)
    if other is not None:
        release_plate(rows[other.pk], new["plate"], take_over=take_over, by=by, at=at, on=day)
    if all(getattr(fresh, name) == value for name, value in new.items()):
        return fresh
    old = fresh.plate
    if correction and old and new["plate"]:
        _present(fresh).update(plate=new["plate"], plate_kind=new["plate_kind"])
        _set(fresh, new)
    else:
        _carry(fresh, new, by=by, on=day)
    fresh.version += 1
    save_unique(fresh)
    index_vehicles([fresh], at)
    emit("vehicle.plate_changed", fresh, station_id=None, by=by, at=at, old=old, new=fresh.plate)
    return fresh


def carrier(plate: str, *, besides: Vehicle | None = None) -> Vehicle | None:
    """The live car that carries the plate."""
    if not plate:
        return None
    rows = Vehicle.objects.live().filter(plate=plate)
    return (rows.exclude(pk=besides.pk) if besides else rows).first()


def release_plate(
    other: Vehicle, plate: str, *, take_over: bool, by: User | None, at: datetime, on: date
) -> None:
    """``other``, locked, gives its plate up, or PlateTaken is raised."""
    if other.plate != plate:
        return
    if not take_over:
        raise PlateTaken(
            _("Another car carries this plate."), field="plate", vehicle_id=other.pk
        )
    _carry(other, normal_plate(""), by=by, on=on)
    other.version += 1
    other.save()
    index_vehicles([other], at)
    emit("vehicle.plate_ended", other, station_id=None, by=by, at=at, old=plate)


def _carry(vehicle: Vehicle, new: dict[str, str], *, by: User | None, on: date) -> None:
    """End the plate in the history, begin the new one, and set the copy on the car."""
    _present(vehicle).update(until_date=on)
    _set(vehicle, new)
    start_plate(vehicle, by=by, on=on)


def _set(vehicle: Vehicle, new: dict[str, str]) -> None:
    for name, value in new.items():
        setattr(vehicle, name, value)


def start_plate(vehicle: Vehicle, *, by: User | None, on: date) -> None:
    """The first row of a car's plate history, or the next one."""
    if vehicle.plate:
        PlateChange.objects.create(
            vehicle=vehicle, plate=vehicle.plate, plate_kind=vehicle.plate_kind, from_date=on, by=by
        )


def _present(vehicle: Vehicle) -> models.QuerySet[PlateChange]:
    return PlateChange.objects.filter(vehicle=vehicle, until_date__isnull=True)
