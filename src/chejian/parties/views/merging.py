"""Two records side by side: which one stays, and what it takes from the other."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.permissions import P
from chejian.core.errors import DomainError
from chejian.parties import queries, rules, services, words
from chejian.parties.errors import CannotUnmerge
from chejian.parties.formfields import add_refusals
from chejian.parties.forms import MergeForm
from chejian.parties.models import Party, PartyMerge
from chejian.parties.services.merging import CHOOSABLE
from chejian.parties.views.records import fetch_party, proposals


@require_http_methods(["GET", "POST"])
@staff(P.MERGE_CUSTOMERS)
def merge_party(request: StaffRequest, pk: int) -> HttpResponse:
    """``pk`` stays, ``other`` is taken up. Without ``other`` the person is searched first."""
    keep = fetch_party(request, pk, P.MERGE_CUSTOMERS)
    form = MergeForm(request.POST or None, choosable=CHOOSABLE, initial=request.GET.dict())
    absorb = _other(request, keep)
    if request.method == "POST" and absorb is not None and form.is_valid():
        try:
            services.merge_parties(
                keep=keep, absorb=absorb, reason=form.cleaned_data["reason"],
                take=form.cleaned_data["take"], by=request.user, at=timezone.now(),
            )
        except DomainError as error:
            add_refusals(form, error)
        else:
            messages.success(
                request, _("%(name)s was merged into this customer.") % {"name": absorb.name}
            )
            return redirect("party", pk)
    text = request.GET.get("q", "")
    found = queries.find_parties(request.user, text)
    context: dict[str, Any] = {
        "party": keep,
        "other": absorb,
        "form": form,
        "rows": _rows(request, keep, absorb) if absorb else [],
        "duplicates": [] if absorb else proposals(keep),
        "found": [] if absorb else [p for p in found if p != keep],
        "q": text,
        "reasons": words.REASONS,
    }
    return render(request, "parties/merge.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff(P.MERGE_CUSTOMERS)
def unmerge_party(request: StaffRequest, pk: int, merge_id: int) -> HttpResponse:
    """Part two records that were taken for one. A refusal is told on the page."""
    kept = fetch_party(request, pk, P.MERGE_CUSTOMERS)
    merge = get_object_or_404(PartyMerge.objects.select_related("absorbed"), pk=merge_id, kept=kept)
    try:
        services.unmerge_parties(merge=merge, by=request.user, at=timezone.now())
    except CannotUnmerge as error:
        messages.error(request, str(error))
        return redirect("party", pk)
    messages.success(
        request, _("%(name)s is a record of its own again.") % {"name": merge.absorbed.name}
    )
    return redirect("party", merge.absorbed_id)


def _other(request: StaffRequest, keep: Party) -> Party | None:
    given = request.POST.get("other") or request.GET.get("other")
    if not given:
        return None
    if not given.isdecimal() or int(given) == keep.pk:
        raise Http404
    return fetch_party(request, int(given))


def _rows(request: StaffRequest, keep: Party, absorb: Party) -> list[dict[str, Any]]:
    """Every field in which the two differ; ticked where the kept record has nothing."""
    may_set_terms = rules.may_set_terms(request.user)
    rows = []
    for name in CHOOSABLE:
        mine, theirs = words.shown(keep, name), words.shown(absorb, name)
        if not theirs or (mine == theirs and name not in rules.SEALED):
            continue
        rows.append(
            {
                "name": name,
                "label": words.label(name),
                "mine": mine,
                "theirs": theirs,
                "filled": not mine,
                "allowed": name not in rules.TERMS or may_set_terms,
            }
        )
    return rows
