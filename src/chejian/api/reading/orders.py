"""Work orders as dictionaries, straight from the columns: no model objects on the hot ways."""

from collections import defaultdict
from typing import Any

from chejian.accounts.models import User
from chejian.accounts.permissions import P
from chejian.api.reading.written import Written
from chejian.api.versions import stamped
from chejian.core import planned
from chejian.core.formats import masked_phone
from chejian.workorders.models import Concern, JobLine, PartIssue, PartLine, PartsRequest, WorkOrder

ROW = {
    name: name for name in (
        "id", "number", "station_id", "status", "hold_reason", "priority", "plate", "vehicle_id",
        "customer_id", "contact_name", "contact_phone", "adviser_id", "repair_type_id",
        "opened_at", "promised_at", "completed_at", "settled_at", "delivered_at", "total",
        "customer_total", "cleared", "version",
    )
} | {"customer_name": "customer__name", "adviser_name": "adviser__name"}
WHOLE = ROW | {
    name: name for name in (
        "repair_class_id", "labour_class", "price_level", "received_at", "started_at",
        "closed_at", "odometer_in", "odometer_out", "fuel_percent", "charge_percent", "old_parts",
        "rework_round", "walkaround_settled", "comeback_of_id", "deposit_held", "order_discount",
        "round_off", "labour_total", "parts_total", "discount_total", "proposed_total", "remarks",
    )
}
JOB = (
    "id", "position", "operation_id", "name", "status", "additional", "flat_hours", "rate",
    "fixed_price", "amount", "discount", "payer", "tax_rate", "comeback_of_id", "rework",
    "pause_reason", "added_at", "finished_at", "version",
)
LINE = (
    "id", "job_id", "part_id", "number", "name", "brand", "origin", "unit", "customer_supplied",
    "quantity", "unit_price", "list_price", "amount", "discount", "payer", "tax_rate", "issued",
    "cost", "cancelled", "version",
)
# Splits and technicians of an order: two small things in one statement.
SMALL = """
SELECT 'share', s.job_id, s.part_line_id, NULL::bigint, s.payer, s.rate, false, s.id
FROM workorders_lineshare s JOIN workorders_jobline j ON j.id = s.job_id WHERE j.order_id = %s
UNION ALL
SELECT 'share', s.job_id, s.part_line_id, NULL, s.payer, s.rate, false, s.id
FROM workorders_lineshare s JOIN workorders_partline p ON p.id = s.part_line_id
WHERE p.order_id = %s
UNION ALL
SELECT 'worker', a.job_id, NULL, a.technician_id, u.name, a.share,
    EXISTS (SELECT 1 FROM workorders_timeentry t WHERE t.job_id = a.job_id
            AND t.technician_id = a.technician_id AND t.ended_at IS NULL), a.id
FROM workorders_assignment a JOIN workorders_jobline j ON j.id = a.job_id
JOIN accounts_user u ON u.id = a.technician_id WHERE j.order_id = %s
ORDER BY 8
"""
ISSUES = """
SELECT i.line_id, i.id, i.warehouse_id, i.quantity, coalesce(sum(r.quantity), 0), i.cost,
    i.issued_at
FROM workorders_partissue i
JOIN workorders_partline p ON p.id = i.line_id
LEFT JOIN workorders_partreturn r ON r.issue_id = i.id
WHERE p.order_id = %s GROUP BY i.id ORDER BY i.id
"""
type Rows = dict[int, list[dict[str, Any]]]


def named(*columns: str, **others: str) -> dict[str, str]:
    return {name: name for name in columns} | others


WHOLE_ROW = Written(lambda pk: WorkOrder.objects.filter(pk=pk), WHOLE)
CONCERNS = Written(
    lambda pk: Concern.objects.filter(order_id=pk),
    named("id", "text", "when", "how_often", "diagnosis"),
)
JOBS = Written(lambda pk: JobLine.objects.filter(order_id=pk), named(*JOB))
LINES = Written(lambda pk: PartLine.objects.filter(order_id=pk), named(*LINE))
#: what was asked of the store and is not over
REQUESTS = Written(
    lambda pk: PartsRequest.objects.filter(
        line__order_id=pk, fulfilled_at=None, cancelled_at=None
    ).order_by("pk"),
    named("id", "line_id", "quantity", "requested_at", used="reservation__used",
          held="reservation__held"),
)


def mask(rows: list[dict[str, Any]], user: User) -> None:
    """Phones whole only where the person may see them."""
    sees = {pk: user.can_at(P.SEE_PHONE, pk) for pk in user.access.station_ids}
    for row in rows:
        if not sees.get(row["station_id"], False):
            row["contact_phone"] = masked_phone(row["contact_phone"])


def whole(pk: int, user: User) -> dict[str, Any]:
    """One order with everything on it: seven statements however long, three while it is bare."""
    (found,) = WHOLE_ROW.of(pk)
    mask([found], user)
    found["concerns"] = [stamped(row) for row in CONCERNS.of(pk)]
    found["jobs"] = _jobs(pk, sees_cost=user.can_at(P.SEE_COST, found["station_id"]))
    return found


def _jobs(order_id: int, *, sees_cost: bool) -> list[dict[str, Any]]:
    jobs = JOBS.of(order_id)
    if not jobs:
        return []
    job_shares, line_shares, workers = _small(order_id)
    requests, issues = _requests(order_id), _issues(order_id, sees_cost=sees_cost)
    lines: Rows = defaultdict(list)
    for line in LINES.of(order_id):
        pk = line["id"]
        one = {**line, "shares": line_shares.get(pk, []), "requests": requests.get(pk, []),
               "issues": issues.get(pk, [])}
        if not sees_cost:
            one["cost"] = None
        lines[line["job_id"]].append(one)
    return [
        {**job, "shares": job_shares.get(job["id"], []), "workers": workers.get(job["id"], []),
         "part_lines": lines.get(job["id"], [])}
        for job in jobs
    ]


def _small(order_id: int) -> tuple[Rows, Rows, Rows]:
    job_shares: Rows = defaultdict(list)
    line_shares: Rows = defaultdict(list)
    workers: Rows = defaultdict(list)
    rows = planned.rows(SMALL, [order_id] * 3)
    for kind, job_id, line_id, person_id, words, rate, running, _id in rows:
        if kind == "worker":
            workers[job_id].append({"technician_id": person_id, "name": words, "share": rate,
                                    "running": running})
        else:
            owner, key = (job_shares, job_id) if line_id is None else (line_shares, line_id)
            owner[key].append({"payer": words, "rate": rate})
    return job_shares, line_shares, workers


def _requests(order_id: int) -> Rows:
    found: Rows = defaultdict(list)
    for row in REQUESTS.of(order_id):
        found[row.pop("line_id")].append(row)
    return found


def _issues(order_id: int, *, sees_cost: bool) -> Rows:
    found: Rows = defaultdict(list)
    rows = planned.rows(ISSUES, [order_id])
    for line_id, pk, house, quantity, returned, cost, at in rows:
        found[line_id].append({
            "id": pk, "warehouse_id": house, "quantity": quantity, "returned": returned,
            "cost": cost if sees_cost else None, "issued_at": at,
        })
    return found


def job(pk: int, user: User) -> dict[str, Any]:
    """One job of an order, as it stands in the whole."""
    order_id, station_id = JobLine.objects.values_list("order_id", "order__station_id").get(pk=pk)
    rows = _jobs(order_id, sees_cost=user.can_at(P.SEE_COST, station_id))
    return next(row for row in rows if row["id"] == pk)


def part_line(pk: int, user: User) -> dict[str, Any]:
    job_id = PartLine.objects.values_list("job_id", flat=True).get(pk=pk)
    return next(row for row in job(job_id, user)["part_lines"] if row["id"] == pk)


def issue(pk: int, user: User) -> dict[str, Any]:
    line_id = PartIssue.objects.values_list("line_id", flat=True).get(pk=pk)
    return next(row for row in part_line(line_id, user)["issues"] if row["id"] == pk)
