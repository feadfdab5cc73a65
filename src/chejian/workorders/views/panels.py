"""The panels of the cockpit: one alone, or all of them as they are now."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.workorders import panels as cockpit
from chejian.workorders.views.answering import all_panels, find_order

LOOKERS = (P.VIEW_ORDERS, P.VIEW_OWN_ORDERS)


@require_GET
@staff(*LOOKERS)
def order_panels(request: StaffRequest, pk: int) -> HttpResponse:
    return all_panels(request, find_order(request, pk, *LOOKERS))


@require_GET
@staff(*LOOKERS)
def order_panel(request: StaffRequest, pk: int, name: str) -> HttpResponse:
    if name not in cockpit.NAMES:
        raise Http404
    order = find_order(request, pk, *LOOKERS)
    return render(request, f"workorders/panels/{name}.html", cockpit.panels(order, request.user))
