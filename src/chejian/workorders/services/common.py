"""What every verb of the order shares: locking in one order, versions, and the copied totals.

Locks are taken order → job → line → stock level; whoever locks, locks the order first.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from chejian.core.money import ZERO
from chejian.core.ready import Ready
from chejian.core.verbs import hold, holds, write, write_what_waits
from chejian.core.versions import require_version
from chejian.workorders.amounts import Charge, totals
from chejian.workorders.errors import BadValue, WrongStatus
from chejian.workorders.models import JobLine, LineShare, PartLine, WorkOrder
from chejian.workorders.states import BILLABLE

COUNTED = (*BILLABLE, "proposed")


LOCKED = Ready(lambda pk: WorkOrder.objects.select_for_update().filter(pk=pk))
LOCKED_WHOLE = Ready(
    lambda pk: WorkOrder.objects.select_for_update(of=("self",)).select_related(
        "station", "repair_class", "repair_type"
    ).filter(pk=pk)
)
"""With what nearly every verb asks of an order."""
LOCKED_JOB = Ready(lambda pk: JobLine.objects.select_for_update().order_by().filter(pk=pk))
LOCKED_LINE = Ready(
    lambda pk: PartLine.objects.select_for_update(of=("self", "job")).select_related(
        "job", "part"
    ).order_by().filter(pk=pk)
)
LOCKED_LINE_OF = Ready(
    lambda order, pk: PartLine.objects.select_for_update(of=("self", "job")).select_related(
        "job", "part"
    ).order_by().filter(order=order, pk=pk)
)


def lock_order(order: WorkOrder) -> WorkOrder:
    """Lock the row and bring the caller's object up to date.

    Its own columns alone: car, customer and station that the caller has loaded stay as they are,
    unless the row now names others. Every verb does this; within one unit of work it is done once.
    """
    if holds(order):
        order._prefetched_objects_cache = {}  # type: ignore[attr-defined]
        return order
    _bring(order, LOCKED)
    hold(order)
    return order


def _bring[M: Model](row: M, locked: Ready[M]) -> M:
    """Lock the row, put its columns into the caller's object; the row as it was read.

    What others say of it (its walk-around, its lines) is forgotten, what it names is not.
    """
    write_what_waits()
    fresh = locked.first(row.pk)
    if fresh is None:
        raise ObjectDoesNotExist(f"{row._meta.label} {row.pk}")
    known = row.__dict__
    for field in row._meta.concrete_fields:
        value = fresh.__dict__[field.attname]
        if field.attname not in known or known[field.attname] != value:
            setattr(row, field.attname, value)  # another key forgets what was loaded for it
    for related in row._meta.related_objects:
        if related.is_cached(row):
            related.delete_cached_value(row)
    row._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    return fresh


def lock_order_of(row: JobLine | PartLine) -> WorkOrder:
    """Lock the order of a job or a line; one that the row does not carry yet is read once."""
    if "order" in row._state.fields_cache:
        return lock_order(row.order)
    write_what_waits()
    order = LOCKED_WHOLE.first(row.order_id)
    if order is None:
        raise WorkOrder.DoesNotExist
    hold(order)
    return order


def lock_job(job: JobLine) -> WorkOrder:
    """Lock the order, then the job; both are fresh after it."""
    order = lock_order_of(job)
    _bring(job, LOCKED_JOB)
    job.order = order
    hold(job)
    return order


def lock_line(line: PartLine) -> WorkOrder:
    """Lock the order, then the line with its job; the line brings its part along."""
    order = lock_order_of(line)
    if holds(line):
        return order
    fresh = _bring(line, LOCKED_LINE)
    line.part, line.job, line.order = fresh.part, fresh.job, order
    line.job.order = order
    hold(line)
    return order


def locked_line(order: WorkOrder, pk: int) -> PartLine | None:
    """Lock the order, then that line of it, with its job and part; None when it has none such."""
    lock_order(order)
    line = LOCKED_LINE_OF.first(order.pk, pk)
    if line is not None:
        line.order = line.job.order = order
        hold(line)
    return line


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


CHARGES = """
SELECT 'labour', j.amount, j.discount, j.payer, j.status = 'proposed', s.payers, s.rates
FROM workorders_jobline j, LATERAL (
    SELECT array_agg(payer ORDER BY id) AS payers, array_agg(rate ORDER BY id) AS rates
    FROM workorders_lineshare WHERE job_id = j.id) s
WHERE j.order_id = %(order)s AND j.status = ANY(%(counted)s)
UNION ALL
SELECT 'part', p.amount, p.discount, p.payer, j.status = 'proposed', s.payers, s.rates
FROM workorders_partline p JOIN workorders_jobline j ON j.id = p.job_id, LATERAL (
    SELECT array_agg(payer ORDER BY id) AS payers, array_agg(rate ORDER BY id) AS rates
    FROM workorders_lineshare WHERE part_line_id = p.id) s
WHERE p.order_id = %(order)s AND NOT p.cancelled AND j.status = ANY(%(counted)s)
"""


def charges_of(order: WorkOrder) -> list[Charge]:
    """Every line that counts, with its payers: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(CHARGES, {"order": order.pk, "counted": list(COUNTED)})
        return [
            Charge(kind, amount, discount,
                   list(zip(payers, rates, strict=True)) if payers else [(payer, Decimal(1))],
                   proposed)
            for kind, amount, discount, payer, proposed, payers, rates in cursor
        ]


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
    """No verb reads them from the database: they go with the order's next change."""
    for name, value in values.items():
        setattr(order, name, value)
    write(order, *values, "order_discount", "round_off", "discount_approved", may_wait=True)


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
