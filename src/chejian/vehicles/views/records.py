"""One car: its page, its data, and registering a new one."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.permissions import P
from chejian.core import panels
from chejian.core.errors import Conflict, DomainError
from chejian.core.versions import conflict_rows
from chejian.parties.formfields import add_refusals
from chejian.parties.models import Party, TagColour
from chejian.parties.queries import offered_tags
from chejian.vehicles import inspection, queries, services, words
from chejian.vehicles.forms import (
    CorrectionForm,
    MeterForm,
    NewVehicleForm,
    PersonForm,
    PlateForm,
    ReadingForm,
    VehicleForm,
)
from chejian.vehicles.models import Vehicle
from chejian.vehicles.vin import PROBLEM_TEXT, VinProblem


def fetch_vehicle(request: StaffRequest, pk: int, *permissions: str) -> Vehicle:
    return fetch(
        Vehicle.objects.visible_to(request.user).select_related("owner"), request.user, pk,
        *permissions,
    )


@require_GET
@staff(P.VIEW_CUSTOMERS)
def vehicle(request: StaffRequest, pk: int) -> HttpResponse:
    """The car's page; one that was merged leads to the one that was kept."""
    found = fetch_vehicle(request, pk)
    if found.merged_into_id is not None:
        messages.info(request, _("%(name)s was merged into this car.") % {"name": str(found)})
        return redirect("vehicle", found.merged_into_id)
    return page(request, found)


def page(
    request: StaffRequest, found: Vehicle, *, status: int = 200, **wrong: Any
) -> HttpResponse:
    """The page of one car; ``wrong`` holds a form that was refused, by its name."""
    may_merge = request.user.can(P.MERGE_CUSTOMERS)
    queries.pin_ids(found)
    chain = queries.chain_rows(found)
    tags = queries.tags_of(found)
    context: dict[str, Any] = {
        "vehicle": found,
        "vin_problem": PROBLEM_TEXT[VinProblem(found.vin_warning)] if found.vin_warning else "",
        "inspection": _inspection(found),
        "today": timezone.localdate(),
        "chain": chain,
        "misfits": words.MISFITS,
        "plates": queries.plate_history(found),
        "people": queries.people(found),
        "panels": panels.panels("vehicle", request, found),
        "duplicates": queries.possible_duplicates(found) if may_merge else [],
        "reasons": words.REASONS,
        "timeline": words.timeline(queries.happenings(found)),
        "correction_form": CorrectionForm(
            prefix="correction", chain=chain, initial={"event": request.GET.get("correct")}
        ),
        "correcting": "correct" in request.GET,
        "can_edit": request.user.can(P.EDIT_CUSTOMERS),
        "can_merge": may_merge,
        "may_receive": P.OPEN_ORDER in request.station.permissions,
        "tagged": tags,
        "offered": offered_tags(tags) if request.user.can(P.EDIT_CUSTOMERS) else [],
        "colours": TagColour.choices,
        "tag_url": reverse("vehicle_tags", args=[found.pk]),
        "untag_url": lambda tag_id: reverse("vehicle_untag", args=[found.pk, tag_id]),
        "merges": queries.merges_into(found, timezone.now()),
        "undo_url": lambda merge_id: reverse("unmerge_vehicle", args=[found.pk, merge_id]),
        **_forms(request, found),
    }
    return render(request, "vehicles/page.html", {**context, **wrong}, status=status)


def _forms(request: StaffRequest, found: Vehicle) -> dict[str, forms.Form]:
    today = timezone.localdate()
    return {
        "plate_form": PlateForm(prefix="plate", initial={"on": today}),
        "owner_form": PersonForm(
            prefix="owner", user=request.user, initial={"from_date": today}
        ),
        "driver_form": PersonForm(
            prefix="driver", user=request.user, initial={"from_date": today}
        ),
        "reading_form": ReadingForm(prefix="reading", initial={"read_on": today}),
        "meter_form": MeterForm(
            prefix="meter", initial={"read_on": today, "old_reading": found.odometer}
        ),
    }


def _inspection(found: Vehicle) -> inspection.Inspection | None:
    """By the rule, where the rule holds and no date is known from the paper."""
    if found.registered_on is None or found.inspection_until is not None:
        return None
    if not inspection.covered(plate_kind=found.plate_kind, body=found.body):
        return None
    return inspection.next_inspection(found.registered_on, timezone.localdate())


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CUSTOMERS)
def new_vehicle(request: StaffRequest) -> HttpResponse:
    """Register a car; its owner may be given in the address (``?owner=``)."""
    start = {"owner": request.GET.get("owner", ""), "plate": request.GET.get("plate", "")}
    form = NewVehicleForm(request.POST or None, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register_vehicle(
                **form.given(), by=request.user, at=timezone.now(),
                key=form.cleaned_data["key"],
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(name)s was registered.") % {"name": str(made)})
            return redirect("vehicle", made.pk)
    context: dict[str, Any] = {
        "form": form, "vehicle": None, "conflict": [],
        "owner": _chosen_owner(request, form),
    }
    return render(request, "vehicles/form.html", context, status=422 if form.is_bound else 200)


def _chosen_owner(request: StaffRequest, form: NewVehicleForm) -> Party | None:
    given = str(form["owner"].value() or "")
    rows = Party.objects.visible_to(request.user).live()
    return rows.filter(pk=int(given)).first() if given.isdecimal() else None


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CUSTOMERS)
def edit_vehicle(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the data. When somebody else was quicker, both values are shown."""
    found = fetch_vehicle(request, pk, P.EDIT_CUSTOMERS)
    form = VehicleForm(request.POST or None, instance=copy(found))
    conflict: list[dict[str, str]] = []
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.update_vehicle(
                vehicle=found, version=form.cleaned_data["version"] or 0, by=request.user,
                at=timezone.now(), **form.given(),
            )
        except Conflict as error:
            conflict, status = conflict_rows(error, Vehicle), 409
            named = request.POST.copy()
            named["version"] = str(error.data["version"])
            form.data = named
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("vehicle", pk)
    context = {"form": form, "vehicle": found, "conflict": conflict, "owner": None}
    return render(
        request, "vehicles/form.html", context, status=409 if form.conflict else status
    )
