"""What comes after the work: verdict, settlement's facts, delivery, guarantee, closing, voiding."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.catalog.models import RepairClass
from chejian.core.models import StoredFile
from chejian.core.outbox import emit
from chejian.core.text import tidy
from chejian.core.verbs import verb, write
from chejian.vehicles.services import record_odometer
from chejian.workorders.errors import BadValue
from chejian.workorders.lifecycle import JOBS, ORDERS, worked_on
from chejian.workorders.models import (
    Delivery,
    Guarantee,
    HoldPeriod,
    JobLine,
    TimeEntry,
    WorkOrder,
)
from chejian.workorders.services.common import lock_order
from chejian.workorders.services.dropping import drop_requests


@verb
def record_inspection(
    *,
    order: WorkOrder,
    passed: bool,
    reason: str,
    self_inspection: bool,
    by: User,
    at: datetime,
    jobs: Sequence[JobLine] | None = None,
) -> WorkOrder:
    """Quality's verdict. Passed: the order is completed. Failed: a rework round is opened.

    ``jobs`` are those to be done again (None: every job done in this round); their hours earn
    nothing. ``self_inspection`` says that the inspector knows he judges his own work; the station
    and the repair class must allow it. Raises NotPermitted, Refused.
    """
    lock_order(order)
    if passed:
        _pass(order, self_inspection=self_inspection, by=by, at=at)
    else:
        ORDERS.transition(order, "fail", by=by, at=at, reason=reason,
                          facts={"rework_round": order.rework_round + 1})
        redone = _rework(order, jobs, by=by, at=at)
        emit("order.failed", order, station_id=order.station_id, by=by, at=at,
             reason=tidy(reason), round=order.rework_round, jobs=redone)
    return order


def _pass(order: WorkOrder, *, self_inspection: bool, by: User, at: datetime) -> None:
    order.inspection_passed_by = by
    order.self_inspected = self_inspection and worked_on(order, by.pk)
    ORDERS.transition(order, "pass", by=by, at=at, facts={
        "inspection_passed_by": by, "self_inspected": order.self_inspected, "completed_at": at,
    })
    for job in order.jobs.filter(status="done"):
        job.order = order
        JOBS.transition(job, "inspect", by=by, at=at)
    emit("order.passed", order, station_id=order.station_id, by=by, at=at,
         self_inspected=order.self_inspected)


def _rework(
    order: WorkOrder, jobs: Sequence[JobLine] | None, *, by: User, at: datetime
) -> list[str]:
    """Send jobs back to their technicians; returns their names."""
    rows = order.jobs.filter(status__in=("done", "inspected"))
    rows = rows.filter(status="done") if jobs is None else rows.filter(
        pk__in=[job.pk for job in jobs]
    )
    names = []
    for job in rows:
        job.order = order
        JOBS.transition(job, "rework", by=by, at=at, facts={"rework": True, "finished_at": None})
        names.append(job.name)
    return names


@verb
def reopen(
    *, order: WorkOrder, reason: str, by: User, at: datetime, jobs: Sequence[JobLine] = ()
) -> WorkOrder:
    """A completed order goes back into work, with the jobs named to be done again.

    The verdict falls; it must be inspected anew. Raises NotPermitted, Refused.
    """
    lock_order(order)
    ORDERS.transition(order, "reopen", by=by, at=at, reason=reason, facts={
        "inspection_passed_by": None, "self_inspected": False, "completed_at": None,
    })
    redone = _rework(order, jobs, by=by, at=at) if jobs else []
    emit("order.reopened", order, station_id=order.station_id, by=by, at=at,
         reason=tidy(reason), jobs=redone)
    return order


@verb
def void(*, order: WorkOrder, reason: str, by: User, at: datetime) -> WorkOrder:
    """作废: nothing is out of the store, no deposit is held. Clocks stop, requests are given up.

    Raises NotPermitted, Refused.
    """
    lock_order(order)
    ORDERS.transition(order, "void", by=by, at=at, reason=reason)
    TimeEntry.objects.filter(job__order=order, ended_at=None).update(ended_at=at)
    HoldPeriod.objects.filter(order=order, ended_at=None).update(ended_at=at)
    drop_requests(order, by=by, at=at)
    order.hold_reason = ""
    order.save(update_fields=["hold_reason"])
    emit("order.voided", order, station_id=order.station_id, by=by, at=at, reason=tidy(reason))
    return order


@verb
def mark_settled(*, order: WorkOrder, by: User, at: datetime) -> WorkOrder:
    """Billing settles: the order's own guards speak. Raises NotPermitted, Refused."""
    lock_order(order)
    ORDERS.transition(order, "settle", by=by, at=at, facts={"settled_at": at})
    emit("order.settled", order, station_id=order.station_id, by=by, at=at, total=order.total,
         customer=order.customer_total)
    return order


@verb
def mark_reversed(*, order: WorkOrder, reason: str, by: User, at: datetime) -> WorkOrder:
    """Billing has reversed the settlement. Raises NotPermitted, Refused."""
    lock_order(order)
    ORDERS.transition(order, "reverse", by=by, at=at, reason=reason,
                      facts={"settled_at": None, "cleared": False})
    emit("order.settlement_reversed", order, station_id=order.station_id, by=by, at=at,
         reason=tidy(reason))
    return order


@verb
def set_cleared(
    *, order: WorkOrder, cleared: bool, by: User | None, at: datetime
) -> WorkOrder:
    """Billing's fact: the customer's share is zero, paid or on credit."""
    lock_order(order)
    if order.cleared != cleared:
        order.cleared = cleared
        write(order, "cleared")
        emit("order.cleared" if cleared else "order.uncleared", order,
             station_id=order.station_id, by=by, at=at)
    return order


@verb
def set_deposit(*, order: WorkOrder, held: Decimal, by: User | None, at: datetime) -> WorkOrder:
    """Billing's fact: what it holds for this order and has not used or given back."""
    lock_order(order)
    if order.deposit_held != held:
        order.deposit_held = held
        write(order, "deposit_held")
        emit("order.deposit_changed", order, station_id=order.station_id, by=by, at=at,
             held=held)
    return order


@verb
def deliver(
    *,
    order: WorkOrder,
    odometer_out: int,
    collected_by: str,
    by: User,
    at: datetime,
    papers: Sequence[str] = (),
    old_parts_given: bool = False,
    note: str = "",
    signature: StoredFile | None = None,
) -> Delivery:
    """交车: the exit reading enters the chain, papers are handed over, the guarantee begins.

    Raises NotPermitted, BadValue, Refused (not paid, exit reading below entry).
    """
    if not tidy(collected_by):
        raise BadValue(_("Enter who collects the car."), field="collected_by")
    lock_order(order)
    order.odometer_out = odometer_out  # a guard asks for it
    ORDERS.transition(order, "deliver", by=by, at=at,
                      facts={"odometer_out": odometer_out, "delivered_at": at})
    made = Delivery.objects.create(
        order=order, odometer_out=odometer_out, papers=list(papers), note=tidy(note)[:200],
        old_parts_given=old_parts_given, collected_by=tidy(collected_by)[:60],
        signature=signature, by=by, at=at,
    )
    event = record_odometer(
        vehicle=order.vehicle, reading=odometer_out, source="delivery",
        read_on=timezone.localdate(at), by=by, at=at, label=order.number,
    )
    count = _begin_guarantee(order, event.total_km, at)
    emit("order.delivered", order, station_id=order.station_id, by=by, at=at,
         odometer=odometer_out, collected_by=made.collected_by, guarantees=count)
    return made


def _begin_guarantee(order: WorkOrder, total_km: int, at: datetime) -> int:
    """Kilometres and days by repair class, whichever ends first, from the exit (domain.md 3.1).

    An order without a class has the least that the law gives.
    """
    repair_class = order.repair_class or RepairClass.objects.order_by(
        "guarantee_km", "guarantee_days", "id"
    ).first()
    if repair_class is None:
        return 0
    start = timezone.localdate(at)
    rows = [
        Guarantee(
            station_id=order.station_id, order=order, job=job, vehicle_id=order.vehicle_id,
            repair_class=repair_class, name=job.name, from_date=start,
            until_date=start + timedelta(days=repair_class.guarantee_days),
            from_total_km=total_km, until_total_km=total_km + repair_class.guarantee_km,
        )
        for job in order.jobs.filter(status="inspected")
    ]
    return len(Guarantee.objects.bulk_create(rows))


@verb
def close(*, order: WorkOrder, at: datetime) -> WorkOrder:
    """The system closes a delivered order when the days of its follow-up are over."""
    lock_order(order)
    order.closed_at = at  # a guard asks whether that is late enough
    ORDERS.transition(order, "close", by=None, at=at, facts={"closed_at": at})
    emit("order.closed", order, station_id=order.station_id, by=None, at=at)
    return order


def close_due(*, at: datetime) -> list[WorkOrder]:
    """Close every delivered order whose days are over, each in its own transaction."""
    due = (
        WorkOrder.objects.filter(
            status="delivered",
            delivered_at__lte=at - F("station__follow_up_days") * timedelta(days=1),
        )
        .select_related("station").order_by("id")
    )
    return [close(order=order, at=at) for order in due]
