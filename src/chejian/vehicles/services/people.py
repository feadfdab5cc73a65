"""Who owns and who drives a car, over time."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.parties.models import Party
from chejian.vehicles.errors import DateBeforeOwner
from chejian.vehicles.models import Vehicle, VehicleParty
from chejian.vehicles.searching import index_vehicles
from chejian.vehicles.services.locking import lock_vehicle


@verb
def change_owner(
    *, vehicle: Vehicle, owner: Party | None, from_date: date, by: User | None, at: datetime
) -> Vehicle:
    """The car belongs to ``owner`` from then on; None: it was sold, nobody knows to whom.

    Raises DateBeforeOwner.
    """
    fresh = lock_vehicle(vehicle)
    if fresh.owner_id == (owner.pk if owner else None):
        return fresh
    present = VehicleParty.objects.filter(
        vehicle=fresh, role=VehicleParty.Role.OWNER, until_date__isnull=True
    ).first()
    if present is not None:
        if from_date < present.from_date:
            raise DateBeforeOwner(
                _("The present owner has the car since %(day)s only.")
                % {"day": present.from_date.isoformat()},
                field="from_date",
                since=present.from_date,
            )
        present.until_date = from_date
        present.save(update_fields=["until_date"])
    fresh.owner = owner
    fresh.version += 1
    fresh.save()
    start_owner(fresh, owner, from_date=from_date)
    index_vehicles([fresh], at)
    emit(
        "vehicle.owner_changed", fresh, station_id=None, by=by, at=at,
        owner=owner.name if owner else "",
    )
    return fresh


def start_owner(vehicle: Vehicle, owner: Party | None, *, from_date: date) -> None:
    if owner is not None:
        VehicleParty.objects.create(
            vehicle=vehicle, party=owner, role=VehicleParty.Role.OWNER, from_date=from_date
        )


@verb
def add_driver(
    *, vehicle: Vehicle, driver: Party, from_date: date, by: User | None, at: datetime
) -> VehicleParty:
    """One more person who drives the car; twice the same is the first row."""
    fresh = lock_vehicle(vehicle)
    found, made = VehicleParty.objects.get_or_create(
        vehicle=fresh, party=driver, role=VehicleParty.Role.DRIVER, until_date=None,
        defaults={"from_date": from_date},
    )
    if made:
        index_vehicles([fresh], at)
        emit(
            "vehicle.driver_added", fresh, station_id=None, by=by, at=at, driver=driver.name
        )
    return found


@verb
def end_driver(
    *, driver: VehicleParty, until: date, by: User | None, at: datetime
) -> VehicleParty:
    """He drives it no longer; his time stays in the history. Never ends before it began."""
    vehicle = lock_vehicle(driver.vehicle)
    fresh = VehicleParty.objects.select_related("party").get(
        pk=driver.pk, role=VehicleParty.Role.DRIVER
    )
    if fresh.until_date is not None:
        return fresh
    fresh.until_date = max(until, fresh.from_date)
    fresh.save(update_fields=["until_date"])
    index_vehicles([vehicle], at)
    emit(
        "vehicle.driver_ended", vehicle, station_id=None, by=by, at=at, driver=fresh.party.name
    )
    return fresh
