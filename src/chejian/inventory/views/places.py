"""Warehouses of a station and their bins."""

from copy import copy

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chejian.accounts.guards import StaffRequest, fetch, staff, staff_here
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.core.side_by_side import status_of
from chejian.inventory import services
from chejian.inventory.forms import BinForm, WarehouseForm
from chejian.inventory.models import Warehouse
from chejian.parties.formfields import add_refusals


@require_GET
@staff_here(P.VIEW_STOCK)
def warehouses(request: StaffRequest) -> HttpResponse:
    """The present station's warehouses."""
    station_id = request.station.station_id
    rows = (
        Warehouse.objects.visible_to(request.user)
        .filter(station_id=station_id)
        .annotate(
            bin_count=Count("bins", filter=~Q(bins__code=""), distinct=True),
            part_count=Count("levels", filter=Q(levels__quantity__gt=0), distinct=True),
        )
        .order_by("pk")
    )
    context = {
        "warehouses": list(rows),
        "can_edit": request.user.can_at(P.EDIT_WAREHOUSES, station_id),
    }
    return render(request, "inventory/warehouses.html", context)


@require_http_methods(["GET", "POST"])
@staff_here(P.EDIT_WAREHOUSES)
def new_warehouse(request: StaffRequest) -> HttpResponse:
    """Add a warehouse to the present station."""
    form = WarehouseForm(request.POST or None)
    del form.fields["active"]
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_warehouse(
                station_id=request.station.station_id, by=request.user, at=timezone.now(),
                **form.cleaned_data,
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(name)s was created.") % {"name": made.name})
            return redirect("warehouse", made.pk)
    context = {"form": form, "warehouse": None}
    status = 422 if form.is_bound else 200
    return render(request, "inventory/warehouse.html", context, status=status)


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_WAREHOUSES)
def warehouse(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a warehouse; its bins stand below."""
    found = _fetch(request, pk)
    form = WarehouseForm(request.POST or None, instance=copy(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_warehouse(
                warehouse=found, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": found.name})
            return redirect("warehouses")
    return _page(request, found, form, BinForm(prefix="bin"))


@require_http_methods(["POST"])
@staff(P.EDIT_WAREHOUSES)
def bins(request: StaffRequest, pk: int) -> HttpResponse:
    """Add a bin to a warehouse."""
    found = _fetch(request, pk)
    form = BinForm(request.POST, prefix="bin")
    if form.is_valid():
        try:
            services.create_bin(
                warehouse=found, code=form.cleaned_data["code"], by=request.user,
                at=timezone.now(),
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            return redirect("warehouse", pk)
    return _page(request, found, WarehouseForm(instance=found), form)


def _fetch(request: StaffRequest, pk: int) -> Warehouse:
    rows = Warehouse.objects.visible_to(request.user)
    return fetch(rows, request.user, pk, P.EDIT_WAREHOUSES)


def _page(
    request: StaffRequest, found: Warehouse, form: WarehouseForm, bin_form: BinForm
) -> HttpResponse:
    kept = (
        found.bins.exclude(code="")
        .annotate(part_count=Count("levels", filter=Q(levels__quantity__gt=0)))
        .order_by("code")
    )
    context = {"form": form, "warehouse": found, "bins": list(kept), "bin_form": bin_form}
    status = 422 if bin_form.is_bound else status_of(form)
    return render(request, "inventory/warehouse.html", context, status=status)
