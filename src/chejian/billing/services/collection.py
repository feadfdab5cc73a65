"""收款: money taken by several methods at once; deposits; bills on account paid off."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P
from chejian.billing import posting
from chejian.billing.errors import BadAmount, NothingToCollect, TooMuch
from chejian.billing.models import Method, Payment, PaymentPart, Receivable
from chejian.billing.queries import customer_receivable, open_receivables
from chejian.billing.rules import require
from chejian.billing.services.allocation import allocate_fresh, write_facts
from chejian.books.services import prove_constraints
from chejian.core.money import ZERO, fen
from chejian.core.numbering import draw_number
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.rows import insert
from chejian.core.verbs import verb
from chejian.parties.models import Party
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder


@dataclass(frozen=True)
class Tender:
    """One method with its amount, such as 404.00 by WeChat, and the provider's number."""

    method: str
    amount: Decimal
    reference: str = ""


@verb
@replayable(Payment)
def collect(
    *, order: WorkOrder, tenders: Sequence[Tender], by: User, at: datetime,
    key: uuid.UUID | None = None,
) -> Payment:
    """Collect the customer's share of a settled order, whole or in part.

    Raises NotPermitted, BadAmount, NothingToCollect, TooMuch.
    """
    require(by, P.COLLECT, order.station_id)
    work.lock_order(order)
    receivable = customer_receivable(order, lock=True)
    if receivable is None or receivable.open_amount == 0:
        raise NothingToCollect
    payment = _take([receivable], tenders, party=order.customer, order=order, by=by, at=at,
                    station=order.station)
    write_facts(order=order, receivable=receivable, by=by, at=at)
    _finish(order, "payment.collected", payment, tenders, by, at)
    return payment


@verb
@replayable(Payment)
def collect_receivable(
    *, receivable: Receivable, tenders: Sequence[Tender], by: User, at: datetime,
    key: uuid.UUID | None = None,
) -> Payment:
    """Collect a maker's or insurer's share once it has a party; raises as ``collect``."""
    require(by, P.COLLECT, receivable.station_id)
    if receivable.settlement is None:
        raise NothingToCollect
    order = work.lock_order(receivable.settlement.order)
    locked = Receivable.objects.select_for_update().get(pk=receivable.pk)
    if locked.open_amount == 0 or locked.party is None:
        raise NothingToCollect
    payment = _take([locked], tenders, party=locked.party, order=None, by=by, at=at,
                    station=order.station)
    write_facts(order=order, by=by, at=at)
    _finish(order, "payment.collected", payment, tenders, by, at)
    return payment


@verb
@replayable(Payment)
def collect_account(
    *, party: Party, station: Station, tenders: Sequence[Tender], by: User, at: datetime,
    key: uuid.UUID | None = None,
) -> Payment:
    """A customer pays what he owes on account: the oldest bill first (domain.md 4.1)."""
    require(by, P.COLLECT, station.pk)
    owed = list(open_receivables(party, station.pk).select_for_update().order_by("due_on", "id"))
    if not owed:
        raise NothingToCollect
    payment = _take(owed, tenders, party=party, order=None, by=by, at=at, station=station)
    emit("payment.collected", payment, station_id=station.pk, by=by, at=at,
         number=payment.number, amount=payment.amount)
    return payment


@verb
@replayable(Payment)
def take_deposit(
    *, order: WorkOrder, tenders: Sequence[Tender], by: User, at: datetime,
    key: uuid.UUID | None = None,
) -> Payment:
    """Take a deposit (定金) for an order that is not settled yet. Raises as ``collect``."""
    require(by, P.COLLECT, order.station_id)
    work.lock_order(order)
    if order.status in ("settled", "delivered", "closed", "cancelled"):
        raise NothingToCollect
    payment = _take([], tenders, party=order.customer, order=order, by=by, at=at,
                    station=order.station)
    write_facts(order=order, by=by, at=at)
    _finish(order, "deposit.taken", payment, tenders, by, at)
    return payment


def _take(
    owed: Sequence[Receivable], tenders: Sequence[Tender], *, party: Party,
    order: WorkOrder | None, station: Station, by: User, at: datetime,
) -> Payment:
    total = _total(tenders)
    open_amount = sum((receivable.open_amount for receivable in owed), ZERO)
    if owed and total > open_amount:
        raise TooMuch(total, open_amount)
    today = timezone.localdate(at)
    payment = Payment(
        station=station,
        number=draw_number(kind="RC", station_id=station.pk, station_code=station.code, on=today),
        kind=Payment.Kind.COLLECTION if owed else Payment.Kind.DEPOSIT,
        party=party, order=order, amount=total, paid_on=today, at=at, cashier=by,
    )
    payment.entry = posting.post_payment(payment=payment, tenders=tenders, owed=owed, by=by, at=at)
    allocate_fresh(payment=payment, parts=_parts(owed, total), by=by, at=at)
    insert(*(
        PaymentPart(payment=payment, method=tender.method, amount=fen(tender.amount),
                    reference=tender.reference)
        for tender in tenders
    ))
    return payment


def _parts(owed: Sequence[Receivable], total: Decimal) -> list[tuple[Receivable, Decimal]]:
    """What goes to each, the first of them first."""
    parts = []
    for receivable in owed:
        part = min(total, receivable.open_amount)
        if part > 0:
            parts.append((receivable, part))
            total -= part
    return parts


def _total(tenders: Sequence[Tender]) -> Decimal:
    """The sum of the methods, each a known one with a positive amount to the fen."""
    if not tenders:
        raise BadAmount
    for tender in tenders:
        if tender.method not in Method.values or tender.amount <= 0:
            raise BadAmount
        if tender.amount != fen(tender.amount):
            raise BadAmount
    return sum((fen(tender.amount) for tender in tenders), ZERO)


def _finish(
    order: WorkOrder, kind: str, payment: Payment, tenders: Sequence[Tender], by: User,
    at: datetime,
) -> None:
    emit(kind, order, station_id=order.station_id, by=by, at=at, number=payment.number,
         amount=payment.amount,
         methods={tender.method: str(fen(tender.amount)) for tender in tenders})
    prove_constraints()
