"""The next sensible action: the one bright button, and what else may be done now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.errors import Refusal, Text
from chejian.core.lifecycle import may
from chejian.workorders.lifecycle import ORDERS
from chejian.workorders.models import WorkOrder
from chejian.workorders.queries.sheet import Sheet, load_sheet
from chejian.workorders.states import DISPATCHING, WORK_ORDER, WORKING

LABELS: dict[str, Text] = {
    "receive": pgettext_lazy("action", "Receive the car"),
    "walkaround": pgettext_lazy("action", "Walk-around"),
    "add_job": pgettext_lazy("action", "Add jobs"),
    "authorise": pgettext_lazy("action", "Record approval"),
    "assign": pgettext_lazy("action", "Dispatch"),
    "start": pgettext_lazy("action", "Start work"),
    "finish": pgettext_lazy("action", "To inspection"),
    "hold": pgettext_lazy("action", "Put on hold"),
    "resume": pgettext_lazy("action", "Resume"),
    "inspect": pgettext_lazy("action", "Inspect"),
    "reopen": pgettext_lazy("action", "Reopen"),
    "settle": pgettext_lazy("action", "Settle"),
    "collect": pgettext_lazy("action", "Collect"),
    "reverse": pgettext_lazy("action", "Reverse settlement"),
    "deliver": pgettext_lazy("action", "Deliver"),
    "void": pgettext_lazy("action", "Void"),
}
#: who may press what is not itself an arrow of the table
PERMISSIONS: dict[str, tuple[str, ...]] = {
    "walkaround": (P.OPEN_ORDER, P.EDIT_ORDER),
    "add_job": (P.EDIT_ORDER, P.DISPATCH, *WORKING),
    "authorise": (P.AUTHORISE,),
    "assign": DISPATCHING,
    "inspect": (P.INSPECT,),
    "collect": (P.COLLECT,),
}
#: made by pressing something else: passing and failing are the inspection's, closing the system's
NOT_BUTTONS = ("pass", "fail", "close")


@dataclass(frozen=True)
class Action:
    """``refusals`` says all that is missing (only asked for on demand)."""

    code: str
    label: Text
    permitted: bool
    refusals: Sequence[Refusal] = ()
    needs_reason: bool = False


@dataclass(frozen=True)
class NextStep:
    bright: Action | None
    others: Sequence[Action]


def next_action(
    order: WorkOrder, user: User, sheet: Sheet | None = None, *, refusals: bool = False
) -> NextStep:
    """What moves this order on. ``bright.permitted`` is False when it is another's turn.

    ``refusals=True`` also asks every guard, which costs some statements.
    """
    loaded = sheet or load_sheet(order, timezone.now(), whole=False)
    code = sensible(order, loaded)
    bright = None if code is None else _action(order, user, code, refusals)
    others = [
        _action(order, user, arrow.action, refusals)
        for arrow in WORK_ORDER.leaving(order.status)
        if arrow.action != code and arrow.action not in NOT_BUTTONS
        and may(arrow, user, order.station_id)
    ]
    return NextStep(bright, others)


def sensible(order: WorkOrder, sheet: Sheet) -> str | None:
    """The code of the next sensible action, whoever is to do it."""
    if order.status == "received":
        return _before_work(order, sheet)
    if order.status == "in_progress":
        return _in_work(sheet)
    return {
        "draft": "receive", "on_hold": "resume", "pending_inspection": "inspect",
        "completed": "authorise" if sheet.proposed else "settle",
        "settled": "deliver" if order.cleared else "collect",
    }.get(order.status)


def _before_work(order: WorkOrder, sheet: Sheet) -> str:
    if not order.walkaround_settled:
        return "walkaround"
    if not sheet.proposed and not sheet.billable:
        return "add_job"
    if sheet.proposed:
        return "authorise"
    if any(job.status == "authorised" for job in sheet.jobs):
        return "assign"
    return "start"


def _in_work(sheet: Sheet) -> str | None:
    """Nothing bright while technicians are working: it is their turn."""
    if sheet.proposed:
        return "authorise"
    statuses = {job.status for job in sheet.billable}
    if "authorised" in statuses:
        return "assign"
    return "finish" if statuses <= {"done", "inspected"} and statuses else None


def _action(order: WorkOrder, user: User, code: str, ask: bool) -> Action:
    arrow = WORK_ORDER.find(order.status, code)
    if arrow is None:
        held = any(user.can_at(p, order.station_id) for p in PERMISSIONS.get(code, ()))
        return Action(code, LABELS[code], held)
    found = ORDERS.refusals(order, code, by=user) if ask else ()
    return Action(code, LABELS[code], may(arrow, user, order.station_id), found,
                  arrow.needs_reason)
