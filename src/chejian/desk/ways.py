"""Where the head of an order leads on screens that stand above it."""

from django.urls import reverse

from chejian.workorders.models import WorkOrder
from chejian.workorders.ways import Way, register_way


def order_address(number: str) -> str | None:
    """The cockpit of the order with this number; the page decides who may see it."""
    pk = WorkOrder.objects.filter(number=number).values_list("pk", flat=True).first()
    return reverse("order", args=[pk]) if pk else None


def _cashier(order: WorkOrder) -> Way:
    return Way(reverse("cashier_order", args=[order.pk]))


def _delivery(order: WorkOrder) -> Way:
    return Way(reverse("delivery", args=[order.pk]))


def register() -> None:
    for action in ("settle", "collect", "reverse"):
        register_way(action, _cashier)
    register_way("deliver", _delivery)
