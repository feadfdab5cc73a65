"""Home: the flow of the station in figures, and what this person should do next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.access import StationAccess
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.workorders.models import JobLine, WorkOrder

FIGURES = """
WITH open AS (
  SELECT o.id, o.status, o.hold_reason, o.rework_round, o.cleared, o.promised_at,
    EXISTS (SELECT 1 FROM workorders_jobline j WHERE j.order_id = o.id
            AND j.status = 'proposed') AS asking,
    EXISTS (SELECT 1 FROM workorders_jobline j WHERE j.order_id = o.id
            AND j.status = 'authorised') AS waiting_dispatch
  FROM workorders_workorder o
  WHERE o.station_id = %(station)s AND o.status NOT IN ('delivered', 'closed', 'cancelled'))
SELECT
  count(*) FILTER (WHERE status = 'draft'),
  count(*) FILTER (WHERE asking),
  count(*) FILTER (WHERE asking AND status NOT IN ('draft', 'received')),
  count(*) FILTER (WHERE waiting_dispatch),
  count(*) FILTER (WHERE status IN ('in_progress', 'on_hold')),
  count(*) FILTER (WHERE status = 'on_hold' AND hold_reason = 'parts'),
  count(*) FILTER (WHERE status = 'on_hold' AND hold_reason = 'customer'),
  count(*) FILTER (WHERE status IN ('received', 'in_progress', 'on_hold')
                   AND promised_at < %(now)s),
  count(*) FILTER (WHERE status = 'pending_inspection'),
  count(*) FILTER (WHERE status = 'in_progress' AND rework_round > 0),
  count(*) FILTER (WHERE status = 'completed'),
  count(*) FILTER (WHERE status = 'settled'),
  count(*) FILTER (WHERE status = 'settled' AND NOT cleared),
  count(*) FILTER (WHERE status IN ('completed', 'settled') AND promised_at < %(now)s),
  (SELECT count(*) FROM workorders_workorder o WHERE o.station_id = %(station)s
     AND o.opened_at >= %(today)s),
  (SELECT count(*) FROM workorders_workorder o WHERE o.station_id = %(station)s
     AND o.delivered_at >= %(today)s)
FROM open
"""
NAMES = (
    "draft", "asking", "additional", "dispatch", "repair", "parts", "customer", "late_repair",
    "inspect", "rework", "settle", "deliver", "collect", "late_deliver", "in_today", "out_today",
)


def figures(station_id: int, now: datetime) -> dict[str, int]:
    """All counts of the flow picture, in one statement."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"station": station_id, "now": now, "today": today})
        return dict(zip(NAMES, cursor.fetchone(), strict=True))


@dataclass(frozen=True)
class Task:
    """One row of today's work: the state, the car, what to do, the verb."""

    order: WorkOrder
    label: str | Promise
    tone: str
    icon: str
    what: str | Promise
    verb: str | Promise
    url_name: str
    late_minutes: int


@dataclass(frozen=True)
class Step:
    """What an order in some state asks for."""

    label: str | Promise
    tone: str
    icon: str
    what: str | Promise
    verb: str | Promise
    url_name: str = "order"


STEPS: dict[str, Step] = {
    "draft": Step(_("Draft"), "grey", "edit", _("Finish the reception"), _("Go on")),
    "asking": Step(_("To approve"), "violet", "message", _("Ask the customer about the jobs"),
                   _("Record answer")),
    "dispatch": Step(_("To dispatch"), "grey", "users", _("Give the approved jobs to somebody"),
                     _("Dispatch")),
    "received": Step(pgettext_lazy("state", "Received"), "blue", "car",
                     _("Waiting to be started"), _("Open")),
    "in_progress": Step(_("In repair"), "blue", "half", _("Being worked on"), _("Open")),
    "rework": Step(_("Rework"), "red", "alert", _("Failed inspection, being redone"), _("Open")),
    "on_hold": Step(_("On hold"), "amber", "hourglass", pgettext_lazy("order", "Waiting"),
                    _("Open")),
    "pending_inspection": Step(_("To inspect"), "blue", "shield", _("Final inspection"),
                               _("Inspect")),
    "completed": Step(_("To settle"), "green", "file", _("Completed, to be settled"), _("Settle"),
                      "cashier_order"),
    "settled": Step(_("To collect"), "amber", "cash", _("Settled, money to collect"),
                    _("Collect"), "cashier_order"),
    "cleared": Step(_("To deliver"), "green", "key", _("Hand over car, keys and papers"),
                    _("Deliver")),
}


def open_orders(user: User, station_id: int) -> QuerySet[WorkOrder]:
    """Open orders of the station with what the row needs."""
    jobs = JobLine.objects.filter(order=OuterRef("pk"))
    return (
        WorkOrder.objects.visible_to(user)
        .filter(station_id=station_id)
        .exclude(status__in=["delivered", "closed", "cancelled"])
        .annotate(
            asking=Exists(jobs.filter(status="proposed")),
            waiting_dispatch=Exists(jobs.filter(status="authorised")),
        )
        .select_related("customer", "vehicle")
    )


def mine(user: User, here: StationAccess) -> Q:
    """Which open orders are this person's business, by what he may do here."""
    wanted = Q(pk=0)
    held = here.permissions
    if P.OPEN_ORDER in held:
        wanted |= Q(adviser=user)
    if P.DISPATCH in held:
        wanted |= Q(waiting_dispatch=True)
    if P.INSPECT in held:
        wanted |= Q(status="pending_inspection")
    if P.COLLECT in held:
        wanted |= Q(status="completed") | Q(status="settled", cleared=False)
    if P.WORK in held:
        wanted |= Q(jobs__assignments__technician=user)
    return wanted


def tasks(user: User, here: StationAccess, *, everyone: bool, now: datetime) -> list[Task]:
    """Today's work, the most urgent first: late, then by promise, safety before comfort."""
    rows = open_orders(user, here.station_id)
    if not everyone:
        rows = rows.filter(mine(user, here)).distinct()
    found = [_task(order, now) for order in rows.order_by("priority", "promised_at", "id")[:60]]
    far = now + timedelta(days=3650)
    found.sort(key=lambda task: (task.order.promised_at or far, task.order.priority))
    return found


def _task(order: Any, now: datetime) -> Task:
    step = STEPS[step_of(order)]
    late = (now - order.promised_at).total_seconds() if order.promised_at else 0
    return Task(
        order=order, label=step.label, tone=step.tone, icon=step.icon, what=step.what,
        verb=step.verb, url_name=step.url_name, late_minutes=int(late // 60) if late > 0 else 0,
    )


def step_of(order: Any) -> str:
    """The state that decides what to do next; questions to the customer come first."""
    if order.status == "draft":
        return "draft"
    if order.asking and order.status in ("received", "in_progress", "on_hold"):
        return "asking"
    if order.waiting_dispatch and order.status in ("received", "in_progress"):
        return "dispatch"
    if order.status == "in_progress" and order.rework_round:
        return "rework"
    if order.status == "settled" and order.cleared:
        return "cleared"
    return str(order.status)
