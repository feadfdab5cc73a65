"""Jobs: adding, from a template too, changing, striking out."""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.catalog.models import (
    JobTemplate,
    JobTemplateJob,
    JobTemplatePart,
    LabourOperation,
)
from chejian.core import planned
from chejian.core.money import fen, price, quantity
from chejian.core.outbox import emit
from chejian.core.ready import Ready
from chejian.core.rows import insert
from chejian.core.text import tidy
from chejian.core.verbs import verb
from chejian.workorders.amounts import job_amount, kept_discount
from chejian.workorders.errors import BadValue, PriceNotYours
from chejian.workorders.lifecycle import JOBS
from chejian.workorders.models import JobLine, PartLine, Payer, WorkOrder
from chejian.workorders.rights import require
from chejian.workorders.services.common import (
    check_version,
    lock_job,
    lock_order,
    recalculate,
    require_positive,
    require_status,
)
from chejian.workorders.services.discounts import allow_line_discount
from chejian.workorders.services.dropping import drop_requests
from chejian.workorders.services.edits import (
    keeping_approval,
    require_editor,
    require_price,
    tell_override,
)
from chejian.workorders.services.part_lines import part_of, tell_part
from chejian.workorders.states import OPEN_FOR_PRICES, OPEN_FOR_WORK

JOB_FIELDS = frozenset({"name", "flat_hours", "rate", "fixed_price", "discount", "payer"})


class JobWish(TypedDict, total=False):
    """What may be said of a new job; what is not said comes from the catalogue and the order."""

    operation: LabourOperation | None
    name: str
    flat_hours: Decimal | None
    rate: Decimal | None
    fixed_price: Decimal | None
    payer: str | None
    additional: bool | None
    found_by: User | None
    comeback_of: JobLine | None


@verb
def add_job(*, order: WorkOrder, by: User, at: datetime, **wish: Unpack[JobWish]) -> JobLine:
    """Put a job on the order, from the catalogue or in free words; it is proposed at first.

    It is additional (增项) once the customer has given an answer about this order. A comeback is
    paid by the house unless said otherwise. Raises NotPermitted, WrongStatus, BadValue,
    PriceNotYours.
    """
    lock_order(order)
    require_editor(order, by)
    require_status(order, OPEN_FOR_WORK)
    job = make_job(order, by=by, at=at, **wish)
    recalculate(order)
    return job


def make_job(order: WorkOrder, *, by: User, at: datetime, **wish: Unpack[JobWish]) -> JobLine:
    """The row with its prices; the order is locked and its totals are the caller's to renew."""
    job = _job(order, *_place_and_rate(order), by=by, at=at, **wish)
    insert(job)
    _tell_added(job, by, at)
    return job


def _job(
    order: WorkOrder, position: int, list_rate: Decimal, *, by: User, at: datetime,
    **wish: Unpack[JobWish],
) -> JobLine:
    """A job with its prices, not written yet."""
    operation, comeback_of = wish.get("operation"), wish.get("comeback_of")
    additional = wish.get("additional")
    words = tidy(wish.get("name", "")) or (operation.name if operation else "")
    if not words:
        raise BadValue(_("Enter what is to be done."), field="name")
    if comeback_of is not None and comeback_of.order.vehicle_id != order.vehicle_id:
        raise BadValue(_("A comeback belongs to the same car."), field="comeback_of")
    job = JobLine(
        order=order, position=position, operation=operation, name=words[:80],
        additional=is_additional(order) if additional is None else additional,
        found_by=wish.get("found_by"), comeback_of=comeback_of, list_rate=list_rate,
        rate=list_rate, flat_hours=operation.flat_hours if operation else Decimal(0),
        fixed_price=operation.fixed_price if operation else None,
        list_fixed_price=operation.fixed_price if operation else None,
        payer=_payer(wish.get("payer"), order, comeback_of), added_at=at,
    )
    if operation is not None:
        job.tax_rate = operation.tax_rate.rate
    _price(job, flat_hours=wish.get("flat_hours"), rate=wish.get("rate"),
           fixed_price=wish.get("fixed_price"), by=by, at=at)
    return job


def _tell_added(job: JobLine, by: User, at: datetime) -> None:
    emit("job.added", job.order, station_id=job.order.station_id, by=by, at=at, job=job.pk,
         name=job.name, amount=job.amount, additional=job.additional)


# A labour class that is no more falls back to QITA (B10).
PLACE_AND_RATE = """
SELECT (SELECT max(position) FROM workorders_jobline WHERE order_id = %s),
    (SELECT rate FROM catalog_labourclass WHERE code IN (%s, 'QITA')
     ORDER BY code = 'QITA' LIMIT 1)
"""


def _place_and_rate(order: WorkOrder) -> tuple[int, Decimal]:
    """The next job's position, and the hourly rate of the order's labour class."""
    ((last, rate),) = planned.rows(PLACE_AND_RATE, [order.pk, order.labour_class])
    return 1 if last is None else last + 1, rate or Decimal(0)


def is_additional(order: WorkOrder) -> bool:
    """增项: found after the customer has answered about what was planned."""
    return order.status != "draft" and order.authorisations.exists()


def _payer(payer: str | None, order: WorkOrder, comeback_of: JobLine | None) -> str:
    chosen = payer or (Payer.INTERNAL if comeback_of else order.repair_type.payer)
    return require_payer(chosen)


def require_payer(payer: str) -> str:
    if payer not in Payer.values:
        raise BadValue(_("Choose who pays."), field="payer", payer=payer)
    return payer


def _price(
    job: JobLine,
    *,
    flat_hours: Decimal | None,
    rate: Decimal | None,
    fixed_price: Decimal | None,
    by: User,
    at: datetime,
) -> None:
    """Hours are the adviser's estimate; another rate or fixed price than the list's is not."""
    if flat_hours is not None:
        job.flat_hours = quantity(require_positive(flat_hours, "flat_hours", zero=True))
    if rate is not None:
        job.rate = price(require_positive(rate, "rate", zero=True))
    if fixed_price is not None:
        job.fixed_price = price(require_positive(fixed_price, "fixed_price", zero=True))
    _judge_prices(job, by, at)
    job.amount = job_amount(job.flat_hours, job.rate, job.fixed_price)


def _judge_prices(job: JobLine, by: User, at: datetime) -> None:
    order = job.order
    overridden = require_price(by, order, job.name, listed=job.list_rate, wanted=job.rate)
    if job.operation is not None and job.fixed_price != job.list_fixed_price:
        if not by.can_at(P.OVERRIDE_PRICE, order.station_id):
            listed = job.list_fixed_price
            hours_price = job_amount(job.flat_hours, job.list_rate, None)
            raise PriceNotYours(job.name, hours_price if listed is None else listed,
                                job.fixed_price or hours_price)
        overridden = by
    if overridden is not None and job.overridden_by_id is None:
        tell_override(order, job.name, listed=job.list_fixed_price or job.list_rate,
                      wanted=job.fixed_price or job.rate, by=by, at=at)
    job.overridden_by = overridden


JOBS_OF = Ready(
    lambda template: JobTemplateJob.objects.filter(template=template).select_related(
        "operation__tax_rate"
    )
)
PARTS_OF = Ready(
    lambda template: JobTemplatePart.objects.filter(job__template=template).select_related(
        "part__tax_rate"
    )
)


@verb
def apply_template(
    *, order: WorkOrder, template: JobTemplate, by: User, at: datetime
) -> list[JobLine]:
    """Put a common job with its usual operations and parts on the order in one touch."""
    lock_order(order)
    require_editor(order, by)
    require_status(order, OPEN_FOR_WORK)
    wanted_parts: dict[int, list[JobTemplatePart]] = {}
    for part in PARTS_OF.all(template.pk):
        wanted_parts.setdefault(part.job_id, []).append(part)
    (first, rate), additional = _place_and_rate(order), None
    jobs: list[JobLine] = []
    lines: list[PartLine] = []
    for row in JOBS_OF.all(template.pk):
        additional = is_additional(order) if additional is None else additional
        job = _job(order, first + len(jobs), rate, operation=row.operation, additional=additional,
                   by=by, at=at)
        jobs.append(job)
        lines += [
            part_of(job, part=wanted.part, quantity=wanted.quantity, position=position,
                    by=by, at=at)
            for position, wanted in enumerate(wanted_parts.get(row.pk, ()), start=1)
        ]
    _write(jobs, lines, by, at)
    recalculate(order)
    return jobs


def _write(jobs: list[JobLine], lines: list[PartLine], by: User, at: datetime) -> None:
    """All jobs, then all parts, in a statement each; each is told after its job."""
    insert(*jobs)
    insert(*lines)
    for job in jobs:
        _tell_added(job, by, at)
        for line in lines:
            if line.job is job:
                tell_part(line, by, at)


@verb
def update_job(
    *, job: JobLine, version: int | None, by: User, at: datetime, **fields: Any
) -> JobLine:
    """Change name, hours, rate, fixed price, discount or payer.

    What it does to the approval: see ``edits``. A discount keeps its rate when the amount changes.
    Raises NotPermitted, WrongStatus, Conflict, BadValue, PriceNotYours, DiscountTooLarge,
    WorkBegun.
    """
    unknown = set(fields) - JOB_FIELDS
    if unknown:
        raise TypeError(f"not fields of a job: {sorted(unknown)}")
    order = lock_job(job)
    require_editor(order, by, job)
    require_status(order, OPEN_FOR_PRICES)
    check_version(job, version, fields)
    require_live(job)
    with keeping_approval(job, by=by, at=at):
        _change(job, fields, by, at)
    recalculate(order)
    emit("job.updated", order, station_id=order.station_id, by=by, at=at, job=job.pk,
         name=job.name, amount=job.amount, fields=sorted(fields))
    return job


def require_live(job: JobLine) -> None:
    if job.status in ("cancelled", "declined"):
        raise BadValue(_("“%(name)s” is not part of the order any more.") % {"name": job.name})


def _change(job: JobLine, fields: dict[str, Any], by: User, at: datetime) -> None:
    before = job.amount
    if "name" in fields:
        job.name = tidy(fields["name"])[:80] or job.name
    if "fixed_price" in fields and fields["fixed_price"] is None:
        job.fixed_price = None
    _price(job, flat_hours=fields.get("flat_hours"), rate=fields.get("rate"),
           fixed_price=fields.get("fixed_price"), by=by, at=at)
    if "discount" in fields:
        discount = fen(fields["discount"])
        allow_line_discount(job, discount=discount, amount=job.amount, by=by)
        job.discount = discount
    else:
        job.discount = kept_discount(job.discount, before, job.amount)
    if "payer" in fields:
        job.payer = require_payer(fields["payer"])
        job.shares.all().delete()
    job.version += 1
    job.save()


@verb
def cancel_job(*, job: JobLine, by: User, at: datetime) -> JobLine:
    """Strike a job out; its open requests are given up. Raises NotPermitted, Refused."""
    order = lock_job(job)
    require(by, order.station_id, P.EDIT_ORDER, P.DISPATCH)
    require_status(order, OPEN_FOR_PRICES)
    JOBS.transition(job, "cancel", by=by, at=at)
    drop_requests(order, by=by, at=at, job=job)
    recalculate(order)
    emit("job.cancelled", order, station_id=order.station_id, by=by, at=at, job=job.pk,
         name=job.name)
    return job


@verb
def propose_again(*, job: JobLine, by: User, at: datetime) -> JobLine:
    """A declined job is offered once more. Raises NotPermitted, WrongStatus, Refused."""
    order = lock_job(job)
    require_status(order, OPEN_FOR_WORK)
    JOBS.transition(job, "propose", by=by, at=at)
    recalculate(order)
    emit("job.proposed", order, station_id=order.station_id, by=by, at=at, job=job.pk,
         name=job.name)
    return job
