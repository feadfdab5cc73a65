"""Discounts of lines and order, and 抹零: within the role's limit, or approved by who may."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from chejian.accounts.models import ApprovalRequest, User
from chejian.accounts.permissions import P
from chejian.accounts.services import request_approval, usable_approval, use_approval
from chejian.core.money import ZERO, fen
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.workorders.amounts import totals
from chejian.workorders.errors import BadValue, DiscountTooLarge
from chejian.workorders.lifecycle import limits_of
from chejian.workorders.models import JobLine, PartLine, WorkOrder
from chejian.workorders.rights import require
from chejian.workorders.services.common import (
    charges_of,
    lock_order,
    require_positive,
    require_status,
    write_totals,
)
from chejian.workorders.states import OPEN_FOR_PRICES

LINE_DISCOUNT = "line_discount"
ORDER_DISCOUNT = "order_discount"


def allow_line_discount(
    line: JobLine | PartLine, *, discount: Decimal, amount: Decimal, by: User
) -> None:
    """Within the limit, else using up an approval. Raises DiscountTooLarge, BadValue."""
    require_positive(discount, "discount", zero=True)
    if discount > amount:
        raise BadValue(_("The discount is more than the line."), field="discount")
    rate, _round_off = limits_of(by, line.order.station_id)
    if discount <= fen(amount * rate):
        return
    approval = usable_approval(kind=LINE_DISCOUNT, subject=line, amount=discount)
    if approval is None:
        raise DiscountTooLarge(wanted=discount, limit=fen(amount * rate))
    use_approval(approval)


@verb
def ask_discount(
    *, order: WorkOrder, amount: Decimal, reason: str, by: User, at: datetime,
    line: JobLine | PartLine | None = None,
) -> ApprovalRequest:
    """Ask whoever may approve for a discount of a line, or of the order with its 抹零.

    Raises NotPermitted, WrongStatus, BadValue.
    """
    lock_order(order)
    require(by, order.station_id, P.EDIT_ORDER, P.SETTLE)
    require_status(order, OPEN_FOR_PRICES)
    require_positive(amount, "amount")
    if line is not None and line.order_id != order.pk:
        raise BadValue(_("This line belongs to another order."), field="line")
    label = order.number if line is None else f"{order.number} {line.name}"
    return request_approval(
        station_id=order.station_id, kind=ORDER_DISCOUNT if line is None else LINE_DISCOUNT,
        permission=P.APPROVE_DISCOUNT, subject=line or order, label=label[:120], amount=amount,
        by=by, at=at, reason=reason, data={"order": order.pk},
    )


@verb
def set_discounts(
    *,
    order: WorkOrder,
    order_discount: Decimal,
    round_off: Decimal,
    by: User,
    at: datetime,
    approved: bool = False,
) -> WorkOrder:
    """Set the order's discount and 抹零 on the customer's shares.

    Each must be within the person's limit; otherwise an approval of their sum is used up.
    ``approved`` is for the app above that has used one already. Raises NotPermitted, WrongStatus,
    BadValue, DiscountTooLarge.
    """
    lock_order(order)
    require(by, order.station_id, P.SETTLE, P.EDIT_ORDER)
    require_status(order, OPEN_FOR_PRICES)
    deduct(order, order_discount=order_discount, round_off=round_off, by=by, approved=approved)
    emit("order.discounted", order, station_id=order.station_id, by=by, at=at,
         order_discount=order_discount, round_off=round_off)
    return order


def deduct(
    order: WorkOrder, *, order_discount: Decimal, round_off: Decimal, by: User,
    approved: bool = False,
) -> None:
    """Write both deductions and the totals of a locked order. Raises BadValue, DiscountTooLarge."""
    require_positive(order_discount, "order_discount", zero=True)
    require_positive(round_off, "round_off", zero=True)
    charges = charges_of(order)
    base = totals(charges).customer_total
    if order_discount + round_off > base:
        raise BadValue(_("The discount is more than the customer pays."), field="order_discount")
    if not approved:
        _allow(order, order_discount, round_off, base, by)
    order.order_discount, order.round_off = order_discount, round_off
    order.discount_approved = bool(order_discount or round_off)
    write_totals(order, vars(totals(charges, order_discount=order_discount, round_off=round_off)))


def _allow(
    order: WorkOrder, discount: Decimal, round_off: Decimal, base: Decimal, by: User
) -> None:
    rate, round_limit = limits_of(by, order.station_id)
    limit = fen(base * rate)
    if discount <= limit and round_off <= round_limit:
        return
    approval = usable_approval(kind=ORDER_DISCOUNT, subject=order, amount=discount + round_off)
    if approval is not None:
        use_approval(approval)
        return
    if discount > limit:
        raise DiscountTooLarge(wanted=discount, limit=limit, field="order_discount")
    raise DiscountTooLarge(wanted=round_off, limit=round_limit or ZERO, field="round_off")
