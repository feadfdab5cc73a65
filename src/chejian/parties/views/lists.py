"""The list of customers, search as you type, and who is likely there twice."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.listing import show
from chejian.accounts.permissions import P
from chejian.core.formats import masked_phone
from chejian.core.fragments import render_block
from chejian.parties import queries
from chejian.parties.lists import PARTIES
from chejian.parties.models import Party
from chejian.parties.words import REASONS


@require_GET
@staff(P.VIEW_CUSTOMERS)
def parties(request: StaffRequest) -> HttpResponse:
    """Customers, suppliers, insurers and makers."""
    return show(
        request, PARTIES, "parties/list.html", can_edit=request.user.can(P.EDIT_CUSTOMERS),
        can_merge=request.user.can(P.MERGE_CUSTOMERS),
    )


@require_GET
@staff(P.VIEW_CUSTOMERS)
def party_lookup(request: StaffRequest) -> HttpResponse:
    """Search as you type: rows for a combo, or a fragment of links for HTMX. Phones are masked."""
    found = queries.find_parties(request.user, request.GET.get("q", ""))
    if request.headers.get("HX-Request"):
        return render_block(request, "parties/lookup.html", "matches", {"parties": found})
    return JsonResponse({"results": [_row(party) for party in found]})


def _row(party: Party) -> dict[str, Any]:
    return {
        "id": party.pk,
        "text": party.name,
        "note": masked_phone(party.phone),
        "badge": party.member_tier,
        "data": {"name": party.name, "url": reverse("party", args=[party.pk])},
    }


@require_GET
@staff(P.MERGE_CUSTOMERS)
def duplicates(request: StaffRequest) -> HttpResponse:
    """Customers who share a phone number, to be looked through one by one."""
    groups = queries.shared_phones(request.user)
    return render(request, "parties/duplicates.html", {"groups": groups, "reasons": REASONS})
