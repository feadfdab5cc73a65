"""Live repair guarantees of a car: is this fault still ours? (domain.md 3.1)"""

from datetime import date

from django.db.models import QuerySet

from chejian.vehicles.models import Vehicle
from chejian.vehicles.queries import vehicle_ids
from chejian.workorders.models import Guarantee


def live_guarantees(
    vehicle: Vehicle, on: date, total_km: int | None
) -> QuerySet[Guarantee]:
    """Every job of this car still within days and kilometres, newest first; the adviser picks.

    ``total_km`` are cumulative kilometres (X03); None asks for the days alone. Work of other
    stations counts too: the guarantee is the organisation's.
    """
    rows = Guarantee.objects.filter(vehicle_id__in=vehicle_ids(vehicle), until_date__gte=on)
    if total_km is not None:
        rows = rows.filter(until_total_km__gte=total_km)
    return rows.select_related("job", "order", "station", "repair_class").order_by(
        "-from_date", "-id"
    )
