"""施工: the clock of a job, hold and resume, handing over to inspection."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.core.errors import NotPermitted
from chejian.core.outbox import emit
from chejian.core.text import tidy
from chejian.core.verbs import verb
from chejian.workorders.errors import BadValue, ClockRunning, NotAssigned
from chejian.workorders.lifecycle import JOBS, ORDERS
from chejian.workorders.models import Assignment, HoldPeriod, JobLine, TimeEntry, WorkOrder
from chejian.workorders.queries.readiness import parts_readiness
from chejian.workorders.rights import may_work_for, require, require_job, require_order_work
from chejian.workorders.services.common import lock_job, lock_order, require_status
from chejian.workorders.states import WORKING


def _may(job: JobLine, technician: User, by: User) -> None:
    require(by, job.station_id, *WORKING)
    if not may_work_for(by, technician.pk, job.station_id):
        raise NotPermitted(_("This job is not yours."))


@verb
def start_job(*, job: JobLine, technician: User, by: User, at: datetime) -> TimeEntry:
    """Start a technician's clock on a job given to him; the first start begins the order's work.

    Raises NotPermitted, WrongStatus, NotAssigned, ClockRunning (he is on another job), Refused.
    """
    order = lock_job(job)
    _may(job, technician, by)
    require_status(order, ("received", "in_progress"))
    if not Assignment.objects.filter(job=job, technician=technician).exists():
        raise NotAssigned(_("“%(job)s” has not been given to %(name)s.")
                          % {"job": job.name, "name": technician.name})
    if order.status == "received":
        ORDERS.transition(order, "start", by=by, at=at, facts={"started_at": at})
        emit("order.started", order, station_id=order.station_id, by=by, at=at)
    if job.status != "working":
        JOBS.transition(job, "start", by=by, at=at, facts={"pause_reason": ""})
    Assignment.objects.filter(job=job, technician=technician, accepted_at=None).update(
        accepted_at=at
    )
    entry = _open_clock(job, technician, at)
    emit("job.started", order, station_id=order.station_id, by=by, at=at, job=job.pk,
         name=job.name, technician=technician.name)
    return entry


def _open_clock(job: JobLine, technician: User, at: datetime) -> TimeEntry:
    """The database allows one open clock per technician; two starts at once meet there."""
    try:
        with transaction.atomic():
            return TimeEntry.objects.create(
                job=job, technician=technician, started_at=at, rework=job.rework
            )
    except IntegrityError as error:
        running = TimeEntry.objects.filter(technician=technician, ended_at=None).select_related(
            "job__order"
        ).first()
        if running is None:
            raise
        raise ClockRunning(technician.name, running.job.name, running.job.order.number) from error


@verb
def pause_job(
    *, job: JobLine, technician: User, reason: str, by: User, at: datetime
) -> TimeEntry:
    """Stop a technician's clock with a reason; the job pauses when nobody is on it any more.

    Raises NotPermitted, NotAssigned (his clock does not run), BadValue.
    """
    if not tidy(reason):
        raise BadValue(_("Please give a reason."), field="reason")
    order = lock_job(job)
    _may(job, technician, by)
    entry = TimeEntry.objects.filter(job=job, technician=technician, ended_at=None).first()
    if entry is None:
        raise NotAssigned(_("The clock of %(name)s is not running on “%(job)s”.")
                          % {"job": job.name, "name": technician.name})
    entry.ended_at, entry.pause_reason = at, tidy(reason)[:80]
    entry.save(update_fields=["ended_at", "pause_reason"])
    if not TimeEntry.objects.filter(job=job, ended_at=None).exists():
        _pause(job, entry.pause_reason, by, at)
    emit("job.paused", order, station_id=order.station_id, by=by, at=at, job=job.pk,
         name=job.name, technician=technician.name, reason=entry.pause_reason)
    return entry


def _pause(job: JobLine, reason: str, by: User, at: datetime) -> None:
    JOBS.transition(job, "pause", by=by, at=at, reason=reason, facts={"pause_reason": reason})


@verb
def finish_job(*, job: JobLine, by: User, at: datetime) -> JobLine:
    """The job is done: every clock on it stops. By its technician, his leader, the controller.

    Raises NotPermitted, WrongStatus, Refused.
    """
    order = lock_job(job)
    require_job(job, by)
    require_status(order, ("in_progress", "on_hold"))
    JOBS.transition(job, "finish", by=by, at=at, facts={"finished_at": at, "pause_reason": ""})
    TimeEntry.objects.filter(job=job, ended_at=None).update(ended_at=at)
    emit("job.finished", order, station_id=order.station_id, by=by, at=at, job=job.pk,
         name=job.name)
    return job


@verb
def hold(*, order: WorkOrder, reason: str, note: str = "", by: User, at: datetime) -> HoldPeriod:
    """Nothing can go on: parts, customer, outsourced, other. Running clocks stop, the time is kept.

    Raises NotPermitted, BadValue, Refused.
    """
    if reason not in WorkOrder.HoldReason.values:
        raise BadValue(_("Choose why the order waits."), field="reason")
    lock_order(order)
    require_order_work(order, by)
    words = str(WorkOrder.HoldReason(reason).label)
    ORDERS.transition(order, "hold", by=by, at=at, reason=tidy(f"{words} {note}")[:300])
    for job in order.jobs.select_for_update().filter(status="working"):
        job.order = order
        TimeEntry.objects.filter(job=job, ended_at=None).update(
            ended_at=at, pause_reason=words[:80]
        )
        _pause(job, words[:80], by, at)
    order.hold_reason = reason
    order.save(update_fields=["hold_reason"])
    emit("order.held", order, station_id=order.station_id, by=by, at=at, reason=reason,
         note=tidy(note))
    return HoldPeriod.objects.create(
        order=order, reason=reason, note=tidy(note)[:200], started_at=at, started_by=by
    )


@verb
def resume(*, order: WorkOrder, by: User | None, at: datetime) -> WorkOrder:
    """Go on after a hold; its time ends. The system does so when the last missing part is in.

    Raises NotPermitted, Refused.
    """
    lock_order(order)
    require_order_work(order, by)
    ORDERS.transition(order, "resume", by=by, at=at)
    HoldPeriod.objects.filter(order=order, ended_at=None).update(ended_at=at)
    reason, order.hold_reason = order.hold_reason, ""
    order.save(update_fields=["hold_reason"])
    emit("order.resumed", order, station_id=order.station_id, by=by, at=at, reason=reason)
    return order


@verb
def resume_if_ready(*, order: WorkOrder, at: datetime) -> bool:
    """Resume a hold for parts once nothing requested is short any more; says whether it did."""
    lock_order(order)
    if order.status != "on_hold" or order.hold_reason != WorkOrder.HoldReason.PARTS:
        return False
    ready = parts_readiness(order)
    if ready.short or not ready.requested:
        return False
    resume(order=order, by=None, at=at)
    return True


def resume_ready(*, station_id: int | None, at: datetime) -> list[WorkOrder]:
    """Resume every order of a station (None: of all) whose last missing part has come in."""
    waiting = WorkOrder.objects.filter(status="on_hold", hold_reason=WorkOrder.HoldReason.PARTS)
    if station_id is not None:
        waiting = waiting.filter(station_id=station_id)
    return [order for order in waiting.order_by("id") if resume_if_ready(order=order, at=at)]


@verb
def finish(*, order: WorkOrder, by: User, at: datetime) -> WorkOrder:
    """送质检: every job is done. Raises NotPermitted, Refused (everything that is still open)."""
    lock_order(order)
    require_order_work(order, by)
    ORDERS.transition(order, "finish", by=by, at=at)
    emit("order.finished", order, station_id=order.station_id, by=by, at=at)
    return order
