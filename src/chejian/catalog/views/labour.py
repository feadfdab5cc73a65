"""Labour operations."""

from copy import copy
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chejian.accounts.guards import StaffRequest, fetch, staff
from chejian.accounts.listing import show
from chejian.accounts.permissions import P
from chejian.catalog import queries, services
from chejian.catalog.forms import OperationForm
from chejian.catalog.lists import OPERATIONS
from chejian.catalog.models import LabourClass, LabourOperation
from chejian.core.errors import DomainError
from chejian.core.formats import quantity
from chejian.core.side_by_side import status_of
from chejian.parties.formfields import add_refusals


@require_GET
@staff(P.VIEW_CATALOG)
def operations(request: StaffRequest) -> HttpResponse:
    """All operations; beside them the rates of the vehicle classes."""
    return show(
        request, OPERATIONS, "catalog/operations.html",
        classes=list(LabourClass.objects.order_by("pk")),
        can_edit=request.user.can(P.EDIT_CATALOG),
    )


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CATALOG)
def new_operation(request: StaffRequest) -> HttpResponse:
    """A new operation."""
    usual = queries.usual_tax_rate()
    form = OperationForm(
        request.POST or None, user=request.user, initial={"tax_rate": usual.pk if usual else None}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_operation(
                **form.given(), by=request.user, at=timezone.now()
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(name)s was created.") % {"name": made})
            return redirect("operations")
    return _form_page(request, form, None)


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CATALOG)
def operation(request: StaffRequest, pk: int) -> HttpResponse:
    """Change an operation."""
    rows = LabourOperation.objects.visible_to(request.user)
    found = fetch(rows, request.user, pk, P.EDIT_CATALOG)
    form = OperationForm(request.POST or None, instance=copy(found), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_operation(
                operation=found, version=form.cleaned_data["version"] or 0, by=request.user,
                at=timezone.now(), **form.given(),
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": found})
            return redirect("operations")
    return _form_page(request, form, found)


def _form_page(
    request: StaffRequest, form: OperationForm, found: LabourOperation | None
) -> HttpResponse:
    context = {"form": form, "operation": found}
    return render(request, "catalog/operation_form.html", context, status=status_of(form))


@require_GET
@staff(P.VIEW_CATALOG)
def operation_lookup(request: StaffRequest) -> HttpResponse:
    """Search as you type."""
    found = queries.find_operations(request.user, request.GET.get("q", ""))
    return JsonResponse({"results": [lookup_row(operation) for operation in found]})


def lookup_row(found: LabourOperation) -> dict[str, Any]:
    """An operation as the kit's combo wants it."""
    return {
        "id": found.pk,
        "text": found.name,
        "note": f"{found.code} · {quantity(found.flat_hours)} h",
        "badge": found.skill,
        "data": {
            "code": found.code,
            "flat_hours": quantity(found.flat_hours),
            "fixed_price": _plain(found.fixed_price),
        },
    }


def _plain(price: Decimal | None) -> str:
    return "" if price is None else str(price)
