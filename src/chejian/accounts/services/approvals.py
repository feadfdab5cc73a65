"""Asking somebody who may. The holder of a permission acts himself; others' requests wait for him.

The app that needs the approval asks with a ``kind`` of its own, and before it acts looks for a
usable one and uses it up (domain.md 2.2, "A"; decisions.md, permission matrix).
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import ApprovalRequest, User
from chejian.core.errors import Conflict, NotPermitted
from chejian.core.outbox import emit_about


class OwnRequest(NotPermitted):
    """Nobody decides about his own request."""

    code = "own_request"


class AlreadyDecided(Conflict):
    """Somebody was quicker: ``status`` says how."""

    code = "already_decided"


class RequestChanged(Conflict):
    """The request was made anew with another amount after it was shown."""

    code = "request_changed"


class ApprovalSpent(Conflict):
    """The approval was used already."""

    code = "approval_spent"


@transaction.atomic
def request_approval(
    *,
    station_id: int,
    kind: str,
    permission: str,
    subject: models.Model,
    label: str,
    amount: Decimal,
    by: User,
    at: datetime,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> ApprovalRequest:
    """Ask whoever holds ``permission`` at the station. Asking again renews the waiting request.

    ``label`` is what the decider reads, with the document's number. Raises NotPermitted for a
    person who has no role at the station.
    """
    if station_id not in by.access.stations:
        raise NotPermitted(_("You have no role at this station."))
    request, _made = ApprovalRequest.objects.update_or_create(
        kind=kind,
        subject_type=subject._meta.label,
        subject_id=subject.pk,
        status=ApprovalRequest.Status.PENDING,
        defaults={
            "station_id": station_id,
            "permission": permission,
            "label": label,
            "amount": amount,
            "data": data or {},
            "reason": reason.strip(),
            "requested_by": by,
            "requested_at": at,
        },
    )
    _tell("approval.requested", request, by=by, at=at, reason=request.reason)
    return request


@transaction.atomic
def decide(
    *,
    request: ApprovalRequest,
    approve: bool,
    by: User,
    at: datetime,
    answer: str = "",
    amount: Decimal | None = None,
) -> ApprovalRequest:
    """Approve or decline. ``amount`` is what the decider saw; the request must still say so.

    Raises NotPermitted, OwnRequest, AlreadyDecided, RequestChanged.
    """
    fresh = ApprovalRequest.objects.select_for_update().get(pk=request.pk)
    if not by.can_at(fresh.permission, fresh.station_id):
        raise NotPermitted(_("You do not have the permission for this."))
    if fresh.requested_by_id == by.pk:
        raise OwnRequest(_("Somebody else must decide about your own request."))
    if fresh.status != ApprovalRequest.Status.PENDING:
        raise AlreadyDecided(_("This request has been decided already."), status=fresh.status)
    if amount is not None and amount != fresh.amount:
        raise RequestChanged(
            _("The request was changed meanwhile. Please look at it again."), amount=fresh.amount
        )
    fresh.status = (
        ApprovalRequest.Status.APPROVED if approve else ApprovalRequest.Status.DECLINED
    )
    fresh.decided_by, fresh.decided_at, fresh.answer = by, at, answer.strip()
    fresh.save(update_fields=["status", "decided_by", "decided_at", "answer"])
    _tell(f"approval.{fresh.status}", fresh, by=by, at=at, answer=fresh.answer)
    return fresh


def usable_approval(
    *, kind: str, subject: models.Model, amount: Decimal
) -> ApprovalRequest | None:
    """The newest approval of that kind for the subject that is unused and covers ``amount``."""
    return (
        ApprovalRequest.objects.filter(
            kind=kind,
            subject_type=subject._meta.label,
            subject_id=subject.pk,
            status=ApprovalRequest.Status.APPROVED,
            amount__gte=amount,
        )
        .order_by("-decided_at", "-pk")
        .first()
    )


@transaction.atomic
def use_approval(request: ApprovalRequest) -> ApprovalRequest:
    """Spend an approval in the transaction of the deed it allowed. Raises ApprovalSpent."""
    spent = ApprovalRequest.objects.filter(
        pk=request.pk, status=ApprovalRequest.Status.APPROVED
    ).update(status=ApprovalRequest.Status.USED)
    if not spent:
        raise ApprovalSpent(_("This approval has been used already."))
    request.status = ApprovalRequest.Status.USED
    return request


def _tell(kind: str, request: ApprovalRequest, *, by: User, at: datetime, **more: Any) -> None:
    """Into the timeline of the document that it is about."""
    emit_about(
        kind,
        subject_type=request.subject_type,
        subject_id=request.subject_id,
        station_id=request.station_id,
        by=by,
        at=at,
        request=request.pk,
        asked=request.kind,
        label=request.label,
        amount=request.amount,
        **more,
    )
