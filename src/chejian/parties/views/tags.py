"""Tags: put to a customer, taken off, and the organisation's list of them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.parties import services
from chejian.parties.models import Tag, TagColour
from chejian.parties.views.records import fetch_party

LONGEST_ID = 18


def asked_tag(request: StaffRequest) -> dict[str, Any]:
    """What the form of a page says: one of the tags in use, or a new word with its colour."""
    given = request.POST.get("tag", "")
    if given:
        if not given.isdecimal() or len(given) > LONGEST_ID:
            raise Http404
        return {"tag": get_object_or_404(Tag, pk=int(given), active=True)}
    colour = request.POST.get("colour", "")
    return {
        "name": request.POST.get("name", ""),
        "colour": colour if colour in TagColour.values else TagColour.GREY,
    }


@require_POST
@staff(P.EDIT_CUSTOMERS)
def party_tags(request: StaffRequest, pk: int) -> HttpResponse:
    """Put a tag to the customer."""
    found = fetch_party(request, pk, P.EDIT_CUSTOMERS)
    services.tag_party(party=found, **asked_tag(request), by=request.user, at=timezone.now())
    return redirect("party", pk)


@require_POST
@staff(P.EDIT_CUSTOMERS)
def party_untag(request: StaffRequest, pk: int, tag_id: int) -> HttpResponse:
    """Take it off again."""
    found = fetch_party(request, pk, P.EDIT_CUSTOMERS)
    tag = get_object_or_404(Tag, pk=tag_id, parties__party=found)
    services.untag_party(party=found, tag=tag, by=request.user, at=timezone.now())
    return redirect("party", pk)


@require_http_methods(["GET", "POST"])
@staff(P.EDIT_CUSTOMERS)
def tags(request: StaffRequest) -> HttpResponse:
    """All tags with how many customers and cars carry them; a new one by POST."""
    if request.method == "POST":
        services.make_tag(**asked_tag(request), by=request.user, at=timezone.now())
        return redirect("tags")
    rows = Tag.objects.annotate(
        customers=Count("parties", distinct=True), cars=Count("vehicles", distinct=True)
    ).order_by("-active", "name_key", "pk")
    return render(request, "parties/tags.html", {"tags": rows, "colours": TagColour.choices})


@require_POST
@staff(P.EDIT_CUSTOMERS)
def tag(request: StaffRequest, pk: int) -> HttpResponse:
    """Rename, colour, retire a tag or take it up again."""
    found = get_object_or_404(Tag, pk=pk)
    colour = request.POST.get("colour", "")
    given: dict[str, Any] = {
        "name": request.POST.get("name", ""),
        "colour": colour if colour in TagColour.values else found.colour,
        "active": request.POST.get("active", "1") == "1",
    }
    try:
        services.change_tag(tag=found, **given, by=request.user, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("tags")
