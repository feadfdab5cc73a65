"""The orders of a customer and of a car, on the pages of lower apps."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.template.loader import render_to_string

from chejian.core import panels
from chejian.parties.models import Party
from chejian.parties.queries import party_ids
from chejian.vehicles.models import Vehicle
from chejian.vehicles.queries import vehicle_ids
from chejian.workorders.models import JobLine, WorkOrder

SHOWN = 20
WANTED = ("opened_at", "plate", "plate_kind", "status", "total", "station__name",
          "repair_type__name")
JOBS = Prefetch("jobs", JobLine.objects.only("order_id", "name"))


def register() -> None:
    panels.register_panel("party", party_orders, order=20)
    panels.register_panel("vehicle", vehicle_orders, order=20)


def party_orders(request: Any, party: Party) -> str | None:
    """Every order of the customer, also of records merged into his."""
    return _panel(request, WorkOrder.objects.filter(customer_id__in=party_ids(party)))


def vehicle_orders(request: Any, vehicle: Vehicle) -> str | None:
    """Every order of the car. Another station's visits show without money (decisions)."""
    return _panel(request, WorkOrder.objects.filter(vehicle_id__in=vehicle_ids(vehicle)))


def _panel(request: Any, rows: QuerySet[WorkOrder]) -> str | None:
    orders = list(
        rows.select_related("station", "repair_type").only(*WANTED).prefetch_related(JOBS)
        .order_by("-id")[:SHOWN]
    )
    seen = set(
        WorkOrder.objects.visible_to(request.user)
        .filter(pk__in=[order.pk for order in orders])
        .values_list("pk", flat=True)
    )
    return render_to_string("desk/_history.html", {"orders": orders, "seen": seen}, request)
