"""驾驶舱: one order on one screen. The panels are the order's own; money and verdicts are added."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core.fragments import render_block
from chejian.desk import cockpit as desk
from chejian.desk.handing_over import PAPERS
from chejian.workorders import panels
from chejian.workorders.models import WorkOrder
from chejian.workorders.queries.seen import HEAD, seen_order

PAGE = "desk/cockpit.html"
LOOKERS = (P.VIEW_ORDERS, P.VIEW_OWN_ORDERS)


def _order(request: StaffRequest, pk: int) -> WorkOrder:
    return seen_order(request.user, pk, *LOOKERS, related=HEAD)


@require_GET
@staff(*LOOKERS)
def order(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything about one order."""
    found = _order(request, pk)
    context = panels.panels(found, request.user) | _money(request, found)
    return render(request, PAGE, context | desk.inspections(found))


@require_GET
@staff(*LOOKERS)
def order_till(request: StaffRequest, pk: int) -> HttpResponse:
    """Money taken and open, alone, as it is now."""
    found = _order(request, pk)
    return render_block(request, PAGE, "till", {"order": found} | _money(request, found))


@require_GET
@staff(*LOOKERS)
def order_verdicts(request: StaffRequest, pk: int) -> HttpResponse:
    """The inspections, alone, as they are now."""
    found = _order(request, pk)
    return render_block(request, PAGE, "verdicts", {"order": found} | desk.inspections(found))


def _money(request: StaffRequest, found: WorkOrder) -> dict[str, Any]:
    user = request.user
    sees = user.can_at(P.VIEW_ORDERS, found.station_id)
    handed = desk.delivery_of(found)
    return {
        "handed": handed,
        "handed_papers": [str(PAPERS.get(code, code)) for code in handed.papers] if handed else [],
        "till": desk.till(found, user) if sees else desk.Till(),
        "open_amount": desk.open_amount,
        "may_cashier": user.can_at(P.COLLECT, found.station_id)
        or user.can_at(P.SETTLE, found.station_id),
    }
