"""Two records of the same car become one."""

from collections.abc import Collection
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.core import unmerging
from chejian.core.merging import repoint
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.vehicles import chain, rules
from chejian.vehicles.errors import CannotMerge
from chejian.vehicles.models import (
    PlateChange,
    Vehicle,
    VehicleMerge,
    VehicleParty,
    VehicleTag,
    VehicleUnmerge,
)
from chejian.vehicles.queries import links_of
from chejian.vehicles.searching import forget_vehicle, index_vehicles
from chejian.vehicles.services.locking import lock_vehicles

#: what the person may choose from either side; empty ones are filled anyhow
CHOOSABLE = ("plate", "owner", *rules.EDITABLE)
#: the tables of the merges themselves do not hang on a car
MERGES = (VehicleMerge, VehicleUnmerge)
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
    before = unmerging.values(keep), unmerging.values(absorb)
    chosen = [n for n in CHOOSABLE if _value(absorb, n) and (n in take or not _value(keep, n))]
    changed = _end_the_loser(keep, absorb, chosen, on=timezone.localdate(at))
    moved = repoint(absorb, keep, leave={"vehicles.VehicleTag.vehicle": _same_tags(keep, absorb)})
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
    record = unmerging.record(before, keep, absorb, changed=changed, ignoring=MERGES)
    return VehicleMerge.objects.create(
        kept=keep, absorbed=absorb, moved=moved, record=record, reason=reason.strip(), by=by, at=at
    )


def _same_tags(keep: Vehicle, absorb: Vehicle) -> list[int]:
    """Tags that both carry stay where they are."""
    words = VehicleTag.objects.filter(vehicle=keep).values("tag_id")
    same = VehicleTag.objects.filter(vehicle=absorb, tag_id__in=words)
    return list(same.values_list("pk", flat=True))


def _value(vehicle: Vehicle, name: str) -> object:
    return vehicle.owner_id if name == "owner" else getattr(vehicle, name)


def _end_the_loser(
    keep: Vehicle, absorb: Vehicle, chosen: Collection[str], *, on: date
) -> dict[str, dict[int, unmerging.Values]]:
    """Of two present plates and two present owners the one not chosen ends today.

    Returns what was changed, as ``core.unmerging.record`` wants it.
    """
    plates = PlateChange.objects.filter(
        vehicle=keep if "plate" in chosen else absorb, until_date__isnull=True
    )
    owners = VehicleParty.objects.filter(
        vehicle=keep if "owner" in chosen else absorb, role=VehicleParty.Role.OWNER,
        until_date__isnull=True,
    )
    changed: dict[str, dict[int, unmerging.Values]] = {}
    for rows in (plates, owners):
        ids = list(rows.values_list("pk", flat=True))
        changed[rows.model._meta.label] = {pk: {"until_date": None} for pk in ids}
        rows.update(until_date=on)
    return changed


def _add_up(keep: Vehicle, absorb: Vehicle) -> None:
    stand = chain.present(links_of(keep))
    if stand is not None:
        keep.odometer, keep.total_km = stand.reading, stand.total_km
    visits = [day for day in (keep.last_visit_on, absorb.last_visit_on) if day is not None]
    keep.last_visit_on = max(visits, default=None)
