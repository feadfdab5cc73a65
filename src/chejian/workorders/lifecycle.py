"""Guards of the order's and the jobs' arrows, and the two machines that follow them.

Every guard collects all that is missing, so that a screen can list it at once.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.core.errors import Refusal
from chejian.core.formats import kilometres, money, quantity
from chejian.core.lifecycle import Actor, Machine, judged
from chejian.core.money import ZERO
from chejian.core.ready import Ready
from chejian.vehicles.models import OdometerEvent
from chejian.workorders.models import (
    Assignment,
    JobLine,
    JobStatusChange,
    PartLine,
    PartsRequest,
    StatusChange,
    TimeEntry,
    WorkOrder,
)
from chejian.workorders.states import BILLABLE, JOB, WORK_ORDER

type Found = Sequence[Refusal]

UNFINISHED = ("authorised", "assigned", "working", "paused")


def customer_known(order: WorkOrder, by: Actor | None) -> Found:
    """A name and a phone number are enough (interface.md: nobody is stopped at the door)."""
    if order.contact_phone or order.customer.phone:
        return []
    return [Refusal("customer_unknown", _("Enter a phone number of the customer."),
                    "contact_phone")]


def car_known(order: WorkOrder, by: Actor | None) -> Found:
    if order.plate or order.vehicle.vin:
        return []
    return [Refusal("car_unknown", _("Enter the plate or the VIN of the car."), "plate")]


def job_assigned(order: WorkOrder, by: Actor | None) -> Found:
    if order.jobs.filter(status="assigned").exists():
        return []
    return [Refusal("no_job_assigned", _("No approved job has been dispatched yet."))]


def walkaround_settled(order: WorkOrder, by: Actor | None) -> Found:
    if order.walkaround_settled:
        return []
    return [Refusal("walkaround_open",
                    _("The walk-around is neither signed nor waived with a reason."))]


def jobs_finished(order: WorkOrder, by: Actor | None) -> Found:
    open_jobs = order.jobs.filter(status__in=UNFINISHED)
    found = [
        Refusal("job_unfinished",
                _("“%(name)s” is not finished: %(status)s.")
                % {"name": job.name, "status": job.get_status_display()},
                data={"job": job.pk})
        for job in open_jobs
    ]
    if not found and not order.jobs.filter(status__in=("done", "inspected")).exists():
        return [Refusal("no_job_done", _("No job has been done yet."))]
    return found


def no_open_clock(order: WorkOrder, by: Actor | None) -> Found:
    running = TimeEntry.objects.filter(job__order=order, ended_at=None).select_related(
        "job", "technician"
    )
    return [
        Refusal("clock_running",
                _("The clock of %(technician)s on “%(job)s” is running.")
                % {"technician": entry.technician.name, "job": entry.job.name},
                data={"job": entry.job_id})
        for entry in running
    ]


def no_open_request(order: WorkOrder, by: Actor | None) -> Found:
    waiting = PartsRequest.objects.filter(
        line__order=order, fulfilled_at=None, cancelled_at=None
    ).select_related("line")
    return [
        Refusal("request_open",
                _("“%(name)s” was requested and is neither issued nor cancelled.")
                % {"name": request.line.name},
                data={"request": request.pk})
        for request in waiting
    ]


def inspection_passed(order: WorkOrder, by: Actor | None) -> Found:
    """The fact that quality writes on the order."""
    if order.inspection_passed_by_id is not None:
        return []
    return [Refusal("not_inspected", _("The final inspection has not been recorded."))]


def worked_on(order: WorkOrder, user_id: int) -> bool:
    """Whether he is a technician of this order: assigned to a job of it, or clocked on one."""
    return (
        Assignment.objects.filter(job__order=order, technician_id=user_id).exists()
        or TimeEntry.objects.filter(job__order=order, technician_id=user_id).exists()
    )


def self_inspection_possible(order: WorkOrder) -> bool:
    """A one-man shop may, recorded; never for classes that need an independent inspection."""
    by_class = order.repair_class is None or order.repair_class.self_inspection_allowed
    return order.station.allow_self_inspection and by_class


def inspector_independent(order: WorkOrder, by: Actor | None) -> Found:
    """The inspector is not a technician of this order (机动车维修管理规定: 竣工质量检验)."""
    inspector_id = order.inspection_passed_by_id
    if inspector_id is None or not worked_on(order, inspector_id):
        return []
    if order.self_inspected and self_inspection_possible(order):
        return []
    return [Refusal("inspector_worked",
                    _("Whoever worked on the order may not pass it. Ask another inspector."))]


JOBS_OF = Ready(lambda order: JobLine.objects.filter(order=order).order_by("position", "id"))
SUPPLIED = Ready(
    lambda order: PartLine.objects.filter(order=order, customer_supplied=False).order_by(
        "position", "id"
    )
)


def _jobs(order: WorkOrder) -> list[JobLine]:
    return JOBS_OF.all(order.pk)


def _lines(order: WorkOrder) -> list[tuple[PartLine, bool]]:
    """The lines of the order that the shop supplies, each with whether it is billed."""
    billable = {job.pk for job in judged(order, _jobs) if job.status in BILLABLE}
    rows = SUPPLIED.all(order.pk)
    return [(line, not line.cancelled and line.job_id in billable) for line in rows]


def nothing_proposed(order: WorkOrder, by: Actor | None) -> Found:
    return [
        Refusal("job_proposed",
                _("“%(name)s” still waits for the customer's answer.") % {"name": job.name},
                data={"job": job.pk})
        for job in judged(order, _jobs) if job.status == "proposed"
    ]


def lines_priced(order: WorkOrder, by: Actor | None) -> Found:
    """Every line has a price and payers. Free work is free by payer, not for want of a price."""
    jobs = [
        job for job in judged(order, _jobs)
        if job.status in BILLABLE and job.payer == "customer" and job.fixed_price is None
        and job.flat_hours > 0 and job.rate == 0
    ]
    parts = [
        line for line, billed in judged(order, _lines)
        if billed and line.payer == "customer" and line.unit_price == 0
    ]
    lines: list[JobLine | PartLine] = [*jobs, *parts]
    return [
        Refusal("no_price", _("“%(name)s” has no price.") % {"name": line.name},
                data={"line": line.pk})
        for line in lines
    ]


def limits_of(by: Actor | None, station_id: int) -> tuple[Decimal, Decimal]:
    """Largest discount (rate) and rounding-off (yuan) of a person there."""
    return by.access.limits_at(station_id) if isinstance(by, User) else (ZERO, ZERO)


def discounts_allowed(order: WorkOrder, by: Actor | None) -> Found:
    """Within the limit of whoever settles, unless whoever gave them was allowed to."""
    if order.discount_approved or not (order.order_discount or order.round_off):
        return []
    rate, round_off = limits_of(by, order.station_id)
    base = order.customer_total + order.order_discount + order.round_off
    found = []
    if order.order_discount > base * rate:
        found.append(Refusal("discount_too_large",
                             _("The order discount of %(amount)s is not approved.")
                             % {"amount": money(order.order_discount)}, "order_discount"))
    if order.round_off > round_off:
        found.append(Refusal("round_off_too_large",
                             _("The rounding-off of %(amount)s is not approved.")
                             % {"amount": money(order.round_off)}, "round_off"))
    return found


def issues_match(order: WorkOrder, by: Actor | None) -> Found:
    """Issued equals billed for every stock part; nothing is left out with a job not billed."""
    return [
        Refusal("issue_differs",
                _("“%(name)s”: billed %(billed)s, issued %(issued)s.")
                % {"name": line.name, "issued": quantity(line.issued),
                   "billed": quantity(line.quantity if billed else ZERO)},
                data={"line": line.pk})
        for line, billed in judged(order, _lines)
        if line.issued != (line.quantity if billed else ZERO)
    ]


def customer_cleared(order: WorkOrder, by: Actor | None) -> Found:
    """Paid, zero, or on credit: the fact that billing writes."""
    if order.cleared:
        return []
    return [Refusal("not_cleared", _("The customer has not paid yet, nor is it on account."))]


def exit_recorded(order: WorkOrder, by: Actor | None) -> Found:
    """The car leaves with at least the kilometres it came with, unless its meter was changed."""
    if order.odometer_out is None:
        return [Refusal("no_exit_reading", _("Enter the kilometres at the exit."), "odometer_out")]
    if order.odometer_in is None or order.odometer_out >= order.odometer_in:
        return []
    if order.vehicle.odometer_events.filter(
        kind=OdometerEvent.Kind.METER_CHANGE, at__gte=order.opened_at
    ).exists():
        return []
    return [Refusal("exit_below_entry",
                    _("The car came in with %(km)s km. The exit reading cannot be lower.")
                    % {"km": kilometres(order.odometer_in)}, "odometer_out")]


def follow_up_over(order: WorkOrder, by: Actor | None) -> Found:
    """The days since the delivery are over at the moment that the closing writes."""
    if order.delivered_at and order.closed_at:
        due = order.delivered_at + timedelta(days=order.station.follow_up_days)
        if due <= order.closed_at:
            return []
    return [Refusal("follow_up_open", _("The days of the follow-up are not over."))]


def parts_returned(order: WorkOrder, by: Actor | None) -> Found:
    return [
        Refusal("part_out",
                _("%(quantity)s of “%(name)s” must be returned to the store first.")
                % {"quantity": quantity(line.issued), "name": line.name},
                data={"line": line.pk})
        for line in PartLine.objects.filter(order=order, issued__gt=0)
    ]


def deposit_refunded(order: WorkOrder, by: Actor | None) -> Found:
    if not order.deposit_held:
        return []
    return [Refusal("deposit_held",
                    _("The deposit of %(amount)s must be refunded first.")
                    % {"amount": money(order.deposit_held)})]


def nothing_issued(job: JobLine, by: Actor | None) -> Found:
    return [
        Refusal("part_out",
                _("%(quantity)s of “%(name)s” must be returned to the store first.")
                % {"quantity": quantity(line.issued), "name": line.name},
                data={"line": line.pk})
        for line in PartLine.objects.filter(job=job, issued__gt=0)
    ]


ORDERS = Machine(
    table=WORK_ORDER,
    guards={
        guard.__name__: guard
        for guard in (
            customer_known, car_known, job_assigned, walkaround_settled, jobs_finished,
            no_open_clock, no_open_request, inspection_passed, inspector_independent,
            nothing_proposed, lines_priced, discounts_allowed, issues_match, customer_cleared,
            exit_recorded, follow_up_over, parts_returned, deposit_refunded,
        )
    },
    changes=StatusChange,
    owner="order",
)
JOBS = Machine(
    table=JOB, guards={"nothing_issued": nothing_issued}, changes=JobStatusChange, owner="job"
)

