"""How the entries of orders, present and past, are made anew."""

from collections.abc import Iterable, Sequence

from chejian.core.reindexing import Source, register_source
from chejian.core.search import Findable
from chejian.workorders.models import PastOrder, WorkOrder
from chejian.workorders.services import past
from chejian.workorders.services.reception import findable


def register() -> None:
    register_source(Source(
        "order", lambda: WorkOrder.objects.select_related("vehicle", "customer"), _orders,
        lambda order: order.opened_at,
    ))
    register_source(Source(past.SEARCHED, PastOrder.objects.all, past.entries, past.day_of))


def _orders(rows: Sequence[WorkOrder]) -> Iterable[Findable]:
    return map(findable, rows)

