"""Reads of the money side: what is live, what is open, what is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from chejian.accounts.models import User
from chejian.billing.models import Allocation, OpeningBalance, Payment, Receivable, Settlement
from chejian.core.money import ZERO
from chejian.core.ready import Ready
from chejian.parties.models import Party
from chejian.parties.queries import party_ids
from chejian.workorders.models import WorkOrder

OPEN = Q(cancelled=False) & Q(amount__gt=F("allocated"))


def live_settlements(order: WorkOrder) -> QuerySet[Settlement]:
    """The settlements in force: those of the last round that no reversal has taken back."""
    return order.settlements.filter(
        kind=Settlement.Kind.SETTLEMENT, reversal__isnull=True
    ).select_related("station", "entry", "party", "order").order_by("id")


def customer_receivable(order: WorkOrder, *, lock: bool = False) -> Receivable | None:
    """What the customer owes of this order, in force; locked when asked."""
    return OF_CUSTOMER.first(order.pk, lock=lock)


def _of_customer(order: int, *, lock: bool) -> QuerySet[Receivable]:
    rows = Receivable.objects.filter(
        settlement__order=order, payer="customer", cancelled=False
    ).order_by("id")
    return (rows.select_for_update(of=("self",)) if lock else rows)[:1]


OF_CUSTOMER = Ready(_of_customer)


def open_receivables(party: Party, station_id: int) -> QuerySet[Receivable]:
    """What a party still owes on account at a station."""
    return Receivable.objects.filter(OPEN, party=party, station_id=station_id, on_account=True)


def live_openings(party_ids: Iterable[int], station_id: int) -> QuerySet[OpeningBalance]:
    """Opening balances in force of these customers at a station."""
    return OpeningBalance.objects.filter(
        party_id__in=list(party_ids), station_id=station_id, reverses__isnull=True,
        reversal__isnull=True,
    ).order_by("id")


@dataclass(frozen=True)
class PartyAccount:
    """What stands between a customer and the shop, over all stations unless one is named."""

    stored_value: Decimal
    gift_value: Decimal
    debt: Decimal
    on_account: Decimal
    overdue: Decimal
    credit_limit: Decimal

    @property
    def credit_left(self) -> Decimal:
        """How much more may be put on account."""
        return max(self.credit_limit - self.on_account, ZERO)

    @property
    def empty(self) -> bool:
        return not (self.stored_value or self.gift_value or self.debt or self.credit_limit)


def account_of(party: Party, on: date) -> PartyAccount:
    """Stored value, gifts, debts and credit of a customer and of records merged into his."""
    ids = party_ids(party)
    held = OpeningBalance.objects.filter(party_id__in=ids).aggregate(
        stored=Sum("stored_value"), gift=Sum("gift_value")
    )
    left, account = F("amount") - F("allocated"), Q(on_account=True)
    owed = Receivable.objects.filter(OPEN, party_id__in=ids).aggregate(
        all=Sum(left), account=Sum(left, filter=account),
        overdue=Sum(left, filter=account & Q(due_on__lt=on)),
    )
    return PartyAccount(
        held["stored"] or ZERO, held["gift"] or ZERO, owed["all"] or ZERO,
        owed["account"] or ZERO, owed["overdue"] or ZERO, party.credit_limit,
    )


def owed_by(party: Party, station_ids: Iterable[int]) -> list[Receivable]:
    """What the customer still owes at these stations, the oldest first."""
    rows = Receivable.objects.filter(
        OPEN, party_id__in=party_ids(party), station_id__in=list(station_ids)
    )
    return list(
        rows.select_related("settlement", "opening", "station").order_by("due_on", "id")
    )


def openings_of(party: Party, user: User) -> list[OpeningBalance]:
    """His opening balances and their reversals, as far as the person sees the station."""
    rows = OpeningBalance.objects.visible_to(user).filter(party_id__in=party_ids(party))
    return list(rows.select_related("station", "reversal").order_by("id"))


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
    rows = Receivable.objects.filter(OPEN, party=party).select_related("settlement", "opening")
    for row in rows:
        days = (on - row.since).days
        name = "0-30" if days <= 30 else "31-60" if days <= 60 else "61-90" if days <= 90 else "90+"
        buckets[name] += row.open_amount
    return buckets


def payments_of(order: WorkOrder) -> QuerySet[Payment]:
    """Money taken for this order: its deposits and collections, and payments of a whole account
    that were taken off its bills again. By ids first: an OR over both would read every payment.
    """
    return _payments_of(order.pk)


def _payments_of(order: int) -> QuerySet[Payment]:
    own = Payment.objects.filter(order=order).values("pk")
    of_account = Allocation.objects.filter(
        receivable__settlement__order=order, payment__order=None, amount__lt=0
    ).values("payment_id")
    return Payment.objects.filter(pk__in=own.union(of_account))


FREE = Ready(
    lambda order: _payments_of(order).select_for_update()
    .filter(amount__gt=F("allocated") + F("refunded")).order_by("id")
)
"""Those with money left, oldest first, locked."""


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
