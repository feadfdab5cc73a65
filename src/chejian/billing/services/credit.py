"""挂账 and 退款: what is owed on credit within the limit, and money given back."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.accounts.services import usable_approval, use_approval
from chejian.billing import posting
from chejian.billing.errors import (
    BadAmount,
    CreditRefused,
    NeedsApproval,
    NotFree,
    NothingToCollect,
)
from chejian.billing.models import Method, Payment, Receivable, Refund
from chejian.billing.queries import credit_used, customer_receivable, orders_of, overdue
from chejian.billing.rules import require
from chejian.billing.services.allocation import write_facts
from chejian.books.services import prove_constraints
from chejian.core.money import fen
from chejian.core.numbering import draw_number
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.verbs import verb
from chejian.parties.models import Party
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder


@verb
@replayable(Receivable)
def put_on_account(
    *, order: WorkOrder, by: User, at: datetime, key: uuid.UUID | None = None
) -> Receivable:
    """Leave the rest of the customer's share on account, due after his credit term.

    Balance + new <= limit, and nothing overdue; else an approval of kind ``credit`` is needed.
    Raises NotPermitted, NothingToCollect, CreditRefused.
    """
    require(by, P.COLLECT, order.station_id)
    work.lock_order(order)
    party = Party.objects.select_for_update().get(pk=order.customer_id)
    receivable = customer_receivable(order, lock=True)
    if receivable is None or receivable.open_amount == 0 or receivable.on_account:
        raise NothingToCollect
    today = timezone.localdate(at)
    _judge_credit(order, party, receivable.open_amount, by, today_overdue=overdue(party, today))
    receivable.on_account = True
    receivable.due_on = today + timedelta(days=party.credit_term_days)
    receivable.save(update_fields=["on_account", "due_on"])
    write_facts(order=order, by=by, at=at)
    emit("order.put_on_account", order, station_id=order.station_id, by=by, at=at,
         amount=receivable.open_amount, due_on=receivable.due_on)
    return receivable


def _judge_credit(
    order: WorkOrder, party: Party, wanted: Decimal, by: User, *, today_overdue: Decimal
) -> None:
    used = credit_used(party)
    if not today_overdue and used + wanted <= party.credit_limit:
        return
    if by.can_at(P.APPROVE_CREDIT, order.station_id):
        return
    approval = usable_approval(kind="credit", subject=order, amount=wanted)
    if approval is None:
        raise CreditRefused(party.credit_limit, used, wanted, today_overdue)
    use_approval(approval)


@verb
@replayable(Refund)
def refund(
    *, payment: Payment, amount: Decimal, method: str, reason: str, by: User, at: datetime,
    key: uuid.UUID | None = None,
) -> Refund:
    """Give back free money of a payment: a deposit, or credit of a reversed settlement.

    Whoever may approve refunds does it himself; a cashier needs an approval of kind ``refund``.
    Raises NotPermitted, BadAmount, NotFree, NeedsApproval.
    """
    if not by.can_at(P.APPROVE_REFUND, payment.station_id):
        require(by, P.COLLECT, payment.station_id)
    if amount <= 0 or amount != fen(amount) or method not in Method.values:
        raise BadAmount
    orders = list(
        WorkOrder.objects.select_for_update().filter(pk__in=orders_of(payment)).order_by("pk")
    )
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if amount > payment.free:
        raise NotFree(payment.free, amount)
    approver = _approver(payment, amount, by)
    made = _give_back(payment, amount, method, reason, by, approver, at)
    for order in orders:
        write_facts(order=order, by=by, at=at)
        emit("payment.refunded", order, station_id=order.station_id, by=by, at=at,
             amount=amount, reason=reason, number=made.number)
    prove_constraints()
    return made


def _approver(payment: Payment, amount: Decimal, by: User) -> User | None:
    if by.can_at(P.APPROVE_REFUND, payment.station_id):
        return by
    approval = usable_approval(kind="refund", subject=payment, amount=amount)
    if approval is None:
        raise NeedsApproval(_("A refund needs the manager's approval."), amount=amount)
    use_approval(approval)
    return approval.decided_by


def _give_back(
    payment: Payment, amount: Decimal, method: str, reason: str, by: User,
    approver: User | None, at: datetime,
) -> Refund:
    today = timezone.localdate(at)
    station = payment.station
    number = draw_number(kind="RF", station_id=station.pk, station_code=station.code, on=today)
    entry = posting.post_refund(
        payment=payment, number=number, method=method, amount=amount, on=today, by=by, at=at
    )
    payment.refunded += amount
    payment.save(update_fields=["refunded"])
    return Refund.objects.create(
        station=station, number=number, payment=payment, method=method, amount=amount,
        reason=reason, refunded_on=today, at=at, by=by, approved_by=approver, entry=entry,
    )
