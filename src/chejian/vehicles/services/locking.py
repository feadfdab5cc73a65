"""The locks of this app: cars, by their id. An odometer chain is guarded by its car's row."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from chejian.vehicles.errors import MergedAway, PlateTaken, VinTaken
from chejian.vehicles.models import Vehicle


def lock_vehicle(vehicle: Vehicle) -> Vehicle:
    """The row as it is now. Raises MergedAway."""
    return lock_vehicles([vehicle.pk])[vehicle.pk]


def lock_vehicles(ids: Iterable[int]) -> dict[int, Vehicle]:
    """The rows as they are now, locked in the order of their ids. Raises MergedAway."""
    rows = Vehicle.objects.select_for_update().order_by("pk").in_bulk(list(ids))
    for row in rows.values():
        if row.merged_into_id is not None:
            raise MergedAway(
                _("This car was merged into another one."), vehicle_id=row.merged_into_id
            )
    return rows


def save_unique(vehicle: Vehicle) -> None:
    """Save; of two at the same moment the second learns that plate or VIN are taken."""
    try:
        with transaction.atomic():
            vehicle.save()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if name == "one_car_per_plate":
            raise PlateTaken(_("Another car carries this plate."), field="plate") from error
        if name == "one_car_per_vin":
            raise VinTaken(_("Another car has this VIN."), field="vin") from error
        raise
