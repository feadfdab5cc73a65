"""The small live figures of the menu, in one statement."""

from chejian.accounts.access import StationAccess
from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.core import planned

COUNTS = """
SELECT
  (SELECT count(*) FROM workorders_workorder o WHERE o.station_id = %(station)s
     AND o.status NOT IN ('delivered', 'closed', 'cancelled')),
  (SELECT count(*) FROM workorders_workorder o WHERE o.station_id = %(station)s
     AND o.status = 'completed'),
  (SELECT count(*) FROM workorders_partsrequest r
     JOIN inventory_stockreservation v ON v.id = r.reservation_id
     WHERE v.station_id = %(station)s AND r.fulfilled_at IS NULL AND r.cancelled_at IS NULL),
  (SELECT count(*) FROM workorders_assignment a JOIN workorders_jobline j ON j.id = a.job_id
     JOIN workorders_workorder o ON o.id = j.order_id
     WHERE a.technician_id = %(user)s AND j.status IN ('assigned', 'working', 'paused')
     AND o.status NOT IN ('cancelled', 'closed')),
  (SELECT count(*) FROM accounts_approvalrequest q WHERE q.station_id = %(station)s
     AND q.status = 'pending' AND q.requested_by_id <> %(user)s
     AND q.permission = ANY(%(permissions)s))
"""


def menu_counts(user: User, here: StationAccess) -> dict[str, int]:
    """Open orders, to settle, requests, own jobs, approvals that wait for this person."""
    asked = {"station": here.station_id, "user": user.pk, "permissions": sorted(here.permissions)}
    row = planned.rows(COUNTS, asked)[0]
    found = dict(zip(("open", "to_settle", "requests", "my_jobs", "approvals"), row, strict=True))
    if P.VIEW_ORDERS not in here.permissions:
        found["open"] = 0  # the whole station's figure is not his
    return found
