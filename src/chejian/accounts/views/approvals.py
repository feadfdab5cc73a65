"""The inbox of approvals."""

from decimal import Decimal, InvalidOperation

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chejian.accounts.guards import StaffRequest, staff
from chejian.accounts.models import ApprovalRequest
from chejian.accounts.permissions import LABELS
from chejian.accounts.queries.approvals import asked_by, decided_by, waiting_for
from chejian.accounts.services.approvals import decide
from chejian.core.answers import done


@require_GET
@staff()
def approvals(request: StaffRequest) -> HttpResponse:
    """What waits for this person, what he asked for himself, what he decided."""
    context = {
        "waiting": waiting_for(request.user)[:100],
        "asked": asked_by(request.user),
        "decided": decided_by(request.user),
        "words": LABELS,
        "status_words": dict(ApprovalRequest.Status.choices),
    }
    return render(request, "accounts/approvals.html", context)


@require_POST
@staff()
def decision(request: StaffRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(ApprovalRequest.objects.visible_to(request.user), pk=pk)
    approve = request.POST.get("verdict") == "approve"
    decide(
        request=asked, approve=approve, by=request.user, at=timezone.now(),
        answer=request.POST.get("answer", ""), amount=_amount(request.POST.get("amount", "")),
    )
    said = _("Approved: %(label)s") if approve else _("Declined: %(label)s")
    return done(request, said % {"label": asked.label}, reverse("approvals"))


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
