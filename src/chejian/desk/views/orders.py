"""The list of work orders."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff_here
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core import keyset
from chejian.desk import order_list as desk

TONES = {
    "draft": ("grey", "edit"), "received": ("blue", "car"), "in_progress": ("blue", "half"),
    "on_hold": ("amber", "hourglass"), "pending_inspection": ("blue", "shield"),
    "completed": ("green", "check"), "settled": ("green", "receipt"),
    "delivered": ("grey", "check"), "closed": ("grey", "lock"), "cancelled": ("grey", "x"),
}
PERIODS = {"7": 7, "30": 30, "90": 90}


@require_GET
@staff_here(P.VIEW_ORDERS, P.VIEW_OWN_ORDERS)
def orders(request: StaffRequest) -> HttpResponse:
    """Orders of the present station, by state and words, paged by key."""
    query = request.GET
    state = query.get("state", "open")
    state = state if state in desk.STATES else "open"
    days = PERIODS.get(query.get("days", ""))
    rows = desk.orders(
        request.user, request.station.station_id, state=state, words=query.get("q", "").strip(),
        adviser=query.get("adviser", ""),
        since=timezone.now() - timedelta(days=days) if days else None,
    )
    page = keyset.page(rows, query, sorts=desk.SORTS, default="-number")
    context = {
        "page": page,
        "state": state,
        "tabs": [
            {"label": desk.STATES[name][0], "url": f"{reverse('orders')}?state={name}",
             "active": name == state, "count": None, "icon": None}
            for name in (desk.TABS if state in desk.TABS else (*desk.TABS, state))
        ],
        "tones": TONES,
        "advisers": [("", _("All advisers")), *_advisers(request)],
        "periods": [("", _("Any time")), ("7", _("Last 7 days")), ("30", _("Last 30 days")),
                    ("90", _("Last 90 days"))],
        "may_receive": request.user.can(P.OPEN_ORDER),
    }
    return render(request, "desk/orders.html", context)


def _advisers(request: StaffRequest) -> list[tuple[str, str]]:
    """People who may open orders at this station."""
    people = User.objects.filter(
        is_active=True, assignments__station_id=request.station.station_id,
        assignments__role__permissions__contains=[P.OPEN_ORDER],
    ).distinct().order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in people]
