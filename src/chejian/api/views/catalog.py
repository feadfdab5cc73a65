"""Parts and labour over the API."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Query, UploadedFile
from pydantic import StringConstraints

from chejian.accounts.guards import fetch
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.accounts.scopes import Scope
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import Area, act, must_pick
from chejian.api.paging import page_of
from chejian.api.schemas.catalog import (
    NewOperation,
    NewPart,
    OperationOut,
    OperationPage,
    OperationPatch,
    OperationQuery,
    PartOut,
    PartPage,
    PartPatch,
    PartQuery,
)
from chejian.api.versions import edit, version_of
from chejian.catalog import queries, services
from chejian.catalog.models import (
    LabourOperation,
    Part,
    PartNumber,
    PartPicture,
    TaxRate,
)
from chejian.inventory.costing import average
from chejian.inventory.models import StockLevel

area = Area.of("catalog", _("Parts and labour"), Scope.CATALOG_READ, Scope.CATALOG_WRITE)
Caption = Annotated[str, StringConstraints(max_length=60)]
ROW = {
    name: name for name in (
        "id", "number", "name", "spec", "brand", "origin", "unit", "barcode", "retail_price",
        "member_price", "contract_price", "wholesale_price", "claim_price", "safety_stock",
        "active", "version", "created_at",
    )
} | {"tax_rate": "tax_rate__rate"}
WHOLE = ROW | {"fitment": "fitment", "remarks": "remarks"}
OPERATION = {
    name: name
    for name in ("id", "code", "name", "flat_hours", "fixed_price", "skill", "active", "version")
} | {"tax_rate": "tax_rate__rate"}


def rows_of(request: ApiRequest) -> QuerySet[Part]:
    return Part.objects.visible_to(request.user)


def find(request: ApiRequest, pk: int, *permissions: str) -> Part:
    return fetch(rows_of(request), request.user, pk, *permissions)


def shown(pk: int, user: User) -> dict[str, Any]:
    """One part with its numbers, pictures and places: four statements."""
    row = Part.objects.filter(pk=pk).values_list(*WHOLE.values()).get()
    found = dict(zip(WHOLE, row, strict=True))
    numbers = list(PartNumber.objects.filter(part_id=pk).order_by("pk").values_list(
        "kind", "number"
    ))
    for kind in PartNumber.Kind.values:
        found[f"{kind}_numbers"] = [number for named, number in numbers if named == kind]
    pictures = PartPicture.objects.filter(part_id=pk).order_by("position", "pk")
    found["pictures"] = list(pictures.values("id", "file_id", "caption"))
    found["stock"] = _places(pk, user)
    return found


def _places(pk: int, user: User) -> list[dict[str, Any]]:
    levels = StockLevel.objects.filter(
        part_id=pk, warehouse__station_id__in=user.access.stations_with(P.VIEW_STOCK)
    ).order_by("warehouse_id").values_list(
        "warehouse__station_id", "warehouse_id", "warehouse__name", "last_bin__code",
        "quantity", "reserved", "value",
    )
    return [
        {"station_id": station, "warehouse_id": house, "warehouse": name, "bin": code or "",
         "quantity": quantity, "reserved": reserved,
         "average_cost": average(quantity, value) if user.can_at(P.SEE_COST, station) else None}
        for station, house, name, code, quantity, reserved, value in levels
    ]


def _rate(pk: int | None) -> TaxRate:
    if pk is not None:
        return must_pick(TaxRate.objects.all(), pk, "tax_rate_id")
    return queries.usual_tax_rate() or TaxRate.objects.earliest("pk")


def _with_rate(given: dict[str, Any]) -> dict[str, Any]:
    if "tax_rate_id" in given:
        given["tax_rate"] = _rate(given.pop("tax_rate_id"))
    return given


@area.get("/parts", PartPage, _("List parts"), P.VIEW_CATALOG)
def list_parts(request: ApiRequest, query: Query[PartQuery]) -> dict[str, Any]:
    """Newest first. ``q`` finds by number, OE or interchange number, barcode, name, pinyin."""
    rows = rows_of(request)
    if query.active is not None:
        rows = rows.filter(active=query.active)
    items, following = page_of(queries.matching(rows, query.q), query, ROW)
    return {"items": items, "next": following}


@area.get("/parts/{part_id}", PartOut, _("One part"), P.VIEW_CATALOG, tagged=True)
def get_part(request: ApiRequest, part_id: Id) -> dict[str, Any]:
    """With its further numbers, its pictures and where it lies."""
    return shown(find(request, part_id).pk, request.user)


@area.post("/parts", PartOut, _("Create a part"), P.EDIT_CATALOG, tagged=True)
def create_part(request: ApiRequest, body: NewPart) -> HttpResponse:
    """List prices need a permission of their own."""
    given = _with_rate(body.model_dump())
    return act(
        request, lambda at: services.create_part(**given, by=request.user, at=at),
        lambda pk: shown(pk, request.user),
    )


@area.patch("/parts/{part_id}", PartOut, _("Change a part"), P.EDIT_CATALOG)
def update_part(request: ApiRequest, part_id: Id, body: PartPatch) -> HttpResponse:
    """What is left out stays."""
    part = find(request, part_id, P.EDIT_CATALOG)
    version = version_of(request, part.version)
    given = _with_rate(body.given())
    return edit(
        lambda: services.update_part(part=part, version=version, by=request.user,
                                     at=timezone.now(), **given),
        lambda: shown(part.pk, request.user),
    )


@area.post("/parts/{part_id}/pictures", PartOut, _("Add a picture"), P.EDIT_CATALOG, tagged=True)
def add_picture(
    request: ApiRequest, part_id: Id, picture: File[UploadedFile],
    caption: Form[Caption | None] = None,
) -> HttpResponse:
    """JPEG, PNG, WebP or HEIC, judged by its content and freed of its place and time."""
    part = find(request, part_id, P.EDIT_CATALOG)
    return act(
        request,
        lambda at: services.add_picture(
            part=part, source=picture.file, name=picture.name or "",  # type: ignore[arg-type]
            caption=caption or "", by=request.user, at=at,
        ), lambda _pk: shown(part.pk, request.user),
    )


@area.post("/parts/{part_id}/pictures/{picture_id}/removals", PartOut, _("Take a picture off"),
           P.EDIT_CATALOG, tagged=True)
def remove_picture(request: ApiRequest, part_id: Id, picture_id: Id) -> HttpResponse:
    """The file itself is kept."""
    part = find(request, part_id, P.EDIT_CATALOG)

    def verb(at: datetime) -> Part:
        picture = get_object_or_404(part.pictures, pk=picture_id)
        return services.remove_picture(picture=picture, by=request.user, at=at)

    return act(request, verb, lambda pk: shown(pk, request.user))


def _operation(pk: int) -> dict[str, Any]:
    row = LabourOperation.objects.filter(pk=pk).values_list(*OPERATION.values()).get()
    return dict(zip(OPERATION, row, strict=True))


def find_operation(request: ApiRequest, pk: int, *permissions: str) -> LabourOperation:
    rows = LabourOperation.objects.visible_to(request.user)
    return fetch(rows, request.user, pk, *permissions)


@area.get("/operations", OperationPage, _("List labour operations"), P.VIEW_CATALOG)
def list_operations(request: ApiRequest, query: Query[OperationQuery]) -> dict[str, Any]:
    """Newest first. ``q`` finds by code, name, pinyin."""
    rows = LabourOperation.objects.visible_to(request.user)
    found = queries.operations_matching(rows, query.q)
    items, following = page_of(found, query, OPERATION)
    return {"items": items, "next": following}


@area.get("/operations/{operation_id}", OperationOut, _("One labour operation"), P.VIEW_CATALOG,
          tagged=True)
def get_operation(request: ApiRequest, operation_id: Id) -> dict[str, Any]:
    """Flat hours at the car's class rate, or a fixed price."""
    return _operation(find_operation(request, operation_id).pk)


@area.post("/operations", OperationOut, _("Create a labour operation"), P.EDIT_CATALOG,
           tagged=True)
def create_operation(request: ApiRequest, body: NewOperation) -> HttpResponse:
    """A fixed price needs a permission of its own."""
    given = _with_rate(body.model_dump())
    return act(
        request, lambda at: services.create_operation(**given, by=request.user, at=at),
        _operation,
    )


@area.patch("/operations/{operation_id}", OperationOut, _("Change a labour operation"),
            P.EDIT_CATALOG)
def update_operation(
    request: ApiRequest, operation_id: Id, body: OperationPatch
) -> HttpResponse:
    """What is left out stays."""
    operation = find_operation(request, operation_id, P.EDIT_CATALOG)
    version = version_of(request, operation.version)
    given = _with_rate(body.given())
    return edit(
        lambda: services.update_operation(operation=operation, version=version, by=request.user,
                                          at=timezone.now(), **given),
        lambda: _operation(operation.pk),
    )
