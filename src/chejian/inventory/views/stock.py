"""The list of stock and a part's stock card."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, fetch, staff_here
from chejian.accounts.permissions import P
from chejian.catalog.models import Part
from chejian.catalog.queries import answering
from chejian.core import keyset
from chejian.core.documents import link_to
from chejian.core.errors import Text
from chejian.inventory import costing, queries
from chejian.inventory.models import StockLevel, StockMove, StockReservation, Warehouse

SORTS = {
    "name": "part_name_key",
    "number": "part_number",
    "bin": "bin_code",
    "quantity": "quantity",
    "reserved": "reserved",
    "available": "free",
    "value": "value",
}
VIEWS: dict[str, Text] = {
    "all": pgettext_lazy("stock", "All"),
    "held": _("In stock"),
    "low": _("Below safety stock"),
    "short": pgettext_lazy("stock", "Short"),
}


@require_GET
@staff_here(P.VIEW_STOCK)
def stock(request: StaffRequest) -> HttpResponse:
    """Stock of the present station: what lies where, what is free, what it is worth."""
    station_id = request.station.station_id
    sees_cost = request.user.can_at(P.SEE_COST, station_id)
    sorts = SORTS if sees_cost else {key: SORTS[key] for key in SORTS if key != "value"}
    view = request.GET.get("view", "held")
    view = view if view in VIEWS else "held"
    places = list(
        Warehouse.objects.visible_to(request.user).filter(station_id=station_id).order_by("pk")
    )
    rows = _narrowed(queries.stock_rows(request.user, station_id), request, view)
    context: dict[str, Any] = {
        "page": keyset.page(rows, request.GET, sorts=sorts, default="name"),
        "view": view,
        "views": VIEWS,
        "warehouses": places,
        "chosen": next((w for w in places if str(w.pk) == request.GET.get("warehouse")), None),
        "sees_cost": sees_cost,
        "total": queries.stock_value(request.user, station_id) if sees_cost else None,
        "can_receive": request.user.can_at(P.RECEIVE_STOCK, station_id),
    }
    return render(request, "inventory/stock.html", context)


def _narrowed(
    rows: QuerySet[StockLevel], request: StaffRequest, view: str
) -> QuerySet[StockLevel]:
    if view == "held":
        rows = rows.filter(quantity__gt=0)
    elif view == "low":
        rows = queries.below_safety(rows)
    elif view == "short":
        rows = queries.short(rows)
    warehouse = request.GET.get("warehouse", "")
    if warehouse.isdecimal():
        rows = rows.filter(warehouse_id=int(warehouse))
    text = request.GET.get("q", "").strip()
    if text:
        rows = rows.filter(answering(text, "part_id") | Q(last_bin__code__istartswith=text))
    return rows


@require_GET
@staff_here(P.VIEW_STOCK)
def stock_card(request: StaffRequest, pk: int) -> HttpResponse:
    """One part at the present station: where it lies, who waits for it, and every move."""
    part = fetch(Part.objects.visible_to(request.user), request.user, pk)
    station_id = request.station.station_id
    moves = (
        StockMove.objects.visible_to(request.user)
        .filter(station_id=station_id, part=part)
        .select_related("warehouse", "bin", "by")
    )
    turned = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = keyset.page(moves, turned, sorts={"id": "pk"}, default="-id")
    levels = (
        queries.stock_rows(request.user, station_id)
        .filter(part=part)
        .prefetch_related("bins__bin")
        .order_by("warehouse_id")
    )
    waiting = (
        StockReservation.objects.visible_to(request.user)
        .filter(station_id=station_id, part=part, released_at=None)
        .select_related("warehouse")
        .order_by("pk")
    )
    context: dict[str, Any] = {
        "part": part,
        "page": page,
        "ledger": queries.with_balances(page.rows, part),
        "levels": [(level, costing.average(level.quantity, level.value)) for level in levels],
        "reservations": [(row, link_to(row.label)) for row in waiting],
        "sees_cost": request.user.can_at(P.SEE_COST, station_id),
    }
    return render(request, "inventory/stock_card.html", context)
