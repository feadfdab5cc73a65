"""The audit log: who did what, and who was shown which personal data."""

from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.listing import show, spelled_out
from chejian.accounts.lists import AUDIT, LOOKS
from chejian.accounts.permissions import P


@require_GET
@staff(P.VIEW_AUDIT)
def audit(request: StaffRequest) -> HttpResponse:
    """What was done, newest first; ``who`` and ``day`` are short words for its conditions."""
    return show(request, AUDIT, "accounts/audit.html", query=_query(request))


@require_GET
@staff(P.VIEW_AUDIT)
def looks(request: StaffRequest) -> HttpResponse:
    """Who was shown whose personal data."""
    return show(request, LOOKS, "accounts/audit.html", query=_query(request))


def _query(request: StaffRequest) -> QueryDict:
    who, day = request.GET.get("who", ""), request.GET.get("day", "")
    return spelled_out(request.GET, {
        "who": f"who.in.{who}" if who else "", "day": f"at.is.{day}" if day else "",
    })
