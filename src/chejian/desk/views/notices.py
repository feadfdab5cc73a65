"""通知: what waits for this person."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.desk.noticing import notices


@require_GET
@staff()
def notices_page(request: StaffRequest) -> HttpResponse:
    found = notices(request.user, request.station, timezone.now())
    return render(request, "desk/notices.html", {"notices": found})
