"""The list of cars, and search as you type for every screen that begins with a plate."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.listing import show
from chejian.accounts.permissions import P
from chejian.core.formats import masked_phone
from chejian.core.fragments import render_block
from chejian.vehicles import queries
from chejian.vehicles.lists import VEHICLES
from chejian.vehicles.models import Vehicle


@require_GET
@staff(P.VIEW_CUSTOMERS)
def vehicles(request: StaffRequest) -> HttpResponse:
    """All cars."""
    return show(
        request, VEHICLES, "vehicles/list.html", can_edit=request.user.can(P.EDIT_CUSTOMERS)
    )


@require_GET
@staff(P.VIEW_CUSTOMERS)
def vehicle_lookup(request: StaffRequest) -> HttpResponse:
    """By plate part, VIN tail, phone or name: rows for a combo, or a fragment for HTMX."""
    found = queries.find_vehicles(request.user, request.GET.get("q", ""))
    if request.headers.get("HX-Request"):
        return render_block(request, "vehicles/lookup.html", "matches", {"vehicles": found})
    return JsonResponse({"results": [_row(vehicle) for vehicle in found]})


def _row(vehicle: Vehicle) -> dict[str, Any]:
    owner = vehicle.owner
    words = [vehicle.car_name, owner.name if owner else ""]
    return {
        "id": vehicle.pk,
        "text": str(vehicle),
        "note": " · ".join(word for word in words if word),
        "badge": "",
        "data": {
            "plate": vehicle.plate,
            "colour": vehicle.plate_colour,
            "car": vehicle.car_name,
            "vin": vehicle.vin,
            "odometer": vehicle.odometer,
            "owner": owner.pk if owner else None,
            "owner_name": owner.name if owner else "",
            "owner_phone": masked_phone(owner.phone) if owner else "",
            "url": reverse("vehicle", args=[vehicle.pk]),
        },
    }
