"""The list of work orders: which states, which words, in which order."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.models import User
from chejian.core.search import prefix_query
from chejian.core.text import query_terms
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
#: by the tokens of the search index, so that a million orders are not read for one plate
MATCHING = """
SELECT subject_id FROM core_searchentry WHERE kind = 'order' AND vector @@ %s::tsquery
UNION SELECT o.id FROM workorders_workorder o WHERE o.customer_id IN (
  SELECT subject_id FROM core_searchentry WHERE kind = 'party' AND vector @@ %s::tsquery)
UNION SELECT o.id FROM workorders_workorder o WHERE o.vehicle_id IN (
  SELECT subject_id FROM core_searchentry WHERE kind = 'vehicle' AND vector @@ %s::tsquery)
"""
#: what a row shows and sorts by: a hundred columns less to read
SHOWN = (
    "station_id", "number", "status", "plate", "plate_kind", "opened_at", "promised_at", "total",
    "priority", "customer__name", "vehicle__make", "vehicle__series", "repair_type__name",
    "adviser__name",
)
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
        rows = rows.filter(pk__in=matching(words)) if query_terms(words) else rows.none()
    if adviser.isdecimal():
        rows = rows.filter(adviser_id=int(adviser))
    if since is not None:
        rows = rows.filter(opened_at__gte=since)
    return rows.select_related("customer", "vehicle", "repair_type", "adviser").only(*SHOWN)


def matching(words: str) -> RawSQL:
    """The ids of orders that answer to the words: their own, the customer's, the car's."""
    return RawSQL(MATCHING, [prefix_query(words)] * 3)  # noqa: S611 - no text of the query is typed
