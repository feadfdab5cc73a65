"""What stock adds to the catalogue: a column and a filter of the list, a panel of a part."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from chejian.accounts.permissions import P
from chejian.catalog.models import Part
from chejian.core.formats import quantity
from chejian.core.panels import Filter, register_column, register_filter, register_panel
from chejian.inventory import costing
from chejian.inventory.models import StockLevel
from chejian.inventory.queries import availability


def register() -> None:
    register_column("parts", _("Available"), available_cells)
    register_filter(
        "parts",
        Filter("stock", _("Stock"), [("yes", _("In stock")), ("no", _("Nothing on hand"))],
               narrow_by_stock),
    )
    register_panel("part", stock_panel, order=10)


def available_cells(request: Any, ids: Sequence[int]) -> Mapping[int, str]:
    """What is free at the present station."""
    if request.station is None or not request.user.can_at(P.VIEW_STOCK, request.station.station_id):
        return {}
    found = availability(ids, request.station.station_id)
    return {pk: quantity(row.available) for pk, row in found.items() if row.places}


def narrow_by_stock(request: Any, rows: QuerySet[Part], value: str) -> QuerySet[Part]:
    """Parts with something, or nothing, on hand at the present station."""
    if request.station is None:
        return rows
    held = StockLevel.objects.filter(
        part=OuterRef("pk"), quantity__gt=0, warehouse__station_id=request.station.station_id
    )
    return rows.filter(Exists(held) if value == "yes" else ~Exists(held))


def stock_panel(request: Any, part: Part) -> str | None:
    """Stock of a part at every station where the person may see it."""
    user = request.user
    stations = user.access.stations_with(P.VIEW_STOCK)
    levels = list(
        StockLevel.objects.visible_to(user)
        .filter(part=part, warehouse__station_id__in=stations)
        .select_related("warehouse__station", "last_bin")
        .order_by("warehouse__station_id", "warehouse_id")
    )
    if not stations:
        return None
    rows = [
        (level, _average(level) if user.can_at(P.SEE_COST, level.warehouse.station_id) else None)
        for level in levels
    ]
    context = {"part": part, "rows": rows, "sees_cost": user.can(P.SEE_COST)}
    return render_to_string("inventory/part_panel.html", context, request=request)


def _average(level: StockLevel) -> Any:
    return costing.average(level.quantity, level.value)
