"""What a customer has and owes, on his page."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from chejian.accounts.permissions import P
from chejian.billing.lists import MAY_LOOK
from chejian.billing.queries import account_of
from chejian.core.panels import register_panel
from chejian.parties.models import Party

SEERS = (*MAY_LOOK, P.OPEN_ORDER, P.SET_CREDIT)


def register() -> None:
    """Called when billing is ready."""
    register_panel("party", account_panel, order=15)


def account_panel(request: Any, party: Party) -> str | None:
    """Stored value, gifts, debts and credit; nothing where there is none of it."""
    user = request.user
    if not user.access.can_any(SEERS):
        return None
    account = account_of(party, timezone.localdate())
    if account.empty:
        return None
    context = {
        "party": party, "account": account, "may_open": user.access.can_any(MAY_LOOK),
    }
    return render_to_string("billing/_account.html", context, request)
