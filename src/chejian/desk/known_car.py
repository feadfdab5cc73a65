"""What to look at before acting, when a known car drives in."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from chejian.accounts.models import User
from chejian.billing.queries import overdue
from chejian.core.money import ZERO
from chejian.vehicles.models import Vehicle
from chejian.vehicles.queries import vehicle_ids
from chejian.workorders.models import Guarantee, JobLine, WorkOrder
from chejian.workorders.queries import live_guarantees

HISTORY = 6


@dataclass
class Knowledge:
    """Open orders, live guarantees, what was declined, what is owed, and the last visits."""

    open_orders: list[WorkOrder] = field(default_factory=list)
    guarantees: list[Guarantee] = field(default_factory=list)
    declined: list[JobLine] = field(default_factory=list)
    overdue: Decimal = ZERO
    history: list[WorkOrder] = field(default_factory=list)
    stations: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return (
            len(self.open_orders) + len(self.guarantees) + len(self.declined)
            + bool(self.overdue)
        )


def known(vehicle: Vehicle, user: User) -> Knowledge:
    """Collect it in a handful of statements. Other stations' visits show without money."""
    today = timezone.localdate()
    ids = vehicle_ids(vehicle)
    orders = list(
        WorkOrder.objects.filter(vehicle_id__in=ids)
        .exclude(status="cancelled")
        .select_related("station", "repair_type")
        .prefetch_related("jobs")
        .order_by("-id")[:HISTORY]
    )
    live = [order for order in orders if order.status not in ("delivered", "closed")]
    return Knowledge(
        open_orders=live,
        guarantees=list(live_guarantees(vehicle, today, vehicle.total_km)[:4]),
        declined=list(
            JobLine.objects.filter(order__vehicle_id__in=ids, status="declined")
            .select_related("order")
            .order_by("-id")[:3]
        ),
        overdue=overdue(vehicle.owner, today) if vehicle.owner else ZERO,
        history=orders,
        stations=user.access.station_ids,
    )
