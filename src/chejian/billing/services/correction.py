"""更正结算: the car has left or the month is closed, so the status stays; a red document takes the
old bill back today, and a new one stands beside it."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.billing.errors import NothingToCorrect
from chejian.billing.queries import customer_receivable, live_settlements
from chejian.billing.rules import require
from chejian.billing.services.allocation import write_facts
from chejian.billing.services.reversal import take_back
from chejian.billing.services.settlement import freeze
from chejian.books.queries import is_closed
from chejian.books.services import prove_constraints
from chejian.core.errors import Refusal, Refused
from chejian.core.money import ZERO
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.text import tidy
from chejian.core.verbs import verb
from chejian.workorders import services as work
from chejian.workorders.models import WorkOrder
from chejian.workorders.states import CORRECTABLE


def correctable(order: WorkOrder) -> bool:
    """Whether a correction is the only way: after delivery, or when the month is closed.

    Until then the settlement is reversed and the order settled anew (decisions.md).
    """
    if order.status != WorkOrder.Status.SETTLED:
        return order.status in CORRECTABLE
    return any(is_closed(made.station_id, made.settled_on) for made in live_settlements(order))


@verb
@replayable(WorkOrder)
def correct_settlement(
    *, order: WorkOrder, reason: str, payers: Mapping[tuple[str, int], str],
    order_discount: Decimal, round_off: Decimal, by: User, at: datetime,
    key: uuid.UUID | None = None,
) -> WorkOrder:
    """Take every live settlement back and settle anew with other payers or deductions.

    What was paid pays the new bills; what is over is the payer's credit, to be refunded; what is
    short is to be collected. Both documents carry today's date. Raises NotPermitted, Refused (no
    reason), NothingToCorrect, BadValue, DiscountTooLarge, PeriodClosed.
    """
    require(by, P.REVERSE_SETTLEMENT, order.station_id)
    if not tidy(reason):
        raise Refused([Refusal("no_reason", _("Please give a reason."), "reason")])
    work.lock_order(order)
    if not correctable(order):
        raise NothingToCorrect(
            _("Reverse the settlement instead: the car is still here and the month is open.")
            if order.status == WorkOrder.Status.SETTLED
            else _("There is no settlement to correct.")
        )
    before = customer_receivable(order)
    due_on = before.due_on if before is not None and before.on_account else None
    for settlement in live_settlements(order):
        take_back(settlement, tidy(reason), by, at)
    work.correct_bill(
        order=order, payers=payers, order_discount=order_discount, round_off=round_off,
        by=by, at=at,
    )
    made = freeze(order, by=by, at=at)
    if due_on is not None:
        _keep_on_account(order, due_on, by=by, at=at)
    emit("order.rebilled", order, station_id=order.station_id, by=by, at=at, reason=tidy(reason),
         amount=sum((settlement.payable for settlement in made), ZERO))
    prove_constraints()
    return order


def _keep_on_account(order: WorkOrder, due_on: date, *, by: User, at: datetime) -> None:
    """A bill that was left on account stays there, due on the same day."""
    receivable = customer_receivable(order, lock=True)
    if receivable is None or not receivable.open_amount:
        return
    receivable.on_account, receivable.due_on = True, due_on
    receivable.save(update_fields=["on_account", "due_on"])
    write_facts(order=order, receivable=receivable, by=by, at=at)
