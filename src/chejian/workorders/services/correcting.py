"""更正: payers and deductions of an order whose status stays, when its bill is corrected."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.outbox import emit
from chejian.core.verbs import verb
from chejian.workorders.models import JobLine, PartLine, WorkOrder
from chejian.workorders.rights import require
from chejian.workorders.services.common import lock_order, require_status
from chejian.workorders.services.discounts import deduct
from chejian.workorders.services.part_lines import write_shares
from chejian.workorders.states import BILLABLE, CORRECTABLE


@verb
def correct_bill(
    *, order: WorkOrder, payers: Mapping[tuple[str, int], str], order_discount: Decimal,
    round_off: Decimal, by: User, at: datetime,
) -> WorkOrder:
    """Give lines another payer and set the deductions, after the settlement.

    ``payers`` maps ("labour" or "part", id of the line) to the one who pays the whole of it; lines
    that are not named keep theirs. Raises NotPermitted, WrongStatus, BadValue, DiscountTooLarge.
    """
    lock_order(order)
    require(by, order.station_id, P.REVERSE_SETTLEMENT)
    require_status(order, CORRECTABLE)
    changed = []
    for line in _lines(order):
        kind = "labour" if isinstance(line, JobLine) else "part"
        payer = payers.get((kind, line.pk))
        if payer is not None:
            write_shares(line, {payer: Decimal(1)})
            changed.append([line.name, payer])
    deduct(order, order_discount=order_discount, round_off=round_off, by=by)
    emit("order.corrected", order, station_id=order.station_id, by=by, at=at, payers=changed,
         order_discount=order_discount, round_off=round_off)
    return order


def _lines(order: WorkOrder) -> list[JobLine | PartLine]:
    jobs = order.jobs.filter(status__in=BILLABLE).order_by("id")
    parts = PartLine.objects.filter(job__in=jobs, cancelled=False).order_by("id")
    return [*jobs, *parts]
