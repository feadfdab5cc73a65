"""The stage that people see, and the badges beside it: derived, never stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chejian.core.formats import short_moment
from chejian.workorders.models import Assignment, Authorisation, JobLine, WorkOrder
from chejian.workorders.queries.sheet import Sheet
from chejian.workorders.states import OVER

RECEPTION, DIAGNOSIS, APPROVAL, DISPATCH, REPAIR, INSPECTION, SETTLEMENT, HANDOVER = range(8)
AT = {
    "draft": RECEPTION, "in_progress": REPAIR, "on_hold": REPAIR,
    "pending_inspection": INSPECTION, "completed": SETTLEMENT, "settled": HANDOVER,
}


@dataclass(frozen=True)
class Step:
    """One step of the stepper: ``state`` is done, now, held or todo."""

    label: str
    state: str
    when: str = ""


@dataclass(frozen=True)
class Badge:
    label: str
    tone: str
    icon: str = ""


def labels() -> list[str]:
    return [
        pgettext("stage", "Reception"), pgettext("stage", "Diagnosis"),
        pgettext("stage", "Approval"), pgettext("stage", "Dispatch"), pgettext("stage", "Repair"),
        pgettext("stage", "Inspection"), pgettext("stage", "Settlement"),
        pgettext("stage", "Delivery"),
    ]


def stage(order: WorkOrder, sheet: Sheet | None = None) -> list[Step]:
    """接车 诊断 确认 派工 维修 质检 结算 交车 with their times."""
    times = _times_of(sheet) if sheet else _times(order)
    now = _now(order, times)
    held = order.status == "on_hold"
    found = []
    for index, (label, when) in enumerate(zip(labels(), times, strict=True)):
        state = "todo"
        if order.status in ("delivered", "closed") or index < now:
            state = "done"
        elif index == now and order.status != "cancelled":
            state = "held" if held else "now"
        shown = short_moment(when) if state != "todo" or order.status == "cancelled" else ""
        found.append(Step(label, state, shown))
    return found


def _now(order: WorkOrder, times: Sequence[datetime | None]) -> int:
    """Where the order stands; a received one at the first step not yet made."""
    if order.status == "received":
        return next((i for i in range(DIAGNOSIS, REPAIR) if times[i] is None), REPAIR)
    return AT.get(order.status, len(times))


def _times(order: WorkOrder) -> list[datetime | None]:
    added = JobLine.objects.filter(order=order).aggregate(at=Min("added_at"))["at"]
    answered = Authorisation.objects.filter(order=order).aggregate(at=Min("at"))["at"]
    assigned = Assignment.objects.filter(job__order=order).aggregate(at=Min("assigned_at"))["at"]
    return _line(order, added, answered, assigned)


def _times_of(sheet: Sheet) -> list[datetime | None]:
    added = min((job.added_at for job in sheet.jobs), default=None)
    answered = min((answer.at for answer in sheet.authorisations), default=None)
    return _line(sheet.order, added, answered, sheet.first_assigned)


def _line(
    order: WorkOrder, added: datetime | None, answered: datetime | None, assigned: datetime | None
) -> list[datetime | None]:
    return [order.received_at, added, answered, assigned, order.started_at, order.completed_at,
            order.settled_at, order.delivered_at]


def badges(order: WorkOrder, sheet: Sheet, at: datetime) -> list[Badge]:
    """What one should know before acting, the gravest first."""
    if order.status in OVER:
        return []
    return [*_urgent(order, at), *_waiting(order, sheet), *_facts(order)]


def _urgent(order: WorkOrder, at: datetime) -> Iterator[Badge]:
    if order.promised_at and order.promised_at < at:
        yield Badge(_("Overdue"), "red", "clock")
    if order.priority in (WorkOrder.Priority.SAFETY, WorkOrder.Priority.URGENT):
        tone = "red" if order.priority == WorkOrder.Priority.SAFETY else "amber"
        yield Badge(order.get_priority_display(), tone, "alert")


def _waiting(order: WorkOrder, sheet: Sheet) -> Iterator[Badge]:
    if order.hold_reason:
        yield Badge(order.get_hold_reason_display(), "amber", "hourglass")
    short, waiting = len(sheet.readiness.short), len(sheet.proposed)
    if short:
        words = ngettext("%(num)s part short", "%(num)s parts short", short)
        yield Badge(words % {"num": short}, "amber", "hourglass")
    if waiting:
        words = ngettext("%(num)s job to approve", "%(num)s jobs to approve", waiting)
        yield Badge(words % {"num": waiting}, "violet", "message")
    if not order.walkaround_settled and order.status in ("draft", "received"):
        yield Badge(_("Walk-around open"), "grey", "car")


def _facts(order: WorkOrder) -> Iterator[Badge]:
    if order.rework_round:
        yield Badge(_("Rework, round %(num)s") % {"num": order.rework_round}, "red", "refresh")
    if order.comeback_of_id:
        yield Badge(_("Comeback"), "red", "refresh")
    if order.status == "settled" and order.cleared:
        yield Badge(_("Paid or on account"), "green", "check")
