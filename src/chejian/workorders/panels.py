"""The cockpit's panels: one context for all of them, in a dozen statements at most.

The desk's page includes the templates ``workorders/panels/<name>.html`` with this context; each can
be rendered alone too, and all of them answer a change (``views.panels``).
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core.documents import link_to
from chejian.core.formats import masked_phone, spaced_phone
from chejian.core.money import ZERO
from chejian.workorders import grid, timeline
from chejian.workorders.models import OrderPaper, Payer, WorkOrder
from chejian.workorders.queries.next_step import next_action
from chejian.workorders.queries.sheet import Sheet, load_sheet
from chejian.workorders.queries.stages import badges, stage
from chejian.workorders.states import (
    DISPATCHING,
    OPEN_FOR_PARTS,
    OPEN_FOR_PRICES,
    OPEN_FOR_WORK,
    OVER,
    WORKING,
)
from chejian.workorders.ways import ways

NAMES = ("head", "concerns", "lines", "money", "approvals", "people", "parts", "photos",
         "walkaround", "timeline", "papers")
STATUS_TONES = {
    "draft": ("grey", "edit"), "received": ("blue", "car"), "in_progress": ("blue", "half"),
    "on_hold": ("amber", "hourglass"), "pending_inspection": ("blue", "shield"),
    "completed": ("green", "check"), "settled": ("green", "receipt"),
    "delivered": ("green", "check"), "closed": ("grey", "lock"), "cancelled": ("grey", "x"),
}
LIVE = ("order", "job", "part", "parts", "line", "concern", "walkaround", "photo", "paper", "price",
        "approval", "certificate", "payment")


def panels(order: WorkOrder, user: User, at: datetime | None = None) -> dict[str, Any]:
    """Everything that the panels of one order show this person. ``order`` from ``head_rows``."""
    at = at or timezone.now()
    sheet = load_sheet(order, at)
    can = rights(order, user)
    step = next_action(order, user, sheet)
    tone, icon = STATUS_TONES[order.status]
    base = base_of(order)
    rows = grid.rows_of(sheet, may_edit=can["edit"], may_price=can["price"])
    return {
        "order": order,
        "sheet": sheet,
        "can": can,
        "step": step,
        "steps": stage(order, sheet),
        "badges": badges(order, sheet, at),
        "status": {"word": order.get_status_display(), "tone": tone, "icon": icon},
        "rows": rows,
        "jobs_for_parts": grid.jobs_for_parts(rows),
        "payer_choices": [(code, str(label)) for code, label in Payer.choices],
        "workers": grid.workers_of(sheet),
        "entries": timeline.entries(sheet.events),
        "phone": phone(order, can),
        "money": money_of(sheet),
        "ways": ways(order, base),
        "base": base,
        "names": NAMES,
        "has_walkaround": getattr(order, "walkaround", None) is not None,
        "job_sums": job_sums(sheet),
        "line_names": {line.pk: line.name for lines in sheet.parts.values() for line in lines},
        "back": link_to(order.number),
        "live": " ".join(f"{noun}:{order.pk}" for noun in LIVE),
        "paper_kinds": paper_kinds(order),
        "oob": False,
    }


def base_of(order: WorkOrder) -> str:
    """Where the addresses of an order's verbs begin."""
    return reverse("order_panels", args=[order.pk]).removesuffix("panels/")


def job_sums(sheet: Sheet) -> dict[int, Decimal]:
    """What each job comes to with its parts, after the discounts of its lines."""
    return {
        job.pk: job.payable + sum(
            (line.payable for line in sheet.parts.get(job.pk, ()) if not line.cancelled), ZERO
        )
        for job in sheet.jobs
    }


def rights(order: WorkOrder, user: User) -> dict[str, bool]:
    """What this person may press on this order as it stands."""
    at = order.station_id
    status = order.status

    def held(*codes: str) -> bool:
        return any(user.can_at(code, at) for code in codes)

    return {
        "edit": held(P.EDIT_ORDER) and status in OPEN_FOR_PRICES,
        "price": held(P.OVERRIDE_PRICE) and status in OPEN_FOR_PRICES,
        "add": held(P.EDIT_ORDER, P.DISPATCH, *WORKING) and status in OPEN_FOR_WORK,
        "head": held(P.OPEN_ORDER, P.EDIT_ORDER, P.DISPATCH) and status in OPEN_FOR_PRICES,
        "concern": held(P.OPEN_ORDER, P.EDIT_ORDER) and status in OPEN_FOR_WORK,
        "find": held(P.OPEN_ORDER, P.EDIT_ORDER, P.INSPECT, *WORKING) and status in OPEN_FOR_WORK,
        "authorise": held(P.AUTHORISE) and status in OPEN_FOR_PRICES,
        "dispatch": held(*DISPATCHING) and status in ("received", "in_progress", "on_hold"),
        "work": held(*WORKING) and status in ("received", "in_progress"),
        "work_any": held(P.WORK_ANY, P.LEAD_TEAM),
        "request": held(P.REQUEST_PARTS) and status in ("received", "in_progress", "on_hold"),
        "issue": held(P.ISSUE_PARTS) and status in OPEN_FOR_PARTS,
        "photo": held(P.OPEN_ORDER, P.EDIT_ORDER, P.INSPECT, P.DELIVER, *WORKING)
        and status not in OVER,
        "walkaround": held(P.OPEN_ORDER, P.EDIT_ORDER) and status in OPEN_FOR_WORK,
        "see_phone": held(P.SEE_PHONE),
        "see_cost": held(P.SEE_COST),
        "paper": held(P.VIEW_ORDERS, P.VIEW_OWN_ORDERS),
    }


def phone(order: WorkOrder, can: dict[str, bool]) -> str:
    """Whole for whoever may see it, else masked."""
    number = order.contact_phone or order.customer.phone
    return spaced_phone(number) if can["see_phone"] else masked_phone(number)


def money_of(sheet: Sheet) -> dict[str, Any]:
    """Totals by payer, and what the customer still has to pay as far as the order itself knows."""
    order = sheet.order
    by_payer = [(payer, sheet.by_payer[payer]) for payer in Payer.values if payer in sheet.by_payer]
    return {
        "by_payer": by_payer,
        "total": order.total,
        "discounts": order.discount_total,
        "proposed": order.proposed_total,
        "deposit": order.deposit_held,
        "left": max(order.customer_total - order.deposit_held, ZERO),
        "settled": order.status in ("settled", *OVER),
        "cleared": order.cleared,
    }


def paper_kinds(order: WorkOrder) -> list[tuple[str, str]]:
    """What may be printed from here now."""
    kinds = [(OrderPaper.Kind.REPAIR_ORDER.value, _("Repair order"))]
    if getattr(order, "walkaround", None) is not None:
        kinds.append((OrderPaper.Kind.WALKAROUND.value, _("Walk-around sheet")))
    return kinds
