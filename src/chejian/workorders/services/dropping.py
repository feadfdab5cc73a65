"""Giving up what was requested of the store and not issued."""

from datetime import datetime

from chejian.accounts.models import User
from chejian.inventory.services import release
from chejian.workorders.models import JobLine, PartLine, PartsRequest, WorkOrder


def drop_request(request: PartsRequest, *, by: User, at: datetime) -> None:
    """Give up the rest of one request; the order is locked."""
    if request.reservation.released_at is None:
        release(reservation=request.reservation, by=by, at=at)
    request.cancelled_at = at
    request.save(update_fields=["cancelled_at"])


def drop_requests(
    order: WorkOrder,
    *,
    by: User,
    at: datetime,
    job: JobLine | None = None,
    line: PartLine | None = None,
) -> int:
    """Give up every open request of the order, or of one job or line; returns how many."""
    waiting = PartsRequest.objects.filter(
        line__order=order, fulfilled_at=None, cancelled_at=None
    ).select_related("reservation").order_by("id")
    if job is not None:
        waiting = waiting.filter(line__job=job)
    if line is not None:
        waiting = waiting.filter(line=line)
    count = 0
    for request in waiting:
        drop_request(request, by=by, at=at)
        count += 1
    return count
