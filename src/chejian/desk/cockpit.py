"""What the cockpit adds to the order's own panels: bills, money taken, cost, inspections."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import prefetch_related_objects

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.billing import queries as money
from chejian.billing.models import Payment, Receivable, Settlement
from chejian.billing.splitting import bills
from chejian.core.money import ZERO
from chejian.core.ready import Ready
from chejian.quality.models import Certificate, Inspection
from chejian.workorders.models import Delivery, WorkOrder
from chejian.workorders.queries import payer_shares
from chejian.workorders.states import OVER

SETTLED = ("settled", *OVER)
PAYMENTS = Ready(lambda pk: Payment.objects.filter(order=pk).order_by("id"))
VERDICTS = Ready(lambda pk: (
    Inspection.objects.filter(order=pk).select_related("inspector").order_by("-id")
))
CERTIFICATE = Ready(lambda pk: Certificate.objects.filter(order=pk).order_by("-id")[:1])
DELIVERY = Ready(lambda pk: Delivery.objects.select_related("by").filter(order=pk)[:1])


@dataclass
class Till:
    """Bills in force, money taken, what is open; cost and margin for whoever may see them."""

    settlements: list[Settlement] = field(default_factory=list)
    receivables: list[Receivable] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    sees_cost: bool = False
    cost: Decimal = ZERO
    net: Decimal = ZERO

    @property
    def margin(self) -> Decimal:
        return self.net - self.cost

    @property
    def margin_rate(self) -> Decimal | None:
        return self.margin / self.net if self.net else None

    @property
    def taken(self) -> Decimal:
        return sum((payment.amount - payment.refunded for payment in self.payments), ZERO)

    @property
    def anything(self) -> bool:
        return bool(self.settlements or self.payments or self.sees_cost)


def till(order: WorkOrder, user: User) -> Till:
    """Up to six statements, three of them only for whoever sees cost before the settlement."""
    found = Till(
        payments=PAYMENTS.all(order.pk), sees_cost=user.can_at(P.SEE_COST, order.station_id)
    )
    prefetch_related_objects(found.payments, "parts")
    if order.status in SETTLED:
        found.settlements = list(money.live_settlements(order))
        found.receivables = list(
            Receivable.objects.filter(settlement__in=found.settlements, cancelled=False)
        )
    if found.sees_cost:
        found.cost, found.net = _margin(order, found.settlements)
    return found


def _margin(order: WorkOrder, settlements: list[Settlement]) -> tuple[Decimal, Decimal]:
    """Cost and net of VAT: of the frozen bills, else as a bill of this moment would be."""
    if settlements:
        return (sum((bill.cost for bill in settlements), ZERO),
                sum((bill.net for bill in settlements), ZERO))
    try:
        found = bills(payer_shares(order), order_discount=order.order_discount,
                      round_off=order.round_off)
    except ValueError:
        return ZERO, ZERO
    return sum((bill.cost for bill in found), ZERO), sum((bill.net for bill in found), ZERO)


def open_amount(found: Till, settlement: Settlement) -> Decimal:
    return sum(
        (row.open_amount for row in found.receivables if row.settlement_id == settlement.pk), ZERO
    )


def inspections(order: WorkOrder) -> dict[str, Any]:
    """Every verdict with its measured items, and the certificate in force."""
    verdicts = VERDICTS.all(order.pk)
    prefetch_related_objects(verdicts, "items")
    return {"verdicts": verdicts, "certificate": CERTIFICATE.first(order.pk)}


def delivery_of(order: WorkOrder) -> Delivery | None:
    """Who took the car, when and with which reading; asked for only once it has left."""
    if order.status not in ("delivered", "closed"):
        return None
    return DELIVERY.first(order.pk)
