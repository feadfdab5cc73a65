"""Reads of the money side: what is live, what is open, what is overdue."""

from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from chejian.billing.models import Allocation, Payment, Receivable, Settlement
from chejian.core.money import ZERO
from chejian.parties.models import Party
from chejian.workorders.models import WorkOrder

OPEN = Q(cancelled=False) & Q(amount__gt=F("allocated"))


def live_settlements(order: WorkOrder) -> QuerySet[Settlement]:
    """The settlements in force: those of the last round that no reversal has taken back."""
    return order.settlements.filter(
        kind=Settlement.Kind.SETTLEMENT, reversal__isnull=True
    ).select_related("station", "entry", "party", "order").order_by("id")


def customer_receivable(order: WorkOrder, *, lock: bool = False) -> Receivable | None:
    """What the customer owes of this order, in force; locked when asked."""
    rows = Receivable.objects.filter(
        settlement__order=order, payer="customer", cancelled=False
    ).order_by("id")
    if lock:
        rows = rows.select_for_update(of=("self",))
    return rows.first()


def open_receivables(party: Party, station_id: int) -> QuerySet[Receivable]:
    """What a party still owes on account at a station."""
    return Receivable.objects.filter(OPEN, party=party, station_id=station_id, on_account=True)


def _sum_open(rows: QuerySet[Receivable]) -> Decimal:
    return rows.aggregate(open=Sum(F("amount") - F("allocated")))["open"] or ZERO


def credit_used(party: Party) -> Decimal:
    """Open amounts on account over all stations: the credit limit is the organisation's."""
    return _sum_open(Receivable.objects.filter(OPEN, party=party, on_account=True))


def overdue(party: Party, on: date) -> Decimal:
    """Open amounts on account whose term is over."""
    return _sum_open(
        Receivable.objects.filter(OPEN, party=party, on_account=True, due_on__lt=on)
    )


def ageing(party: Party, on: date) -> dict[str, Decimal]:
    """Open amounts by days since settlement: 0-30, 31-60, 61-90, 90+ (domain.md 4)."""
    buckets = {"0-30": ZERO, "31-60": ZERO, "61-90": ZERO, "90+": ZERO}
    rows = Receivable.objects.filter(OPEN, party=party).select_related("settlement")
    for row in rows:
        days = (on - row.settlement.settled_on).days
        name = "0-30" if days <= 30 else "31-60" if days <= 60 else "61-90" if days <= 90 else "90+"
        buckets[name] += row.open_amount
    return buckets


def payments_of(order: WorkOrder) -> QuerySet[Payment]:
    """Money taken for this order: its deposits and collections, and payments of a whole account
    that were taken off its bills again. By ids first: an OR over both would read every payment.
    """
    own = Payment.objects.filter(order=order).values("pk")
    of_account = Allocation.objects.filter(
        receivable__settlement__order=order, payment__order=None, amount__lt=0
    ).values("payment_id")
    return Payment.objects.filter(pk__in=own.union(of_account))


def orders_of(payment: Payment) -> list[int]:
    """The orders whose facts speak of this payment's free money, in the order of locking."""
    if payment.order_id:
        return [payment.order_id]
    taken_off = Allocation.objects.filter(payment=payment, amount__lt=0)
    return sorted(set(taken_off.values_list("receivable__settlement__order_id", flat=True)))


def free_money(order: WorkOrder) -> Decimal:
    """Deposits and credit of this order that nothing has used yet."""
    found = payments_of(order).aggregate(free=Sum(F("amount") - F("allocated") - F("refunded")))
    return found["free"] or ZERO
