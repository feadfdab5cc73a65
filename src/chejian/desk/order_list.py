"""Which orders the list shows: the station's, by their state, by words."""

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chejian.core.lists.spec import Rows, Tab, Viewer
from chejian.core.search import Fits, prefix_query, these
from chejian.parties.queries import LISTED
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
#: what a single order answers to
FITS = Fits((("order", "pk"), ("vehicle", "vehicle_id"), ("party", "customer_id")))
# By the tokens of the search index: the order's own, the customer's, the car's. Materialized, so
# that the limit stops the reading but never talks the planner out of the index.
MATCHING = """
WITH own AS MATERIALIZED (
    SELECT subject_id FROM core_searchentry WHERE kind = 'order' AND vector @@ %(query)s::tsquery
), parties AS MATERIALIZED (
    SELECT subject_id FROM core_searchentry WHERE kind = 'party' AND vector @@ %(query)s::tsquery
), cars AS MATERIALIZED (
    SELECT subject_id FROM core_searchentry WHERE kind = 'vehicle' AND vector @@ %(query)s::tsquery
)
(SELECT subject_id FROM own LIMIT %(limit)s)
UNION (SELECT o.id FROM (SELECT subject_id FROM parties LIMIT %(limit)s) p
       JOIN workorders_workorder o ON o.customer_id = p.subject_id LIMIT %(limit)s)
UNION (SELECT o.id FROM (SELECT subject_id FROM cars LIMIT %(limit)s) c
       JOIN workorders_workorder o ON o.vehicle_id = c.subject_id LIMIT %(limit)s)
"""


def rows(viewer: Viewer) -> QuerySet[WorkOrder]:
    """Orders of the station that the person may see."""
    return WorkOrder.objects.visible_to(viewer.user).filter(station_id=viewer.station_id)


def search(rows: Rows, words: str) -> tuple[Rows, bool]:
    """Orders that answer to the words, and whether more do than a list goes through: whoever types
    two signs that most plates share will type a third."""
    query = prefix_query(words)
    ids = _matching(query) if query else []
    return rows.filter(pk__in=these(ids)), len(ids) >= LISTED


def _matching(query: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(MATCHING, {"query": query, "limit": LISTED})
        return [row[0] for row in cursor.fetchall()]
