"""Orders get another adviser, many at once: somebody is ill, or a shift ends."""

from collections.abc import Sequence
from datetime import datetime

from chejian.accounts.models import User
from chejian.core.verbs import verb
from chejian.workorders.models import WorkOrder
from chejian.workorders.services.reception import update_head


@verb
def assign_adviser(
    *, orders: Sequence[WorkOrder], adviser: User, by: User, at: datetime
) -> list[WorkOrder]:
    """Give the orders to ``adviser``, all or none; those that he has already stay as they are.

    Locked in the order of their ids. Raises NotPermitted, WrongStatus.
    """
    wanted = sorted(orders, key=lambda order: order.pk)
    return [
        update_head(order=order, version=None, by=by, at=at, adviser=adviser)
        for order in wanted if order.adviser_id != adviser.pk
    ]
