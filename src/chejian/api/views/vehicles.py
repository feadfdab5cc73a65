"""Cars over the API."""

from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query

from chejian.accounts.guards import fetch
from chejian.accounts.permissions import P
from chejian.accounts.scopes import Scope
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id, Keyset
from chejian.api.operating import Area, act, must_pick, pick
from chejian.api.paging import page_of
from chejian.api.schemas.vehicles import (
    NewDriver,
    NewMeter,
    NewOwner,
    NewPlate,
    NewReading,
    NewVehicle,
    ReadingCorrection,
    ReadingOut,
    ReadingPage,
    VehicleOut,
    VehiclePage,
    VehiclePatch,
    VehicleQuery,
)
from chejian.api.versions import edit, version_of
from chejian.api.views import customers
from chejian.parties.models import Tag
from chejian.vehicles import queries, services
from chejian.vehicles.models import (
    OdometerEvent,
    PlateChange,
    Vehicle,
    VehicleParty,
    VehicleQuerySet,
)

area = Area.of("vehicles", _("Vehicles"), Scope.VEHICLES_READ, Scope.VEHICLES_WRITE)
ROW = {
    name: name for name in (
        "id", "plate", "plate_kind", "vin", "make", "series", "model", "model_year",
        "powertrain", "odometer", "owner_id", "last_visit_on", "version", "created_at",
    )
} | {"owner_name": "owner__name"}
WHOLE = ROW | {
    name: name for name in (
        "plate_colour", "vin_warning", "engine_no", "colour", "body", "labour_class",
        "registered_on", "insurer_name", "insurance_until", "inspection_until", "total_km",
        "remarks", "merged_into_id",
    )
}
READING = {
    name: name for name in (
        "id", "kind", "source", "reading", "total_km", "old_reading", "corrects_id", "warning",
        "label", "remark", "read_on", "at",
    )
}


def rows_of(request: ApiRequest) -> VehicleQuerySet:
    return Vehicle.objects.visible_to(request.user)


def find(request: ApiRequest, pk: int, *permissions: str) -> Vehicle:
    return fetch(rows_of(request), request.user, pk, *permissions)


def shown(pk: int) -> dict[str, Any]:
    """One car with its plates, people and tags: four statements."""
    row = Vehicle.objects.filter(pk=pk).values_list(*WHOLE.values()).get()
    found = dict(zip(WHOLE, row, strict=True))
    plates = PlateChange.objects.filter(vehicle_id=pk).order_by("-from_date", "-pk")
    found["plates"] = list(plates.values("plate", "plate_kind", "from_date", "until_date"))
    people = VehicleParty.objects.filter(vehicle_id=pk).order_by("-pk")
    found["people"] = list(people.values(
        "id", "role", "from_date", "until_date", customer_id=F("party_id"), name=F("party__name")
    ))
    found["tags"] = list(Tag.objects.filter(vehicles__vehicle_id=pk).values(*customers.TAG))
    return found


def _reading(pk: int) -> dict[str, Any]:
    found: dict[str, Any] = OdometerEvent.objects.filter(pk=pk).values(*READING).get()
    return found


@area.get("/vehicles", VehiclePage, _("List vehicles"), P.VIEW_CUSTOMERS)
def list_vehicles(request: ApiRequest, query: Query[VehicleQuery]) -> dict[str, Any]:
    """Newest first. ``q`` finds by any part of plate or VIN, make, or the owner's name or phone."""
    rows = rows_of(request).live()
    if query.owner_id is not None:
        rows = rows.filter(owner_id=query.owner_id)
    if query.tag_id is not None:
        rows = rows.filter(tags__tag_id=query.tag_id)
    items, following = page_of(queries.matching(rows, query.q).rows, query, ROW)
    return {"items": items, "next": following}


@area.get("/vehicles/{vehicle_id}", VehicleOut, _("One vehicle"), P.VIEW_CUSTOMERS, tagged=True)
def get_vehicle(request: ApiRequest, vehicle_id: Id) -> dict[str, Any]:
    """With its plates and people over time."""
    return shown(find(request, vehicle_id).pk)


@area.post("/vehicles", VehicleOut, _("Register a vehicle"), P.EDIT_CUSTOMERS, tagged=True)
def create_vehicle(request: ApiRequest, body: NewVehicle) -> HttpResponse:
    """Make and year are decoded from the VIN where they are left empty."""
    given = body.model_dump(exclude={"owner_id"})
    owner = pick(customers.rows_of(request).live(), body.owner_id, "owner_id")
    return act(
        request,
        lambda at: services.register_vehicle(**given, owner=owner, by=request.user, at=at), shown,
    )


@area.patch("/vehicles/{vehicle_id}", VehicleOut, _("Change a vehicle"), P.EDIT_CUSTOMERS)
def update_vehicle(request: ApiRequest, vehicle_id: Id, body: VehiclePatch) -> HttpResponse:
    """What is left out stays. Plate, owner and odometer have operations of their own."""
    vehicle = find(request, vehicle_id, P.EDIT_CUSTOMERS)
    version = version_of(request, vehicle.version)
    return edit(
        lambda: services.update_vehicle(vehicle=vehicle, version=version, by=request.user,
                                        at=timezone.now(), **body.given()),
        lambda: shown(vehicle.pk),
    )


@area.post("/vehicles/{vehicle_id}/plates", VehicleOut, _("Change the plate"), P.EDIT_CUSTOMERS,
           tagged=True)
def change_plate(request: ApiRequest, vehicle_id: Id, body: NewPlate) -> HttpResponse:
    """The old plate stays in the car's history."""
    vehicle = find(request, vehicle_id, P.EDIT_CUSTOMERS)
    return act(
        request,
        lambda at: services.change_plate(
            vehicle=vehicle, plate=body.plate, kind=body.kind, on=body.since,
            take_over=body.take_over, correction=body.correction, by=request.user, at=at,
        ), shown,
    )


@area.post("/vehicles/{vehicle_id}/owners", VehicleOut, _("Change the owner"), P.EDIT_CUSTOMERS,
           tagged=True)
def change_owner(request: ApiRequest, vehicle_id: Id, body: NewOwner) -> HttpResponse:
    """From a day on; the former owner stays in the car's history."""
    vehicle = find(request, vehicle_id, P.EDIT_CUSTOMERS)
    owner = pick(customers.rows_of(request).live(), body.customer_id, "customer_id")
    return act(
        request,
        lambda at: services.change_owner(
            vehicle=vehicle, owner=owner, from_date=body.since or timezone.localdate(at),
            by=request.user, at=at,
        ), shown,
    )


@area.post("/vehicles/{vehicle_id}/drivers", VehicleOut, _("Add a driver"), P.EDIT_CUSTOMERS,
           tagged=True)
def add_driver(request: ApiRequest, vehicle_id: Id, body: NewDriver) -> HttpResponse:
    """Another person who drives the car; twice the same changes nothing."""
    vehicle = find(request, vehicle_id, P.EDIT_CUSTOMERS)
    driver = must_pick(customers.rows_of(request).live(), body.customer_id, "customer_id")
    return act(
        request,
        lambda at: services.add_driver(
            vehicle=vehicle, driver=driver, from_date=body.since or timezone.localdate(at),
            by=request.user, at=at,
        ), lambda _pk: shown(vehicle.pk),
    )


@area.post("/vehicles/{vehicle_id}/drivers/{driver_id}/endings", VehicleOut,
           _("End a driver's time"), P.EDIT_CUSTOMERS, tagged=True)
def end_driver(request: ApiRequest, vehicle_id: Id, driver_id: Id) -> HttpResponse:
    """He drives the car no longer; his time stays in the history."""
    vehicle = find(request, vehicle_id, P.EDIT_CUSTOMERS)
    driver = get_object_or_404(
        VehicleParty, pk=driver_id, vehicle=vehicle, role=VehicleParty.Role.DRIVER
    )
    return act(
        request,
        lambda at: services.end_driver(
            driver=driver, until=timezone.localdate(at), by=request.user, at=at
        ), lambda _pk: shown(vehicle.pk),
    )


@area.get("/vehicles/{vehicle_id}/readings", ReadingPage, _("The odometer's chain"),
          P.VIEW_CUSTOMERS)
def list_readings(
    request: ApiRequest, vehicle_id: Id, query: Query[Keyset]
) -> dict[str, Any]:
    """Every reading, correction and meter change, newest first."""
    vehicle = find(request, vehicle_id)
    rows = OdometerEvent.objects.filter(vehicle_id__in=queries.vehicle_ids(vehicle))
    items, following = page_of(rows, query, READING)
    return {"items": items, "next": following}


@area.post("/vehicles/{vehicle_id}/readings", ReadingOut, _("Record a reading"),
           P.EDIT_CUSTOMERS)
def record_reading(request: ApiRequest, vehicle_id: Id, body: NewReading) -> HttpResponse:
    """A reading below the last is kept with a warning, never refused."""
    vehicle = find(request, vehicle_id, P.EDIT_CUSTOMERS)
    return act(
        request,
        lambda at: services.record_odometer(
            vehicle=vehicle, reading=body.reading, source=body.source,
            read_on=body.read_on or timezone.localdate(at), by=request.user, at=at,
        ), _reading,
    )


@area.post("/vehicles/{vehicle_id}/meters", ReadingOut, _("Record a new meter"),
           P.EDIT_CUSTOMERS)
def change_meter(request: ApiRequest, vehicle_id: Id, body: NewMeter) -> HttpResponse:
    """The old meter's kilometres are carried on."""
    vehicle = find(request, vehicle_id, P.EDIT_CUSTOMERS)
    return act(
        request,
        lambda at: services.change_meter(
            vehicle=vehicle, old_reading=body.old_reading, new_start=body.new_start,
            read_on=body.read_on or timezone.localdate(at), remark=body.remark, by=request.user,
            at=at,
        ), _reading,
    )


@area.post("/vehicles/{vehicle_id}/corrections", ReadingOut, _("Correct a reading"),
           P.EDIT_CUSTOMERS)
def correct_reading(request: ApiRequest, vehicle_id: Id, body: ReadingCorrection) -> HttpResponse:
    """The wrong one stays in the chain; the right one takes its place."""
    vehicle = find(request, vehicle_id, P.EDIT_CUSTOMERS)
    events = OdometerEvent.objects.filter(vehicle_id__in=queries.vehicle_ids(vehicle))
    wrong = must_pick(events, body.corrects_id, "corrects_id")
    return act(
        request,
        lambda at: services.correct_odometer(
            vehicle=vehicle, corrects=wrong, reading=body.reading, old_reading=body.old_reading,
            remark=body.remark, by=request.user, at=at,
        ), _reading,
    )
