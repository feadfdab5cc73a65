"""Orders of the old system: asked for by themselves, never mixed with today's revenue."""

from collections.abc import Sequence

from django.utils.translation import pgettext_lazy

from chejian.accounts.permissions import P
from chejian.core.errors import Text
from chejian.core.lists.spec import Column, Kind, Rows, Viewer
from chejian.reports.subjects import fields
from chejian.reports.subjects.subject import Section, Subject, allowed, subject
from chejian.workorders.models.past import MONEY_SEERS, PastLine, PastOrder


def _orders(viewer: Viewer) -> Rows:
    here = allowed(viewer, P.VIEW_ORDERS)
    return PastOrder.objects.visible_to(viewer.user).filter(station_id__in=here)


def _lines(viewer: Viewer) -> Rows:
    return PastLine.objects.filter(order__station_id__in=allowed(viewer, P.VIEW_ORDERS))


def _sum(key: str, label: Text, path: str, *, order: str = "") -> Column:
    """An amount, where the person sees the prices of past orders."""
    value = fields.where_held(MONEY_SEERS, path, path=f"{order}station_id")
    return Column(key, label, Kind.MONEY, value=value, total=True, nullable=True)


def _head(path: str) -> Sequence[Section]:
    return [
        (pgettext_lazy("report", "Old order"), [
            fields.code("number", pgettext_lazy("report", "Old order number"), f"{path}number"),
            fields.date("opened_on", pgettext_lazy("report", "In on"), f"{path}opened_on",
                        quick=True),
            fields.date("settled_on", pgettext_lazy("report", "Settled on"), f"{path}settled_on",
                        nullable=True),
            fields.text("type", pgettext_lazy("report", "Repair type (old)"),
                        f"{path}repair_type"),
            fields.text("adviser", pgettext_lazy("report", "Adviser"), f"{path}adviser__name"),
            fields.station(f"{path}station"),
        ]),
        (pgettext_lazy("report", "Customer"), fields.customer_fields(f"{path}customer__")),
        (pgettext_lazy("report", "Vehicle"), [
            fields.code("plate", pgettext_lazy("report", "Plate"), f"{path}plate"),
            *fields.vehicle_fields(f"{path}vehicle__"),
        ]),
    ]


ORDERS: Subject = subject(
    "past-orders", pgettext_lazy("report", "Orders of the old system"),
    note=pgettext_lazy("report", "What was moved in: visits and amounts before this system"),
    icon="history", rows=_orders, permissions=(P.VIEW_ORDERS,), day="opened_on", sort="-line",
    shown=("number", "plate", "customer", "type", "adviser", "opened_on", "due", "received"),
    identities={"customer": "customer_no"},
    start="by=opened_on:month&fig=sum:due&fig=count&chart=bar",
    sections=[
        *_head(""),
        (pgettext_lazy("report", "Amounts"), [
            fields.number("line", pgettext_lazy("report", "Line"), "pk", indexed=True),
            _sum("labour", pgettext_lazy("report", "Labour"), "labour"),
            _sum("material", pgettext_lazy("report", "Parts"), "material"),
            _sum("other", pgettext_lazy("report", "Other charges"), "other"),
            _sum("discount", pgettext_lazy("report", "Discount"), "discount"),
            _sum("due", pgettext_lazy("report", "Due"), "due"),
            _sum("received", pgettext_lazy("report", "Received"), "received"),
        ]),
    ],
)

LINES: Subject = subject(
    "past-lines", pgettext_lazy("report", "Lines of the old system"),
    note=pgettext_lazy("report", "Labour and parts of moved-in orders"),
    icon="list", rows=_lines, permissions=(P.VIEW_ORDERS,), day="opened_on", sort="-line",
    shown=("number", "kind", "name", "plate", "customer", "opened_on", "quantity", "amount"),
    identities={"customer": "customer_no"},
    start="by=name&fig=sum:quantity&fig=sum:amount&chart=bar",
    sections=[
        (pgettext_lazy("report", "Old line"), [
            fields.number("line", pgettext_lazy("report", "Line"), "pk", indexed=True),
            fields.choice("kind", pgettext_lazy("report", "Labour or part"), "kind",
                          PastLine.Kind.choices),
            fields.text("name", pgettext_lazy("report", "Name of the line"), "name"),
            fields.code("code", pgettext_lazy("report", "Code"), "code"),
            fields.quantity("quantity", pgettext_lazy("report", "Quantity"), "quantity"),
            _sum("amount", pgettext_lazy("report", "Amount"), "amount", order="order__"),
        ]),
        *_head("order__"),
    ],
)
