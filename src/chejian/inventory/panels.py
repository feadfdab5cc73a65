"""What stock adds to the catalogue: columns of the list, a panel of a part."""

from typing import Any

from django.template.loader import render_to_string

from chejian.accounts.permissions import P
from chejian.catalog.models import Part
from chejian.core.lists import extend
from chejian.core.panels import register_panel
from chejian.inventory import costing
from chejian.inventory.lists import PART_COLUMNS
from chejian.inventory.models import StockLevel


def register() -> None:
    extend("parts", *PART_COLUMNS)
    register_panel("part", stock_panel, order=10)


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
