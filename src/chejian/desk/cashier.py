"""What the cashier's page shows: the queue, the chosen order's bills, what is still to collect."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from chejian.accounts.models import User
from chejian.billing import queries as money
from chejian.billing.models import Payment, Receivable, Settlement
from chejian.billing.splitting import Bill, bills
from chejian.core.money import ZERO
from chejian.workorders import lifecycle
from chejian.workorders import queries as orders
from chejian.workorders.models import OrderPaper, WorkOrder

TABS = ("settle", "collect", "deposit")


def queue(user: User, station_id: int, tab: str) -> QuerySet[WorkOrder]:
    """Orders that wait at the counter, the longest waiting first."""
    rows = WorkOrder.objects.visible_to(user).filter(station_id=station_id)
    if tab == "collect":
        rows = rows.filter(settled_at__isnull=False, cleared=False).order_by("settled_at")
    elif tab == "deposit":
        rows = rows.filter(status__in=["received", "in_progress", "on_hold"]).order_by("-id")
    else:
        rows = rows.filter(status=WorkOrder.Status.COMPLETED).order_by("completed_at")
    return rows.select_related("customer")


def counts(user: User, station_id: int) -> dict[str, int]:
    return {tab: queue(user, station_id, tab).order_by().count() for tab in TABS}


@dataclass
class Counter:
    """One order at the counter. ``bills`` are computed until it is settled, frozen after that."""

    order: WorkOrder
    bills: list[Bill]
    settlements: list[Settlement]
    receivable: Receivable | None
    payments: list[Payment]
    free: Decimal
    refusals: list[object]
    papers: list[OrderPaper]
    account: money.PartyAccount
    error: str = ""

    @property
    def settled(self) -> bool:
        return bool(self.settlements)

    @property
    def customer_gross(self) -> Decimal:
        return next((bill.gross for bill in self.bills if bill.payer == "customer"), ZERO)

    @property
    def line_discount(self) -> Decimal:
        return next((bill.line_discount for bill in self.bills if bill.payer == "customer"), ZERO)

    @property
    def to_pay(self) -> Decimal:
        """What the customer still owes: the open receivable, or the bill less what is held."""
        if self.receivable is not None:
            return self.receivable.open_amount
        if self.settled:
            return ZERO
        payable = next((bill.payable for bill in self.bills if bill.payer == "customer"), ZERO)
        return max(payable - self.free, ZERO)

    @property
    def total(self) -> Decimal:
        return sum((bill.payable for bill in self.bills), ZERO)


def at_counter(order: WorkOrder, user: User) -> Counter:
    """Everything about one order that the cashier needs, with why it cannot be settled yet."""
    frozen = list(money.live_settlements(order).prefetch_related("lines"))
    error, computed = "", []
    try:
        computed = bills(
            orders.payer_shares(order),
            order_discount=order.order_discount,
            round_off=order.round_off,
        )
    except ValueError:
        error = "discount"
    return Counter(
        order=order,
        bills=computed,
        settlements=frozen,
        receivable=money.customer_receivable(order),
        payments=list(
            money.payments_of(order).prefetch_related("parts", "refunds").order_by("id")
        ),
        free=money.free_money(order),
        refusals=list(lifecycle.ORDERS.refusals(order, "settle", by=user)) if not frozen else [],
        papers=list(
            OrderPaper.objects.filter(order=order, kind=OrderPaper.Kind.SETTLEMENT)[:4]
        ),
        account=money.account_of(order.customer, timezone.localdate()),
        error=error,
    )


def taken_today(user: User, station_id: int) -> Decimal:
    """What this cashier has taken today, refunds not counted."""
    rows = Payment.objects.filter(
        cashier=user, station_id=station_id, paid_on=timezone.localdate()
    )
    return rows.aggregate(total=Sum(F("amount")))["total"] or ZERO
