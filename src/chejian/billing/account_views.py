"""A customer's account: what he has and owes, money taken for it, opening balances taken back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chejian.accounts.guards import StaffRequest, fetch, staff, staff_here
from chejian.accounts.models import Station
from chejian.accounts.permissions import P
from chejian.billing import queries
from chejian.billing.forms import ReasonForm, TenderForm
from chejian.billing.lists import MAY_LOOK
from chejian.billing.models import Method, OpeningBalance
from chejian.billing.services.collection import collect_account
from chejian.billing.services.opening import reverse_opening
from chejian.billing.views import invalid
from chejian.core.answers import done
from chejian.core.errors import DomainError
from chejian.core.formats import money
from chejian.core.money import ZERO
from chejian.core.replay import new_key
from chejian.parties.models import Party


def _party(request: StaffRequest, pk: int) -> Party:
    return fetch(Party.objects.visible_to(request.user), request.user, pk)


@require_GET
@staff(*MAY_LOOK)
def party_account(request: StaffRequest, pk: int) -> HttpResponse:
    """Stored value, gifts, debts, credit, open bills; here they are collected."""
    return _page(request, _party(request, pk))


def _page(
    request: StaffRequest, party: Party, form: TenderForm | None = None, status: int = 200
) -> HttpResponse:
    user, here = request.user, request.station.station_id
    seen = {pk for code in MAY_LOOK for pk in user.access.stations_with(code)}
    owed = queries.owed_by(party, seen)
    due_here = sum(
        (row.open_amount for row in owed if row.station_id == here and row.on_account), ZERO
    )
    context: dict[str, Any] = {
        "party": party,
        "account": queries.account_of(party, timezone.localdate()),
        "ageing": queries.ageing(party, timezone.localdate()),
        "owed": owed,
        "due_here": due_here,
        "openings": queries.openings_of(party, user),
        "form": form,
        "methods": [(method.value, method.label) for method in Method],
        "key": new_key(),
        "may_collect": user.can_at(P.COLLECT, here),
        "may_reverse": user.access.stations_with(P.IMPORT_DATA),
        "today": timezone.localdate(),
    }
    return render(request, "billing/account.html", context, status=status)


@require_POST
@staff_here(P.COLLECT)
def party_payments(request: StaffRequest, pk: int) -> HttpResponse:
    """Money for what the customer owes on account at the present station."""
    party = _party(request, pk)
    form = TenderForm(request.POST)
    if not form.is_valid():
        return _page(request, party, form, 422)
    try:
        payment = collect_account(
            party=party, station=Station.objects.get(pk=request.station.station_id),
            tenders=form.tenders(), by=request.user, at=timezone.now(),
            key=form.cleaned_data["key"],
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, party, form, 422)
    return done(
        request, _("Collected %(amount)s") % {"amount": money(payment.amount)},
        request.path.replace("/payments/", "/account/"),
    )


@require_POST
@staff(P.IMPORT_DATA)
def opening_reversals(request: StaffRequest, pk: int) -> HttpResponse:
    """Take an opening balance back, with a reason."""
    rows = OpeningBalance.objects.visible_to(request.user).select_related("party")
    opening = fetch(rows, request.user, pk, P.IMPORT_DATA)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return invalid(request, form)
    made = reverse_opening(
        opening=opening, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
    )
    return done(request, _("%(number)s was taken back") % {"number": opening.number},
                f"/customers/{made.party_id}/account/")
