"""The list of work orders: which states, which words, in which order."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import User
from chejian.core.text import code_key, fold
from chejian.workorders.models import JobLine, WorkOrder

SORTS = {
    "number": "id",
    "plate": "plate",
    "opened": "opened_at",
    "total": "total",
    "priority": "priority",
}

OPEN = ~Q(status__in=["delivered", "closed", "cancelled"])

#: name in the address -> (words, condition); ``asking`` and ``dispatch`` look into the jobs
STATES: dict[str, tuple[str | Promise, Q]] = {
    "open": (pgettext_lazy("orders", "Open"), OPEN),
    "draft": (_("Reception"), Q(status="draft")),
    "asking": (_("To approve"), OPEN & Q(asking=True)),
    "additional": (
        _("Additional work"), OPEN & Q(asking=True) & ~Q(status__in=["draft", "received"])
    ),
    "dispatch": (_("To dispatch"), OPEN & Q(waiting_dispatch=True)),
    "repair": (_("In repair"), Q(status__in=["in_progress", "on_hold"])),
    "parts": (_("Waiting for parts"), Q(status="on_hold", hold_reason="parts")),
    "customer": (_("Waiting for customer"), Q(status="on_hold", hold_reason="customer")),
    "inspect": (_("To inspect"), Q(status="pending_inspection")),
    "rework": (_("Rework"), Q(status="in_progress", rework_round__gt=0)),
    "settle": (_("To settle"), Q(status="completed")),
    "collect": (_("To collect"), Q(status="settled", cleared=False)),
    "deliver": (_("To deliver"), Q(status="settled")),
    "done": (_("Delivered"), Q(status__in=["delivered", "closed"])),
    "void": (_("Void"), Q(status="cancelled")),
    "all": (_("All"), Q()),
}
TABS = ("open", "repair", "inspect", "settle", "deliver", "done", "all")


def orders(
    user: User, station_id: int, *, state: str, words: str, adviser: str, since: datetime | None
) -> QuerySet[WorkOrder]:
    """Orders of the station that the person may see, filtered; related rows are joined."""
    rows = WorkOrder.objects.visible_to(user).filter(station_id=station_id)
    condition = STATES.get(state, STATES["open"])[1]
    if state in ("asking", "additional", "dispatch"):
        jobs = JobLine.objects.filter(order=OuterRef("pk"))
        rows = rows.annotate(
            asking=Exists(jobs.filter(status="proposed")),
            waiting_dispatch=Exists(jobs.filter(status="authorised")),
        )
    rows = rows.filter(condition)
    if words:
        rows = rows.filter(_matching(words))
    if adviser.isdigit():
        rows = rows.filter(adviser_id=int(adviser))
    if since is not None:
        rows = rows.filter(opened_at__gte=since)
    return rows.select_related("customer", "vehicle", "repair_type", "adviser")


def _matching(words: str) -> Q:
    text = fold(words)
    code = code_key(text).upper()
    found = Q(customer__name__icontains=text) | Q(contact_name__icontains=text)
    if code:
        found |= Q(plate__contains=code) | Q(number__contains=code) | Q(number__contains=text)
        found |= Q(vehicle__vin__endswith=code) | Q(contact_phone__endswith=code)
    return found
