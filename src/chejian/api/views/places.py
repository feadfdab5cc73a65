"""Warehouses and their bins over the API."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.guards import fetch
from chejian.accounts.permissions import P
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import act, one_station
from chejian.api.schemas.stock import (
    NewBin,
    NewWarehouse,
    WarehouseChange,
    WarehouseList,
    WarehouseOut,
)
from chejian.api.versions import replace, stamped
from chejian.api.views.stock import area
from chejian.inventory import services
from chejian.inventory.models import Bin, Warehouse

ROW = ("id", "station_id", "code", "name", "active")


def _shown(pk: int) -> dict[str, Any]:
    row = Warehouse.objects.filter(pk=pk).values(*ROW).get()
    bins = Bin.objects.filter(warehouse_id=pk).exclude(code="").order_by("code")
    return stamped(row) | {"bins": list(bins.values("id", "code"))}


def _find(request: ApiRequest, pk: int, permission: P) -> Warehouse:
    return fetch(Warehouse.objects.visible_to(request.user), request.user, pk, permission)


@area.get("/warehouses", WarehouseList, _("List warehouses"), P.VIEW_STOCK)
def list_warehouses(request: ApiRequest) -> dict[str, Any]:
    """Of the stations where the person may see stock."""
    mine = request.user.access.stations_with(P.VIEW_STOCK)
    rows: QuerySet[Warehouse] = Warehouse.objects.filter(station_id__in=mine).order_by("pk")
    return {"items": list(rows.values(*ROW))}


@area.get("/warehouses/{warehouse_id}", WarehouseOut, _("One warehouse"), P.VIEW_STOCK,
          tagged=True)
def get_warehouse(request: ApiRequest, warehouse_id: Id) -> dict[str, Any]:
    """With its bins."""
    return _shown(_find(request, warehouse_id, P.VIEW_STOCK).pk)


@area.post("/warehouses", WarehouseOut, _("Create a warehouse"), P.EDIT_WAREHOUSES, tagged=True)
def create_warehouse(request: ApiRequest, body: NewWarehouse) -> HttpResponse:
    """At the station named, else at the person's only one."""
    station_id = one_station(request, body.station_id)
    return act(
        request,
        lambda at: services.create_warehouse(station_id=station_id, code=body.code,
                                             name=body.name, by=request.user, at=at),
        _shown,
    )


@area.put("/warehouses/{warehouse_id}", WarehouseOut, _("Change a warehouse"), P.EDIT_WAREHOUSES)
def update_warehouse(
    request: ApiRequest, warehouse_id: Id, body: WarehouseChange
) -> HttpResponse:
    """Code, name, and whether it is in use."""
    found = _find(request, warehouse_id, P.EDIT_WAREHOUSES)
    return replace(
        request, Warehouse.objects.filter(pk=found.pk), lambda: _shown(found.pk),
        lambda: services.update_warehouse(warehouse=found, by=request.user, at=timezone.now(),
                                          **body.model_dump()),
    )


@area.post("/warehouses/{warehouse_id}/bins", WarehouseOut, _("Add a bin"), P.EDIT_WAREHOUSES,
           tagged=True)
def create_bin(request: ApiRequest, warehouse_id: Id, body: NewBin) -> HttpResponse:
    """A place of the warehouse, by its code."""
    found = _find(request, warehouse_id, P.EDIT_WAREHOUSES)
    return act(
        request,
        lambda at: services.create_bin(warehouse=found, code=body.code, by=request.user, at=at),
        lambda _pk: _shown(found.pk),
    )
