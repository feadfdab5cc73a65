"""Who may edit a job, and what an edit does to the customer's approval.

As long as a job is proposed, anything may change. An approved job that would cost the customer more
(hours, rate, price, a new part, a larger quantity, a share that moves to him) goes back to
``proposed`` and he is asked again; his technicians stay and take it up when he agrees. Once work
has begun that is refused (WorkBegun): what is more becomes an additional job. What costs him the
same or less, or is paid by somebody else, may change until the settlement.
(The customer need not pay for work done without his consent: 宁波市机动车维修业管理条例 art. 16.)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.outbox import emit
from chejian.workorders.errors import PriceNotYours, WorkBegun
from chejian.workorders.lifecycle import JOBS
from chejian.workorders.models import JobLine, WorkOrder
from chejian.workorders.rights import require, require_order_work
from chejian.workorders.services.common import customer_part
from chejian.workorders.states import BILLABLE, NOT_BEGUN


def require_editor(order: WorkOrder, by: User, job: JobLine | None = None) -> None:
    """Advisers edit everything; the workshop proposes what it finds, on orders it works on."""
    if by.can_at(P.EDIT_ORDER, order.station_id):
        return
    if job is not None and job.status != "proposed":
        require(by, order.station_id, P.EDIT_ORDER)
    require(by, order.station_id, P.DISPATCH, P.WORK_ANY, P.WORK, P.LEAD_TEAM)
    if not by.can_at(P.DISPATCH, order.station_id):
        require_order_work(order, by)


@contextmanager
def keeping_approval(job: JobLine, *, by: User, at: datetime) -> Iterator[None]:
    """Around an edit of a job or its parts: see the rule above. Raises WorkBegun."""
    if job.status not in BILLABLE:
        yield
        return
    before = customer_part(job)
    yield
    if customer_part(job) <= before:
        return
    if job.status not in NOT_BEGUN:
        raise WorkBegun(job.name)
    JOBS.transition(job, "revoke", by=by, at=at)
    emit("job.revoked", job.order, station_id=job.station_id, by=by, at=at, job=job.pk,
         name=job.name)


def require_price(
    by: User, order: WorkOrder, name: str, *, listed: Decimal, wanted: Decimal
) -> User | None:
    """Who overrode the price: nobody when it is the list's. Raises PriceNotYours."""
    if wanted == listed:
        return None
    if not by.can_at(P.OVERRIDE_PRICE, order.station_id):
        raise PriceNotYours(name, listed, wanted)
    return by


def tell_override(
    order: WorkOrder, name: str, *, listed: Decimal | None, wanted: Decimal | None, by: User,
    at: datetime,
) -> None:
    emit("price.overridden", order, station_id=order.station_id, by=by, at=at, name=name,
         listed=listed, wanted=wanted)
