"""What is appended to a car: plates, people, odometer events. One form, one verb each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.parties.formfields import add_refusals
from chejian.vehicles import queries, services
from chejian.vehicles.forms import CorrectionForm, MeterForm, PersonForm, PlateForm, ReadingForm
from chejian.vehicles.models import OdometerEvent, Vehicle, VehicleParty
from chejian.vehicles.views.records import fetch_vehicle, page
from chejian.vehicles.words import MISFITS


def _perform(
    request: StaffRequest,
    found: Vehicle,
    form: forms.Form,
    verb: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """Call the verb with what the form gives; a refusal comes back on the page, at its form."""
    if form.is_valid():
        try:
            made = verb(form.cleaned_data)
        except DomainError as error:
            add_refusals(form, error)
        else:
            warning = getattr(made, "warning", "")
            if warning:
                messages.warning(
                    request, _("Saved, but the reading is %(why)s.") % {"why": MISFITS[warning]}
                )
            else:
                messages.success(request, _("Saved."))
            return redirect("vehicle", found.pk)
    return page(request, found, status=422, **{f"{form.prefix}_form": form})


@require_POST
@staff(P.EDIT_CUSTOMERS)
def plates(request: StaffRequest, pk: int) -> HttpResponse:
    """Another plate."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    form = PlateForm(request.POST, prefix="plate")
    return _perform(
        request, found, form,
        lambda _data: services.change_plate(
            vehicle=found, by=request.user, at=timezone.now(), **form.given()
        ),
    )


@require_POST
@staff(P.EDIT_CUSTOMERS)
def owners(request: StaffRequest, pk: int) -> HttpResponse:
    """Another owner; nobody chosen: the car was sold to somebody unknown."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    return _perform(
        request, found, PersonForm(request.POST, prefix="owner", user=request.user),
        lambda data: services.change_owner(
            vehicle=found, owner=data["party"], from_date=data["from_date"], by=request.user,
            at=timezone.now(),
        ),
    )


@require_POST
@staff(P.EDIT_CUSTOMERS)
def drivers(request: StaffRequest, pk: int) -> HttpResponse:
    """One more driver."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    form = PersonForm(request.POST, prefix="driver", user=request.user)
    form.fields["party"].required = True
    return _perform(
        request, found, form,
        lambda data: services.add_driver(
            vehicle=found, driver=data["party"], from_date=data["from_date"], by=request.user,
            at=timezone.now(),
        ),
    )


@require_POST
@staff(P.EDIT_CUSTOMERS)
def driver_end(request: StaffRequest, pk: int, driver_id: int) -> HttpResponse:
    """He drives it no longer, from today."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    driver = get_object_or_404(
        VehicleParty, pk=driver_id, vehicle=found, role=VehicleParty.Role.DRIVER
    )
    services.end_driver(
        driver=driver, until=timezone.localdate(), by=request.user, at=timezone.now()
    )
    messages.success(request, _("Saved."))
    return redirect("vehicle", pk)


@require_POST
@staff(P.EDIT_CUSTOMERS)
def readings(request: StaffRequest, pk: int) -> HttpResponse:
    """What the meter showed."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    return _perform(
        request, found, ReadingForm(request.POST, prefix="reading"),
        lambda data: services.record_odometer(
            vehicle=found, source=OdometerEvent.Source.STAFF, by=request.user,
            at=timezone.now(), **data,
        ),
    )


@require_POST
@staff(P.EDIT_CUSTOMERS)
def meters(request: StaffRequest, pk: int) -> HttpResponse:
    """Another meter was fitted."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    return _perform(
        request, found, MeterForm(request.POST, prefix="meter"),
        lambda data: services.change_meter(
            vehicle=found, by=request.user, at=timezone.now(), **data
        ),
    )


@require_POST
@staff(P.EDIT_CUSTOMERS)
def corrections(request: StaffRequest, pk: int) -> HttpResponse:
    """A reading was wrong: the right one is appended."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    chain = queries.chain_rows(found)
    events = {row.event.pk: row.event for row in chain}
    form = CorrectionForm(request.POST, prefix="correction", chain=chain)
    return _perform(
        request, found, form,
        lambda data: services.correct_odometer(
            vehicle=found, corrects=events[data["event"]], reading=data["reading"],
            old_reading=data["old_reading"], remark=data["remark"], by=request.user,
            at=timezone.now(),
        ),
    )
