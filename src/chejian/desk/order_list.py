"""Which orders the list shows: the station's, by their state, by words."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.core.lists.spec import Rows, Tab, Viewer
from chejian.core.search import prefix_query
from chejian.core.text import query_terms
from chejian.workorders.models import JobLine, WorkOrder

OPEN = ~Q(status__in=["delivered", "closed", "cancelled"])


def _with_job(status: str) -> Q:
    return Q(Exists(JobLine.objects.filter(order=OuterRef("pk"), status=status)))


#: those that are not listed are reached from the home page's picture
TABS = (
    Tab("open", pgettext_lazy("orders", "Open"), OPEN),
    Tab("draft", _("Reception"), Q(status="draft"), unlisted=True),
    Tab("asking", _("To approve"), OPEN & _with_job("proposed"), unlisted=True),
    Tab("additional", _("Additional work"),
        OPEN & _with_job("proposed") & ~Q(status__in=["draft", "received"]), unlisted=True),
    Tab("dispatch", _("To dispatch"), OPEN & _with_job("authorised"), unlisted=True),
    Tab("repair", _("In repair"), Q(status__in=["in_progress", "on_hold"])),
    Tab("parts", _("Waiting for parts"), Q(status="on_hold", hold_reason="parts"), unlisted=True),
    Tab("customer", _("Waiting for customer"), Q(status="on_hold", hold_reason="customer"),
        unlisted=True),
    Tab("inspect", _("To inspect"), Q(status="pending_inspection")),
    Tab("rework", _("Rework"), Q(status="in_progress", rework_round__gt=0), unlisted=True),
    Tab("settle", _("To settle"), Q(status="completed")),
    Tab("collect", _("To collect"), Q(status="settled", cleared=False), unlisted=True),
    Tab("deliver", _("To deliver"), Q(status="settled")),
    Tab("done", _("Delivered"), Q(status__in=["delivered", "closed"])),
    Tab("void", _("Void"), Q(status="cancelled"), unlisted=True),
    Tab("all", _("All"), Q()),
)
#: by the tokens of the search index, so that a million orders are not read for one plate
MATCHING = """
SELECT subject_id FROM core_searchentry WHERE kind = 'order' AND vector @@ %s::tsquery
UNION SELECT o.id FROM workorders_workorder o WHERE o.customer_id IN (
  SELECT subject_id FROM core_searchentry WHERE kind = 'party' AND vector @@ %s::tsquery)
UNION SELECT o.id FROM workorders_workorder o WHERE o.vehicle_id IN (
  SELECT subject_id FROM core_searchentry WHERE kind = 'vehicle' AND vector @@ %s::tsquery)
"""


def rows(viewer: Viewer) -> QuerySet[WorkOrder]:
    """Orders of the station that the person may see."""
    return WorkOrder.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)


def search(rows: Rows, words: str) -> tuple[Rows, bool]:
    found = rows.filter(pk__in=matching(words)) if query_terms(words) else rows.none()
    return found, False


def matching(words: str) -> RawSQL:
    """The ids of orders that answer to the words: their own, the customer's, the car's."""
    return RawSQL(MATCHING, [prefix_query(words)] * 3)  # noqa: S611 - no text of the query is typed
