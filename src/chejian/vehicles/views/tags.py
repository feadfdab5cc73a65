"""Tags of a car: put and taken off."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.parties.models import Tag
from chejian.parties.views.tags import asked_tag
from chejian.vehicles import services
from chejian.vehicles.views.records import fetch_vehicle


@require_POST
@staff(P.EDIT_CUSTOMERS)
def vehicle_tags(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a tag to the car."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    services.tag_vehicle(vehicle=found, **asked_tag(request), by=request.user, at=timezone.now())
    return redirect("vehicle", pk)


@require_POST
@staff(P.EDIT_CUSTOMERS)
def vehicle_untag(request: StaffRequest, pk: int, tag_id: int) -> HttpResponse:
    """Take it off again."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    tag = get_object_or_404(Tag, pk=tag_id, vehicles__vehicle=found)
    services.untag_vehicle(vehicle=found, tag=tag, by=request.user, at=timezone.now())
    return redirect("vehicle", pk)
