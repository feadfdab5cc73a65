"""Work orders: one row each."""

from typing import Any

from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce, Extract
from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import P
from chejian.core.lists.spec import Rows, Viewer
from chejian.core.money import ZERO
from chejian.reports.subjects import fields
from chejian.reports.subjects.fields import MONEY
from chejian.reports.subjects.subject import Subject, allowed, subject
from chejian.workorders.models import PartLine, WorkOrder


def _rows(viewer: Viewer) -> Rows:
    here = allowed(viewer, P.VIEW_ORDERS)
    return WorkOrder.objects.visible_to(viewer.user).filter(station_id__in=here)


def _cost() -> Any:
    """What the issued parts of the order cost, net of VAT."""
    lines = PartLine.objects.filter(order=OuterRef("pk")).order_by()
    sums = lines.values("order").annotate(whole=Sum("cost")).values("whole")
    return Coalesce(Subquery(sums), Value(ZERO), output_field=MONEY)


def _hours(viewer: Viewer) -> Any:
    """From opening to delivery."""
    whole = Extract(F("delivered_at") - F("opened_at"), "epoch") / Value(3600)
    return Cast(whole, DecimalField(max_digits=12, decimal_places=2))


ORDERS: Subject = subject(
    "orders", pgettext_lazy("report", "Work orders"),
    note=pgettext_lazy("report", "Turnover, cars, time in the shop, by adviser, type, customer"),
    icon="file", rows=_rows, permissions=(P.VIEW_ORDERS,), day="opened", sort="-number",
    shown=("number", "status", "plate", "customer", "type", "adviser", "opened", "total"),
    identities={"customer": "customer_no"},
    start="by=opened:month&fig=sum:total&fig=count&chart=bar"
          "&f=status.not_in.draft,cancelled&f=opened.period.this_year",
    sections=[
        (pgettext_lazy("report", "Order"), [
            fields.code("number", pgettext_lazy("report", "Order number"), "number", more=("pk",),
                        sort="pk", indexed=True, show=fields.linked("/work-orders/{}/"),
                        plain=fields.first),
            fields.choice("status", pgettext_lazy("report", "Order status"), "status",
                          WorkOrder.Status.choices, quick=True),
            fields.station(),
            fields.choice("type", pgettext_lazy("report", "Repair type"), "repair_type__name",
                          fields.repair_types, filter="repair_type_id"),
            fields.choice("class", pgettext_lazy("report", "Repair class"), "repair_class__name",
                          fields.repair_classes, filter="repair_class_id", nullable=True),
            fields.choice("priority", pgettext_lazy("report", "Priority"), "priority",
                          WorkOrder.Priority.choices),
            fields.person("adviser", pgettext_lazy("report", "Adviser"), "adviser"),
            fields.number("rework", pgettext_lazy("report", "Rework rounds"), "rework_round",
                          total=True),
            fields.text("remarks", pgettext_lazy("report", "Remarks"), "remarks"),
        ]),
        (pgettext_lazy("report", "Times"), [
            fields.moment("opened", pgettext_lazy("report", "Opened at"), "opened_at", quick=True),
            fields.moment("completed", pgettext_lazy("report", "Completed at"), "completed_at",
                          nullable=True),
            fields.moment("settled", pgettext_lazy("report", "Settled at"), "settled_at",
                          nullable=True),
            fields.moment("delivered", pgettext_lazy("report", "Delivered at"), "delivered_at",
                          nullable=True),
            fields.moment("promised", pgettext_lazy("report", "Promised for"), "promised_at",
                          nullable=True),
            fields.quantity("hours", pgettext_lazy("report", "Hours in the shop"), value=_hours,
                            nullable=True),
        ]),
        (pgettext_lazy("report", "Amounts"), [
            fields.money("total", pgettext_lazy("report", "Amount"), "total"),
            fields.money("labour", pgettext_lazy("report", "Labour"), "labour_total"),
            fields.money("parts", pgettext_lazy("report", "Parts"), "parts_total"),
            fields.money("discount", pgettext_lazy("report", "Discounts"), "discount_total"),
            fields.money("customer_total", pgettext_lazy("report", "Customer pays"),
                         "customer_total"),
            fields.cost("cost", pgettext_lazy("report", "Cost of parts"), _cost()),
        ]),
        (pgettext_lazy("report", "Customer"), fields.customer_fields("customer__")),
        (pgettext_lazy("report", "Vehicle"), [
            fields.code("plate", pgettext_lazy("report", "Plate"), "plate"),
            *fields.vehicle_fields("vehicle__"),
            fields.number("odometer", pgettext_lazy("report", "Reading (km)"), "odometer_in",
                          nullable=True),
        ]),
    ],
)
