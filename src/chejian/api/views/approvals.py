"""What waits for whoever may decide: asked over the API, and decided there."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query

from chejian.accounts.models import ApprovalRequest
from chejian.accounts.permissions import P
from chejian.accounts.queries.approvals import waiting_for
from chejian.accounts.services import request_approval
from chejian.accounts.services.approvals import decide
from chejian.api.auth import ApiRequest
from chejian.api.fields import Id
from chejian.api.operating import act, pick
from chejian.api.paging import page_of
from chejian.api.schemas import money as given
from chejian.api.schemas.deeds import DiscountRequest
from chejian.api.views.finding import find_order
from chejian.api.views.money import area
from chejian.workorders import services as work

DECIDERS = (P.APPROVE_DISCOUNT, P.APPROVE_REFUND, P.APPROVE_CREDIT)
REQUEST = {
    name: name for name in (
        "id", "kind", "status", "station_id", "permission", "subject_id", "label", "amount",
        "reason", "requested_by_id", "requested_at", "decided_by_id", "decided_at", "answer",
    )
} | {"subject": "subject_type", "requested_by_name": "requested_by__name"}


def _request(pk: int) -> dict[str, Any]:
    row = ApprovalRequest.objects.filter(pk=pk).values_list(*REQUEST.values()).get()
    return dict(zip(REQUEST, row, strict=True))


def _those(request: ApiRequest, which: str) -> QuerySet[ApprovalRequest]:
    if which == "waiting":
        return waiting_for(request.user).select_related(None)
    return ApprovalRequest.objects.filter(
        **{"requested_by" if which == "asked" else "decided_by": request.user}
    )


@area.get("/approval-requests", given.ApprovalRequestPage, _("List requests for approval"))
def list_approval_requests(
    request: ApiRequest, query: Query[given.ApprovalRequestQuery]
) -> dict[str, Any]:
    """What waits for the person, what he asked for, or what he decided; newest first."""
    items, following = page_of(_those(request, query.which), query, REQUEST)
    return {"items": items, "next": following}


@area.get("/approval-requests/{approval_id}", given.ApprovalRequestOut,
          _("One request for approval"))
def get_approval_request(request: ApiRequest, approval_id: Id) -> dict[str, Any]:
    """Seen by whoever asked for it and by whoever may decide."""
    rows = ApprovalRequest.objects.visible_to(request.user)
    asked = get_object_or_404(rows.only("permission", "station_id", "requested_by_id"),
                              pk=approval_id)
    decides = request.user.can_at(asked.permission, asked.station_id)
    if not decides and asked.requested_by_id != request.user.pk:
        raise Http404
    return _request(approval_id)


@area.post("/approval-requests/{approval_id}/decisions", given.ApprovalRequestOut,
           _("Approve or decline"), *DECIDERS)
def decide_request(request: ApiRequest, approval_id: Id, body: given.Decision) -> HttpResponse:
    """Nobody decides about his own request."""
    rows = ApprovalRequest.objects.visible_to(request.user)
    asked = get_object_or_404(rows, pk=approval_id)
    return act(
        request,
        lambda at: decide(request=asked, approve=body.approved, answer=body.answer,
                          amount=body.amount, by=request.user, at=at),
        _request,
    )


@area.post("/work-orders/{order_id}/discount-requests", given.ApprovalRequestOut,
           _("Ask for a discount"), P.EDIT_ORDER, P.SETTLE)
def ask_discount(request: ApiRequest, order_id: Id, body: DiscountRequest) -> HttpResponse:
    """Whoever may approve sees it as a row; then the discount is set as usual."""
    order = find_order(request, order_id, P.EDIT_ORDER, P.SETTLE)
    line: Any = pick(order.jobs.all(), body.job_id, "job_id")
    line = line or pick(order.part_lines.all(), body.part_line_id, "part_line_id")
    return act(
        request,
        lambda at: work.ask_discount(order=order, amount=body.amount, reason=body.reason,
                                     line=line, by=request.user, at=at),
        _request,
    )


@area.post("/work-orders/{order_id}/approval-requests", given.ApprovalRequestOut,
           _("Ask for credit or a refund"), P.COLLECT, P.SETTLE)
def ask_approval(request: ApiRequest, order_id: Id, body: given.ApprovalWanted) -> HttpResponse:
    """Whoever may approve sees it as a row."""
    order = find_order(request, order_id, P.COLLECT, P.SETTLE)
    subject: Any = order
    permission = P.APPROVE_CREDIT
    if body.kind == "refund":
        permission, subject = P.APPROVE_REFUND, order.payments.order_by("pk").first()
        if subject is None:
            raise Http404
    return act(
        request,
        lambda at: request_approval(
            station_id=order.station_id, kind=body.kind, permission=permission, subject=subject,
            label=order.number, amount=body.amount, by=request.user, at=at, reason=body.reason,
        ), _request,
    )
