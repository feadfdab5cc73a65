"""The pages of the lists of money."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff_here
from chejian.accounts.listing import show
from chejian.billing.lists import MAY_LOOK, PAYMENTS, RECEIVABLES, SETTLEMENTS


@require_GET
@staff_here(*MAY_LOOK)
def settlements(request: StaffRequest) -> HttpResponse:
    """Every settlement of the present station, by payer."""
    return show(request, SETTLEMENTS, "billing/listed.html")


@require_GET
@staff_here(*MAY_LOOK)
def payments(request: StaffRequest) -> HttpResponse:
    """Every payment that the present station took."""
    return show(request, PAYMENTS, "billing/listed.html")


@require_GET
@staff_here(*MAY_LOOK)
def receivables(request: StaffRequest) -> HttpResponse:
    """Who still owes what."""
    return show(request, RECEIVABLES, "billing/listed.html")
