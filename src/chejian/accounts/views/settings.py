"""Where all settings begin."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.settings_index import settings_for


@require_GET
@staff()
def settings_page(request: StaffRequest) -> HttpResponse:
    cards = settings_for(request.user)
    if not cards:
        raise PermissionDenied
    return render(request, "accounts/settings.html", {"cards": cards})
