"""Stock: what moved, and what is there."""

from typing import Any

from django.db.models import ExpressionWrapper, F
from django.utils.translation import pgettext_lazy
from markupsafe import Markup

from chejian.accounts.permissions import P
from chejian.core.documents import link_to
from chejian.core.lists.spec import Choices, Rows, Viewer
from chejian.inventory.models import StockLevel, StockMove, Warehouse
from chejian.reports.subjects import fields
from chejian.reports.subjects.fields import EXACT
from chejian.reports.subjects.subject import Subject, allowed, subject


def _moves(viewer: Viewer) -> Rows:
    here = allowed(viewer, P.VIEW_STOCK)
    return StockMove.objects.visible_to(viewer.user).filter(station_id__in=here)


def _levels(viewer: Viewer) -> Rows:
    here = allowed(viewer, P.VIEW_STOCK)
    return StockLevel.objects.visible_to(viewer.user).filter(warehouse__station_id__in=here)


def _warehouses(viewer: Viewer) -> Choices:
    rows = Warehouse.objects.visible_to(viewer.user).order_by("station_id", "code")
    return list(rows.values_list("pk", "name"))


def _document(label: Any) -> str:
    address = link_to(label or "")
    if not address:
        return str(label or "")
    return Markup('<a href="{}">{}</a>').format(address, label)


MOVES: Subject = subject(
    "stock-moves", pgettext_lazy("report", "Stock moves"),
    note=pgettext_lazy("report", "Receipts, issues, returns and differences by part and warehouse"),
    icon="swap", rows=_moves, permissions=(P.VIEW_STOCK,), day="occurred_on", sort="-line",
    shown=("document", "kind", "part_number", "part_name", "warehouse", "occurred_on", "quantity"),
    start="by=occurred_on:month&by=kind&fig=count&fig=sum:quantity&f=occurred_on.period.this_year",
    sections=[
        (pgettext_lazy("report", "Move"), [
            fields.number("line", pgettext_lazy("report", "Line"), "pk", indexed=True),
            fields.code("document", pgettext_lazy("report", "Document"), "label", show=_document,
                        plain=fields.first),
            fields.choice("kind", pgettext_lazy("report", "Kind of move"), "kind",
                          StockMove.Kind.choices),
            fields.date("occurred_on", pgettext_lazy("report", "Moved on"), "occurred_on",
                        quick=True),
            fields.quantity("quantity", pgettext_lazy("report", "Quantity (signed)"), "quantity"),
            fields.cost("value", pgettext_lazy("report", "Value (signed)"), "value"),
            fields.choice("warehouse", pgettext_lazy("report", "Warehouse"), "warehouse__name",
                          _warehouses, filter="warehouse_id"),
            fields.station(),
            fields.person("moved_by", pgettext_lazy("report", "Moved by"), "by", nullable=True),
        ]),
        (pgettext_lazy("report", "Part"), fields.part_fields("part__")),
    ],
)

LEVELS: Subject = subject(
    "stock", pgettext_lazy("report", "Stock on hand"),
    note=pgettext_lazy("report", "Quantity, reserved and value by part, brand and warehouse"),
    icon="box", rows=_levels, permissions=(P.VIEW_STOCK,), day="", sort="-line",
    shown=("part_number", "part_name", "brand", "warehouse", "quantity", "available"),
    start="by=brand&fig=count&fig=sum:quantity&f=quantity.from.0.001",
    sections=[
        (pgettext_lazy("report", "Stock on hand"), [
            fields.number("line", pgettext_lazy("report", "Line"), "pk", indexed=True),
            fields.quantity("quantity", pgettext_lazy("report", "Quantity"), "quantity"),
            fields.quantity("reserved", pgettext_lazy("report", "Reserved"), "reserved"),
            fields.quantity("available", pgettext_lazy("report", "Available"),
                            value=lambda viewer: ExpressionWrapper(
                                F("quantity") - F("reserved"), output_field=EXACT)),
            fields.cost("value", pgettext_lazy("report", "Value"), "value",
                        path="warehouse__station_id"),
            fields.choice("warehouse", pgettext_lazy("report", "Warehouse"), "warehouse__name",
                          _warehouses, filter="warehouse_id"),
            fields.station("warehouse__station"),
        ]),
        (pgettext_lazy("report", "Part"), fields.part_fields("part__")),
    ],
)
