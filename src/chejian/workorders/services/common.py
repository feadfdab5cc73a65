"""What every verb of the order shares: locking in one order, versions, and the copied totals.

Locks are taken order → job → line → stock level; whoever locks, locks the order first.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chejian.core.money import ZERO
from chejian.core.versions import require_version
from chejian.workorders.amounts import Charge, totals
from chejian.workorders.errors import BadValue, WrongStatus
from chejian.workorders.models import JobLine, LineShare, PartLine, WorkOrder
from chejian.workorders.states import BILLABLE

COUNTED = (*BILLABLE, "proposed")


def _locking() -> QuerySet[WorkOrder]:
    """The locked row with what nearly every verb asks of it."""
    return WorkOrder.objects.select_for_update(of=("self",)).select_related(
        "station", "repair_class", "repair_type"
    )


def lock_order(order: WorkOrder) -> WorkOrder:
    """Lock the row and bring the caller's object up to date.

    Its own columns alone: car, customer and station that the caller has loaded stay as they are,
    unless the row now names others. Every verb does this, often several in one request.
    """
    row = WorkOrder.objects.select_for_update().filter(pk=order.pk).values_list().get()
    for field, value in zip(WorkOrder._meta.concrete_fields, row, strict=True):
        setattr(order, field.attname, value)  # another key forgets what was loaded for it
    order._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    for related in WorkOrder._meta.related_objects:
        if related.is_cached(order):
            related.delete_cached_value(order)
    return order


def lock_order_of(row: JobLine | PartLine) -> WorkOrder:
    """Lock the order of a job or a line; one that the row does not carry yet is read once."""
    if "order" in row._state.fields_cache:
        return lock_order(row.order)
    return _locking().get(pk=row.order_id)


def lock_job(job: JobLine) -> WorkOrder:
    """Lock the order, then the job; both are fresh after it."""
    order = lock_order_of(job)
    job.refresh_from_db(from_queryset=JobLine.objects.select_for_update())
    job.order = order
    return order


def lock_line(line: PartLine) -> WorkOrder:
    """Lock the order, then the job, then the line, which brings its part along."""
    order = lock_order_of(line)
    job = JobLine.objects.select_for_update().get(pk=line.job_id)
    job.order = order
    line.refresh_from_db(
        from_queryset=PartLine.objects.select_for_update(of=("self",)).select_related("part")
    )
    line.order, line.job = order, job
    return order


def require_status(order: WorkOrder, allowed: Iterable[str]) -> None:
    """Raise WrongStatus unless the order is in one of these."""
    if order.status not in allowed:
        raise WrongStatus(
            _("The order is “%(status)s”: this cannot be done now.")
            % {"status": order.get_status_display()},
            status=order.status,
        )


def check_version(
    row: WorkOrder | JobLine | PartLine, version: int | None, given: Mapping[str, Any]
) -> None:
    """Raise Conflict with both values when somebody changed them meanwhile. None: as it is."""
    if version is not None:
        require_version(row, version, given)


def whole_shares(
    line: JobLine | PartLine, shares: Iterable[LineShare]
) -> list[tuple[str, Decimal]]:
    """The payers of a line with their rates: its split, or its one payer."""
    return [(share.payer, share.rate) for share in shares] or [(line.payer, Decimal(1))]


def charges_of(order: WorkOrder) -> list[Charge]:
    """Every line that counts, with its payers: three statements."""
    jobs = {job.pk: job for job in order.jobs.filter(status__in=COUNTED)}
    parts = list(PartLine.objects.filter(job_id__in=jobs, cancelled=False))
    by_job: dict[int, list[LineShare]] = {}
    by_part: dict[int, list[LineShare]] = {}
    # by the ids of the lines: through the order the database would read every split there is
    for share in LineShare.objects.filter(Q(job__in=jobs) | Q(part_line__in=parts)):
        if share.job_id is not None:
            by_job.setdefault(share.job_id, []).append(share)
        elif share.part_line_id is not None:
            by_part.setdefault(share.part_line_id, []).append(share)
    found = [
        Charge("labour", job.amount, job.discount, whole_shares(job, by_job.get(job.pk, ())),
               job.status == "proposed")
        for job in jobs.values()
    ]
    found += [
        Charge("part", line.amount, line.discount, whole_shares(line, by_part.get(line.pk, ())),
               jobs[line.job_id].status == "proposed")
        for line in parts
    ]
    return found


def recalculate(order: WorkOrder) -> None:
    """Write the totals. Deductions that no longer fit fall away; others are to be judged anew.

    A rounding-off belongs to the total it was taken from: when that changes it falls away.
    """
    charges = charges_of(order)
    found = totals(charges, order_discount=order.order_discount, round_off=order.round_off)
    customer = found.customer_total + order.order_discount + order.round_off
    before = order.customer_total + order.order_discount + order.round_off
    if customer != before and (order.order_discount or order.round_off):
        order.round_off = ZERO
        order.discount_approved = False
        if order.order_discount > customer:
            order.order_discount = ZERO
        found = totals(charges, order_discount=order.order_discount)
    write_totals(order, vars(found))


def write_totals(order: WorkOrder, values: dict[str, Decimal]) -> None:
    for name, value in values.items():
        setattr(order, name, value)
    order.save(
        update_fields=[*values, "order_discount", "round_off", "discount_approved"]
    )


def customer_part(job: JobLine) -> Decimal:
    """What the customer would pay of this job with its parts."""
    lines = list(job.parts.filter(cancelled=False).prefetch_related("shares"))
    charges = [Charge("labour", job.amount, job.discount, whole_shares(job, job.shares.all()))]
    charges += [
        Charge("part", line.amount, line.discount, whole_shares(line, line.shares.all()))
        for line in lines
    ]
    return sum((charge.paid_by("customer") for charge in charges), ZERO)


def require_positive(value: Decimal, field: str, *, zero: bool = False) -> Decimal:
    """Raise BadValue for what is not a finite number above zero (or zero, where it may be)."""
    if not value.is_finite() or value < 0 or (value == 0 and not zero):
        raise BadValue(_("Enter a number above zero."), field=field, value=str(value))
    return value
