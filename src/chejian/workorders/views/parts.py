"""Parts of the store: requesting, giving up, issuing, returning."""

import uuid
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core.ready import Ready
from chejian.inventory.models import Bin, Warehouse
from chejian.workorders import services
from chejian.workorders.models import PartIssue, PartsRequest, WorkOrder
from chejian.workorders.queries.seen import seen_order
from chejian.workorders.views.answering import changed, find_order, find_part, number


@require_POST
@staff(P.REQUEST_PARTS)
def part_requests(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask the store for everything that the approved jobs still lack."""
    order = find_order(request, pk, P.REQUEST_PARTS)
    made = services.request_missing(order=order, by=request.user, at=timezone.now())
    return changed(request, order, _("Requested: %(num)s") % {"num": len(made)})


@require_POST
@staff(P.REQUEST_PARTS, P.ISSUE_PARTS)
def part_request_cancellations(
    request: StaffRequest, pk: int, request_pk: int
) -> HttpResponse:
    order = find_order(request, pk, P.REQUEST_PARTS, P.ISSUE_PARTS)
    asked = get_object_or_404(PartsRequest, pk=request_pk, line__order=order)
    services.cancel_request(request=asked, by=request.user, at=timezone.now())
    return changed(request, order, _("Given up"))


@require_POST
@staff(P.ISSUE_PARTS)
def part_issues(request: StaffRequest, pk: int, line_pk: int) -> HttpResponse:
    """Hand pieces out: warehouse, quantity, perhaps a bin and who takes them."""
    order = find_order(request, pk, P.ISSUE_PARTS)
    line = find_part(order, line_pk)
    warehouse = _warehouse(request, order)
    services.issue_part(
        line=line, warehouse=warehouse, quantity=_quantity(request), bin=_bin(request, warehouse),
        by=request.user, at=timezone.now(), key=_key(request),
    )
    return changed(request, order, _("Issued"))


ISSUE_OF = Ready(
    lambda order, pk: PartIssue.objects.filter(line__order=order, pk=pk).select_related(
        "line", "warehouse", "move__part", "move__warehouse", "move__bin"
    )
)


@require_POST
@staff(P.ISSUE_PARTS)
def part_returns(request: StaffRequest, pk: int, issue_pk: int) -> HttpResponse:
    """Take pieces of one issue back."""
    order = seen_order(request.user, pk, P.ISSUE_PARTS)
    issue = ISSUE_OF.first(order.pk, issue_pk)
    if issue is None:
        raise Http404
    issue.line.order = order
    services.return_part(
        issue=issue, quantity=_quantity(request), bin=_bin(request, issue.warehouse),
        reason=request.POST.get("reason", ""), by=request.user, at=timezone.now(),
        key=_key(request),
    )
    return changed(request, order, _("Returned"))


def _warehouse(request: StaffRequest, order: WorkOrder) -> Warehouse:
    named = request.POST.get("warehouse", "")
    rows = Warehouse.objects.filter(station_id=order.station_id, active=True).order_by("pk")
    found = rows.filter(pk=int(named)).first() if named.isdecimal() else rows.first()
    if found is None:
        raise Http404
    return found


def _bin(request: StaffRequest, warehouse: Warehouse) -> Bin | None:
    code = request.POST.get("bin", "").strip()
    return get_object_or_404(Bin, warehouse=warehouse, code=code) if code else None


def _quantity(request: StaffRequest) -> Decimal:
    return number(request.POST.get("quantity", "") or "1", "quantity")


def _key(request: StaffRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None
