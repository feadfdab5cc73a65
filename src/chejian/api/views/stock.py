"""Stock over the API."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query

from chejian.accounts.guards import fetch
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.accounts.scopes import Scope
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import Area, NoSuchRow, act, must_pick, pick
from chejian.api.paging import page_of
from chejian.api.schemas.stock import (
    LevelPage,
    MovePage,
    MoveQuery,
    NewReceipt,
    ReceiptOut,
    ReceiptPage,
    ReceiptQuery,
    StockQuery,
)
from chejian.catalog.models import Part
from chejian.catalog.queries import answering
from chejian.inventory import services
from chejian.inventory.models import (
    StockLevel,
    StockMove,
    StockReceipt,
    StockReceiptLine,
    Warehouse,
)
from chejian.parties.models import Party

area = Area.of("stock", _("Stock"), Scope.STOCK_READ, Scope.STOCK_WRITE)
LEVEL = {
    "id": "id", "part_id": "part_id", "part_number": "part__number", "part_name": "part__name",
    "unit": "part__unit", "station_id": "warehouse__station_id", "warehouse_id": "warehouse_id",
    "warehouse": "warehouse__name", "bin": "last_bin__code", "quantity": "quantity",
    "reserved": "reserved", "value": "value",
}
MOVE = {
    "id": "id", "part_id": "part_id", "part_number": "part__number", "station_id": "station_id",
    "warehouse_id": "warehouse_id", "bin": "bin__code", "kind": "kind", "quantity": "quantity",
    "value": "value", "label": "label", "occurred_on": "occurred_on", "at": "at",
}
RECEIPT = {
    "id": "id", "number": "number", "kind": "kind", "station_id": "station_id",
    "warehouse_id": "warehouse_id", "supplier_id": "supplier_id", "note": "supplier_note",
    "total_net": "total_net", "total_tax": "total_tax", "occurred_on": "occurred_on", "at": "at",
}
LINE = {
    "id": "id", "part_id": "part_id", "part_number": "part__number", "part_name": "part__name",
    "bin": "bin__code", "quantity": "quantity", "unit_cost": "unit_cost", "net": "net",
    "tax_rate": "tax_rate",
}


def without_costs(
    items: Iterable[dict[str, Any]], user: User, *columns: str
) -> None:
    """Null where the person may not see costs at the row's station."""
    sees = {pk: user.can_at(P.SEE_COST, pk) for pk in user.access.station_ids}
    for item in items:
        if not sees.get(item["station_id"], False):
            item.update(dict.fromkeys(columns))


def _stations(request: ApiRequest, wanted: int | None) -> list[int]:
    """Where the person may see stock, narrowed to the one asked for."""
    mine = request.user.access.stations_with(P.VIEW_STOCK)
    return mine if wanted is None else [pk for pk in mine if pk == wanted]


@area.get("/stock", LevelPage, _("List stock"), P.VIEW_STOCK)
def list_stock(request: ApiRequest, query: Query[StockQuery]) -> dict[str, Any]:
    """Each part in each warehouse. ``held``: only what is there at all."""
    rows = StockLevel.objects.filter(
        warehouse__station_id__in=_stations(request, query.station_id)
    )
    if query.warehouse_id is not None:
        rows = rows.filter(warehouse_id=query.warehouse_id)
    if query.part_id is not None:
        rows = rows.filter(part_id=query.part_id)
    if query.held:
        rows = rows.filter(quantity__gt=0)
    if query.q.strip():
        rows = rows.filter(answering(query.q, "part_id"))
    items, following = page_of(rows, query, LEVEL)
    without_costs(items, request.user, "value")
    return {"items": items, "next": following}


@area.get("/stock/moves", MovePage, _("List stock moves"), P.VIEW_STOCK)
def list_moves(request: ApiRequest, query: Query[MoveQuery]) -> dict[str, Any]:
    """The ledger, newest first."""
    rows = StockMove.objects.filter(station_id__in=_stations(request, query.station_id))
    if query.warehouse_id is not None:
        rows = rows.filter(warehouse_id=query.warehouse_id)
    if query.part_id is not None:
        rows = rows.filter(part_id=query.part_id)
    items, following = page_of(rows, query, MOVE)
    without_costs(items, request.user, "value")
    return {"items": items, "next": following}


def _receipt(pk: int, user: User) -> dict[str, Any]:
    row = StockReceipt.objects.filter(pk=pk).values_list(*RECEIPT.values()).get()
    found = dict(zip(RECEIPT, row, strict=True))
    lines = StockReceiptLine.objects.filter(receipt_id=pk).order_by("pk")
    found["lines"] = [
        dict(zip(LINE, line, strict=True)) for line in lines.values_list(*LINE.values())
    ]
    if not user.can_at(P.SEE_COST, found["station_id"]):
        found |= dict.fromkeys(("total_net", "total_tax"))
        found["lines"] = [one | dict.fromkeys(("unit_cost", "net")) for one in found["lines"]]
    return found


@area.get("/receipts", ReceiptPage, _("List receipts"), P.VIEW_STOCK)
def list_receipts(request: ApiRequest, query: Query[ReceiptQuery]) -> dict[str, Any]:
    """Newest first."""
    rows = StockReceipt.objects.filter(station_id__in=_stations(request, query.station_id))
    items, following = page_of(rows, query, RECEIPT)
    without_costs(items, request.user, "total_net", "total_tax")
    return {"items": items, "next": following}


@area.get("/receipts/{receipt_id}", ReceiptOut, _("One receipt"), P.VIEW_STOCK)
def get_receipt(request: ApiRequest, receipt_id: Id) -> dict[str, Any]:
    """With its lines."""
    rows = StockReceipt.objects.visible_to(request.user)
    return _receipt(fetch(rows, request.user, receipt_id, P.VIEW_STOCK).pk, request.user)


@area.post("/receipts", ReceiptOut, _("Receive goods"), P.RECEIVE_STOCK)
def create_receipt(request: ApiRequest, body: NewReceipt) -> HttpResponse:
    """What comes in fills the orders that wait for it, oldest first."""
    mine = request.user.access.stations_with(P.RECEIVE_STOCK)
    houses: QuerySet[Warehouse] = Warehouse.objects.filter(station_id__in=mine, active=True)
    house = must_pick(houses.select_related("station"), body.warehouse_id, "warehouse_id")
    supplier = pick(Party.objects.live().filter(is_supplier=True), body.supplier_id, "supplier_id")
    parts = Part.objects.select_related("tax_rate").in_bulk(line.part_id for line in body.lines)
    for number, line in enumerate(body.lines):
        if line.part_id not in parts:
            raise NoSuchRow(_("There is no such row, or none that you may see."),
                            field=f"lines.{number}.part_id", id=line.part_id)
    lines = [
        services.ReceiptLine(
            parts[line.part_id], line.quantity, line.unit_cost, line.bin,
            parts[line.part_id].tax_rate.rate if line.tax_rate is None else Decimal(line.tax_rate),
        )
        for line in body.lines
    ]
    return act(
        request,
        lambda at: services.receive(warehouse=house, lines=lines, supplier=supplier,
                                    note=body.note, by=request.user, at=at),
        lambda pk: _receipt(pk, request.user),
    )
