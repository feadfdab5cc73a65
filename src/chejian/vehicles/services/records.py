"""Registering a car and changing what is known about it."""

import uuid
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.verbs import verb
from chejian.core.versions import changed_fields, require_version
from chejian.parties.models import Party
from chejian.vehicles import rules
from chejian.vehicles.errors import NothingToKnowItBy, VinTaken
from chejian.vehicles.models import Vehicle
from chejian.vehicles.searching import index_vehicles
from chejian.vehicles.services.locking import lock_vehicle, lock_vehicles, save_unique
from chejian.vehicles.services.people import start_owner
from chejian.vehicles.services.plates import carrier, release_plate, start_plate


@verb
@replayable(Vehicle)
def register_vehicle(
    *,
    plate: str = "",
    vin: str = "",
    owner: Party | None = None,
    by: User | None,
    at: datetime,
    plate_kind: str = "",
    take_over: bool = False,
    on: date | None = None,
    key: uuid.UUID | None = None,
    **fields: Any,
) -> Vehicle:
    """A new car, known by its plate or its VIN; make and year are decoded where they are empty.

    A wrong check digit is a warning on the car. ``take_over`` moves the plate from the car that
    carries it. ``on``: since when plate and owner hold (today). Raises NothingToKnowItBy,
    PlateTaken, VinTaken, InvalidPlate, InvalidVin.
    """
    day = on or timezone.localdate(at)
    given = rules.normal_plate(plate, plate_kind)
    given |= rules.normal_fields({"vin": vin, **fields}, this_year=day.year)
    if not (given["plate_kind"] or given["vin"]):
        raise NothingToKnowItBy(_("A plate or a VIN is needed."), field="plate")
    vehicle = Vehicle(**given, owner=owner, created_by=by)
    fill_decoded(vehicle, this_year=day.year)
    require_free_vin(vehicle)
    other = carrier(vehicle.plate)
    if other is not None:
        locked = lock_vehicles([other.pk])[other.pk]
        release_plate(locked, vehicle.plate, take_over=take_over, by=by, at=at, on=day)
    save_unique(vehicle)
    start_plate(vehicle, by=by, on=day)
    start_owner(vehicle, owner, from_date=day)
    index_vehicles([vehicle], at)
    emit("vehicle.registered", vehicle, station_id=None, by=by, at=at, plate=vehicle.plate)
    return vehicle


def fill_decoded(vehicle: Vehicle, *, this_year: int) -> None:
    """What the VIN tells, where nobody has said anything."""
    for name, value in rules.decoded(vehicle.vin, this_year=this_year).items():
        if not getattr(vehicle, name):
            setattr(vehicle, name, value)


def require_free_vin(vehicle: Vehicle) -> None:
    if not vehicle.vin:
        return
    other = Vehicle.objects.live().filter(vin=vehicle.vin).exclude(pk=vehicle.pk).first()
    if other is not None:
        raise VinTaken(_("Another car has this VIN."), field="vin", vehicle_id=other.pk)


@verb
def update_vehicle(
    *, vehicle: Vehicle, version: int, by: User | None, at: datetime, **fields: Any
) -> Vehicle:
    """Change the fields given (plate, owner and odometer have verbs of their own).

    Raises Conflict when somebody else was quicker, VinTaken, InvalidVin, NothingToKnowItBy.
    """
    fresh = lock_vehicle(vehicle)
    this_year = timezone.localdate(at).year
    given = rules.normal_fields(fields, this_year=this_year)
    require_version(fresh, version, {k: v for k, v in given.items() if k != "vin_warning"})
    changes = changed_fields(fresh, given)
    if not changes:
        return fresh
    for name, value in changes.items():
        setattr(fresh, name, value)
    if not (fresh.vin or fresh.plate_kind):
        raise NothingToKnowItBy(_("A plate or a VIN is needed."), field="vin")
    if "vin" in changes:
        require_free_vin(fresh)
        fill_decoded(fresh, this_year=this_year)
    fresh.version += 1
    save_unique(fresh)
    index_vehicles([fresh], at)
    emit("vehicle.changed", fresh, station_id=None, by=by, at=at, fields=sorted(changes))
    return fresh
