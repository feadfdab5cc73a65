"""One order as a person sees it: what nearly every view of an order begins with."""

from django.db.models import QuerySet

from chejian.accounts.guards import judged
from chejian.accounts.models import User
from chejian.core.ready import Ready
from chejian.workorders.models import WorkOrder
from chejian.workorders.models.order import reach_of

HEAD = ("customer", "vehicle", "repair_type", "repair_class", "adviser", "walkaround")
"""What the head of an order shows: no more, each further table is dear to plan."""


def _seen(
    pk: int, user_id: int, *, whole: tuple[int, ...], own: tuple[int, ...], related: tuple[str, ...]
) -> QuerySet[WorkOrder]:
    rows = WorkOrder.objects.within(user_id, whole, own).filter(pk=pk)
    return rows.select_related(*related) if related else rows


SEEN = Ready(_seen)


def seen_order(user: User, pk: int, *permissions: str, related: tuple[str, ...] = ()) -> WorkOrder:
    """The visible order with what it names, or 404; then 403 without any of ``permissions``."""
    whole, own = reach_of(user)
    found = SEEN.first(pk, user.pk, whole=whole, own=own, related=related)
    return judged(found, user, *permissions)
