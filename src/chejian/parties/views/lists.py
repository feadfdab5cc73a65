"""The list of customers, search as you type, and who is likely there twice."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core import keyset, panels
from chejian.core.errors import Text
from chejian.core.formats import masked_phone
from chejian.core.fragments import render_block
from chejian.parties import queries
from chejian.parties.models import Party
from chejian.parties.words import REASONS

SORTS = {"name": "name_key", "created": "created_at"}
ROLES: dict[str, Text] = {
    "customer": _("Customers"),
    "supplier": _("Suppliers"),
    "insurer": _("Insurers"),
    "maker": _("Makers"),
}


@require_GET
@staff(P.VIEW_CUSTOMERS)
def parties(request: StaffRequest) -> HttpResponse:
    """All customers, searched and filtered, paged by key."""
    role = request.GET.get("role", "customer")
    role = role if role in ROLES else "customer"
    rows = Party.objects.visible_to(request.user).live().filter(**{f"is_{role}": True})
    found = queries.matching(_filtered(rows, request), request.GET.get("q", ""))
    page = keyset.page(found.rows, request.GET, sorts=SORTS, default="name")
    context: dict[str, Any] = {
        "page": page,
        "cut": found.cut,
        "role": role,
        "roles": ROLES,
        "columns": panels.columns("parties", request, [row.pk for row in page.rows]),
        "tiers": queries.member_tiers(),
        "can_edit": request.user.can(P.EDIT_CUSTOMERS),
        "can_merge": request.user.can(P.MERGE_CUSTOMERS),
    }
    return render(request, "parties/list.html", context)


def _filtered(rows: QuerySet[Party], request: StaffRequest) -> QuerySet[Party]:
    kind, tier = request.GET.get("kind"), request.GET.get("tier")
    if kind in Party.Kind.values:
        rows = rows.filter(kind=kind)
    if tier:
        rows = rows.filter(member_tier=tier)
    if request.GET.get("credit"):
        rows = rows.filter(credit_limit__gt=0)
    return rows


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
