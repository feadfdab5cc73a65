"""Two records of the same car become one."""

from collections.abc import Collection
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core.merging import repoint
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.vehicles import chain, rules
from chejian.vehicles.errors import CannotMerge
from chejian.vehicles.models import PlateChange, Vehicle, VehicleMerge, VehicleParty
from chejian.vehicles.queries import links_of
from chejian.vehicles.searching import forget_vehicle, index_vehicles
from chejian.vehicles.services.locking import lock_vehicles

#: what the person may choose from either side; empty ones are filled anyhow
CHOOSABLE = ("plate", "owner", *rules.EDITABLE)
_WITH = {"plate": ("plate", "plate_kind", "plate_colour"), "vin": ("vin", "vin_warning")}


@verb
def merge_vehicles(
    *,
    keep: Vehicle,
    absorb: Vehicle,
    reason: str,
    by: User,
    at: datetime,
    take: Collection[str] = (),
) -> VehicleMerge:
    """Take ``absorb`` up into ``keep``; nothing is deleted.

    Plates, people and orders point to ``keep`` afterwards; odometer events and guarantees are
    append-only, stay as written and are found by ``queries.vehicle_ids``: the two chains count as
    one. Empty fields are filled from ``absorb``, those in ``take`` come from it even so.
    Raises CannotMerge, MergedAway.
    """
    if keep.pk == absorb.pk:
        raise CannotMerge(_("A car cannot be merged with itself."))
    if not set(take) <= set(CHOOSABLE):
        raise TypeError(f"not to be chosen: {sorted(set(take) - set(CHOOSABLE))}")
    rows = lock_vehicles([keep.pk, absorb.pk])
    keep, absorb = rows[keep.pk], rows[absorb.pk]
    chosen = [n for n in CHOOSABLE if _value(absorb, n) and (n in take or not _value(keep, n))]
    _end_the_loser(keep, absorb, chosen, on=timezone.localdate(at))
    moved = repoint(absorb, keep)
    absorb.merged_into = keep
    absorb.version += 1
    absorb.save()
    for name in chosen:
        for field in _WITH.get(name, (name,)):
            setattr(keep, field, getattr(absorb, field))
    _add_up(keep, absorb)
    keep.version += 1
    keep.save()
    forget_vehicle(absorb)
    index_vehicles([keep], at)
    emit("vehicle.merged", keep, station_id=None, by=by, at=at, absorbed=str(absorb))
    return VehicleMerge.objects.create(
        kept=keep, absorbed=absorb, moved=moved, reason=reason.strip(), by=by, at=at
    )


def _value(vehicle: Vehicle, name: str) -> object:
    return vehicle.owner_id if name == "owner" else getattr(vehicle, name)


def _end_the_loser(keep: Vehicle, absorb: Vehicle, chosen: Collection[str], *, on: date) -> None:
    """Of two present plates and two present owners the one not chosen ends today."""
    plate_loser = keep if "plate" in chosen else absorb
    PlateChange.objects.filter(vehicle=plate_loser, until_date__isnull=True).update(until_date=on)
    owner_loser = keep if "owner" in chosen else absorb
    VehicleParty.objects.filter(
        vehicle=owner_loser, role=VehicleParty.Role.OWNER, until_date__isnull=True
    ).update(until_date=on)


def _add_up(keep: Vehicle, absorb: Vehicle) -> None:
    stand = chain.present(links_of(keep))
    if stand is not None:
        keep.odometer, keep.total_km = stand.reading, stand.total_km
    visits = [day for day in (keep.last_visit_on, absorb.last_visit_on) if day is not None]
    keep.last_visit_on = max(visits, default=None)
