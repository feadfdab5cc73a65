"""The list of stock and a part's stock card."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, fetch, staff_here
from chejian.accounts.listing import show
from chejian.accounts.permissions import P
from chejian.catalog.models import Part
from chejian.core import keyset
from chejian.core.documents import link_to
from chejian.inventory import costing, queries
from chejian.inventory.lists import MOVES, STOCK
from chejian.inventory.models import StockMove, StockReservation
from chejian.inventory.stock_report import STOCK_REPORT


@require_GET
@staff_here(P.VIEW_STOCK)
def stock(request: StaffRequest) -> HttpResponse:
    """Stock of the present station: what lies where, what is free, what it is worth."""
    station_id = request.station.station_id
    sees_cost = request.user.can_at(P.SEE_COST, station_id)
    return show(
        request, STOCK, "inventory/stock.html", active="stock",
        worth=queries.stock_value(request.user, station_id) if sees_cost else None,
        can_receive=request.user.can_at(P.RECEIVE_STOCK, station_id),
    )


@require_GET
@staff_here(P.VIEW_STOCK)
def stock_moves(request: StaffRequest) -> HttpResponse:
    """出入库流水: every move of the present station."""
    return show(request, MOVES, "inventory/listed.html", active="moves")


@require_GET
@staff_here(P.VIEW_STOCK)
def stock_report(request: StaffRequest) -> HttpResponse:
    """进销存: what each part had, what came and went, what is left."""
    return show(request, STOCK_REPORT, "inventory/listed.html", active="report")


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
