"""领料发料: the stores counter."""

import json
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.answers import done
from chejian.core.errors import DomainError, NotPermitted
from chejian.core.formats import quantity as written
from chejian.core.fragments import render_block
from chejian.core.replay import new_key
from chejian.desk import handing_out
from chejian.desk import stores as desk
from chejian.workorders.models import PartIssue, WorkOrder
from chejian.workorders.queries.seen import seen_order

PAGE = "desk/stores.html"


@require_GET
@staff(P.ISSUE_PARTS)
def stores(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """The queue, the chosen order (the longest waiting if none was chosen), shelf, shortages."""
    if pk is None and P.ISSUE_PARTS not in request.station.permissions:
        raise PermissionDenied
    order = _order(request, pk) if pk is not None else None
    return render(request, PAGE, _context(request, order))


def _order(request: StaffRequest, pk: int) -> WorkOrder:
    return seen_order(request.user, pk, P.ISSUE_PARTS, related=("vehicle",))


def _context(
    request: StaffRequest, order: WorkOrder | None, *, warning: str = ""
) -> dict[str, Any]:
    station = order.station_id if order else request.station.station_id
    waiting = desk.waiting(station)
    issued = desk.issued_today(station)
    tab = request.GET.get("tab") or request.POST.get("tab") or "waiting"
    tab = tab if tab in desk.TABS else "waiting"
    if order is None and waiting and tab != "issued":
        order = seen_order(request.user, waiting[0].order.pk, related=("vehicle",))
    counter = desk.chosen(order) if order else None
    return {
        "tab": tab,
        "tabs": _tabs(tab, waiting, issued),
        "waiting": [row for row in waiting if tab != "short" or row.short > 0],
        "issued": issued,
        "returnable": desk.returnable,
        "counter": counter,
        "shelf": desk.shelf(counter.next) if counter else None,
        "short": desk.short_parts(counter.lines, station) if counter else [],
        "warning": warning,
        "key": new_key(),
        "line_key": new_key,
        "people": [(person.pk, person.name) for person in counter.people] if counter else [],
        "now_at": timezone.now(),
        "here": _address(order, tab),
        "sees_orders": request.user.can_at(P.VIEW_ORDERS, station),
    }


def _address(order: WorkOrder | None, tab: str) -> str:
    base = reverse("stores_order", args=[order.pk]) if order else reverse("stores")
    return base if tab == "waiting" else f"{base}?tab={tab}"


def _tabs(
    tab: str, waiting: list[desk.Waiting], issued: list[PartIssue]
) -> list[dict[str, object]]:
    counts = {"waiting": len(waiting), "short": sum(1 for row in waiting if row.short > 0),
              "issued": len({issue.line.order_id for issue in issued})}
    words = {"waiting": _("To issue"), "short": _("Short"), "issued": _("Issued today")}
    return [
        {"label": words[name], "url": f"{reverse('stores')}?tab={name}", "active": name == tab,
         "count": counts[name]}
        for name in desk.TABS
    ]


@require_POST
@staff(P.ISSUE_PARTS)
def stores_scans(request: StaffRequest) -> HttpResponse:
    """A code was scanned: one piece is issued, or the page says why not and what to do."""
    code = request.POST.get("code", "").strip()
    chosen = request.POST.get("order", "")
    order = _order(request, int(chosen)) if chosen.isdecimal() else None
    if order is None:
        if P.ISSUE_PARTS not in request.station.permissions:
            raise PermissionDenied
        return _choose(request, code)
    try:
        issue = handing_out.issue_scanned(
            order=order, code=code, by=request.user, at=timezone.now(),
            receiver=_receiver(request), key=_key(request),
        )
    except NotPermitted:
        raise
    except DomainError as error:
        return _answer(request, order, warning=str(error))
    words = _("Issued: %(name)s × %(quantity)s") % {
        "name": issue.line.name, "quantity": written(issue.quantity)}
    undo = reverse("part_returns", args=[order.pk, issue.pk])
    return _answer(request, order, said=words, undo=undo)


def _choose(request: StaffRequest, code: str) -> HttpResponse:
    """Nothing was chosen yet: the order that waits longest for this part comes to the counter."""
    parts = handing_out.scanned_parts(code)
    found = handing_out.orders_waiting_for(parts, request.station.station_id).first()
    if found is None:
        words = (_("No order waits for %(name)s.") % {"name": parts[0].name} if parts else
                 _("No part has the number or barcode “%(code)s”.") % {"code": code})
        return _answer(request, None, warning=words)
    return _answer(request, _order(request, found.pk), said=_("Chosen; scan again to issue"))


def _answer(
    request: StaffRequest, order: WorkOrder | None, *, warning: str = "", said: str = "",
    undo: str = "",
) -> HttpResponse:
    """The counter as it is now. Without a script a page; a warning is always seen at once."""
    if request.htmx:
        response = render_block(request, PAGE, "counter", _context(request, order, warning=warning))
        if said:
            response["HX-Trigger"] = json.dumps({"toast": {"text": said, "undo": undo}})
        return response
    if warning:
        return render(request, PAGE, _context(request, order, warning=warning), status=422)
    return done(request, said, _address(order, "waiting"))


@require_POST
@staff(P.ISSUE_PARTS)
def stores_issues(request: StaffRequest, pk: int) -> HttpResponse:
    """Hand out one line, or everything that is ready."""
    order = _order(request, pk)
    line = request.POST.get("line", "")
    handing_out.hand_out(
        order=order, by=request.user, at=timezone.now(), receiver=_receiver(request),
        wanted={int(line): _quantity(request)} if line.isdecimal() else None, key=_key(request),
    )
    if request.htmx:
        return _answer(request, order, said=_("Issued"))
    return redirect(_address(order, "waiting"))


def _quantity(request: StaffRequest) -> Decimal:
    try:
        value = Decimal(request.POST.get("quantity", "") or "1")
    except InvalidOperation:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)


def _receiver(request: StaffRequest) -> User | None:
    named = request.POST.get("receiver", "")
    if not named.isdecimal():
        return None
    return get_object_or_404(User.objects.visible_to(request.user), pk=int(named))


def _key(request: StaffRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None
