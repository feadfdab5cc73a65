"""The pages of jobs done and parts used."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff_here
from chejian.accounts.listing import show
from chejian.accounts.permissions import P
from chejian.workorders.lists import JOBS, PARTS_USED


@require_GET
@staff_here(P.VIEW_ORDERS)
def job_list(request: StaffRequest) -> HttpResponse:
    """Jobs of the present station's orders."""
    return show(request, JOBS)


@require_GET
@staff_here(P.VIEW_ORDERS)
def parts_used(request: StaffRequest) -> HttpResponse:
    """Parts on the present station's orders."""
    return show(request, PARTS_USED)
