"""Two records of a car side by side: which one stays, and what it takes from the other."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.parties.errors import CannotUnmerge
from chejian.parties.formfields import add_refusals
from chejian.vehicles import queries, services, words
from chejian.vehicles.forms import MergeForm
from chejian.vehicles.models import Vehicle, VehicleMerge
from chejian.vehicles.services.merging import CHOOSABLE
from chejian.vehicles.views.records import fetch_vehicle


@require_http_methods(["GET", "POST"])
@staff(P.MERGE_CUSTOMERS)
def merge_vehicle(request: StaffRequest, pk: int) -> HttpResponse:
    """``pk`` stays, ``other`` is taken up. Without ``other`` the car is searched first."""
    keep = fetch_vehicle(request, pk, P.MERGE_CUSTOMERS)
    form = MergeForm(request.POST or None, choosable=CHOOSABLE)
    absorb = _other(request, keep)
    if request.method == "POST" and absorb is not None and form.is_valid():
        try:
            services.merge_vehicles(
                keep=keep, absorb=absorb, reason=form.cleaned_data["reason"],
                take=form.cleaned_data["take"], by=request.user, at=timezone.now(),
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(
                request, _("%(name)s was merged into this car.") % {"name": str(absorb)}
            )
            return redirect("vehicle", pk)
    text = request.GET.get("q", "")
    found = queries.find_vehicles(request.user, text)
    context: dict[str, Any] = {
        "vehicle": keep,
        "other": absorb,
        "form": form,
        "rows": _rows(keep, absorb) if absorb else [],
        "duplicates": [] if absorb else queries.possible_duplicates(keep),
        "found": [] if absorb else [one for one in found if one != keep],
        "q": text,
        "reasons": words.REASONS,
    }
    return render(request, "vehicles/merge.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff(P.MERGE_CUSTOMERS)
def unmerge_vehicle(request: StaffRequest, pk: int, merge_id: int) -> HttpResponse:
    """Part two records that were taken for one. A refusal is told on the page."""
    kept = fetch_vehicle(request, pk, P.MERGE_CUSTOMERS)
    merge = get_object_or_404(
        VehicleMerge.objects.select_related("absorbed"), pk=merge_id, kept=kept
    )
    try:
        services.unmerge_vehicles(merge=merge, by=request.user, at=timezone.now())
    except CannotUnmerge as error:
        messages.error(request, str(error))
        return redirect("vehicle", pk)
    messages.success(
        request,
        pgettext("car", "%(name)s is a record of its own again.") % {"name": str(merge.absorbed)},
    )
    return redirect("vehicle", merge.absorbed_id)


def _other(request: StaffRequest, keep: Vehicle) -> Vehicle | None:
    given = request.POST.get("other") or request.GET.get("other")
    if not given:
        return None
    if not given.isdecimal() or int(given) == keep.pk:
        raise Http404
    return fetch_vehicle(request, int(given))


def _rows(keep: Vehicle, absorb: Vehicle) -> list[dict[str, Any]]:
    """Every field in which the two differ; ticked where the kept record has nothing."""
    rows = []
    for name in CHOOSABLE:
        mine, theirs = words.shown(keep, name), words.shown(absorb, name)
        if theirs and mine != theirs:
            rows.append(
                {
                    "name": name,
                    "label": words.label(name),
                    "mine": mine,
                    "theirs": theirs,
                    "filled": not mine,
                }
            )
    return rows
