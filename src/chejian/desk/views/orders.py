"""The list of work orders."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff_here
from chejian.accounts.listing import show
from chejian.accounts.permissions import P
from chejian.desk.lists import ORDERS


@require_GET
@staff_here(P.VIEW_ORDERS, P.VIEW_OWN_ORDERS)
def orders(request: StaffRequest) -> HttpResponse:
    """Orders of the present station, by state, words and conditions of one's own."""
    return show(
        request, ORDERS, "desk/orders.html", may_receive=request.user.can(P.OPEN_ORDER),
        sees_all=P.VIEW_ORDERS in request.station.permissions,
    )
