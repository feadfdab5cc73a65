"""Lists of orders, jobs and requests, each row complete in one statement."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chejian.accounts.models import User
from chejian.workorders.models import (
    Assignment,
    JobLine,
    PartIssue,
    PartsRequest,
    TimeEntry,
    WorkOrder,
)
from chejian.workorders.states import OPEN_FOR_PRICES, OVER

LIVE = (*OPEN_FOR_PRICES, "settled")
SORTS = {
    "number": "number", "opened": "opened_at", "promised": "promised_at", "plate": "plate",
    "total": "total", "status": "status",
}


def order_rows(user: User) -> QuerySet[WorkOrder]:
    """Visible orders with all that a row shows: car, customer, technicians, what waits.

    ``technician_names``, ``proposed_jobs`` and ``short_parts`` are counted per row, and only for
    the rows that are fetched.
    """
    names = (
        Assignment.objects.filter(job__order=OuterRef("pk"))
        .exclude(job__status="cancelled")
        .order_by("technician_id").distinct("technician_id").values("technician__name")
    )
    return (
        WorkOrder.objects.visible_to(user)
        .select_related("vehicle", "customer", "repair_type", "adviser")
        .annotate(
            technician_names=ArraySubquery(names),
            proposed_jobs=_count(JobLine.objects.filter(order=OuterRef("pk"), status="proposed"),
                                 "order"),
            short_parts=_count(_short(PartsRequest.objects.filter(line__order=OuterRef("pk"))),
                               "line__order"),
        )
    )


def _count(rows: "QuerySet[JobLine] | QuerySet[PartsRequest]", key: str) -> Coalesce:
    counted = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _short(requests: QuerySet[PartsRequest]) -> QuerySet[PartsRequest]:
    return requests.filter(fulfilled_at=None, cancelled_at=None).filter(
        reservation__quantity__gt=F("reservation__used") + F("reservation__held")
    )


def late(rows: QuerySet[WorkOrder], at: datetime) -> QuerySet[WorkOrder]:
    """Promised before now and not yet delivered."""
    return rows.filter(promised_at__lt=at).exclude(status__in=OVER)


def counts_by_status(user: User, station_id: int, at: datetime) -> dict[str, dict[str, int]]:
    """For the flow picture: open orders per status, and how many are late. One statement."""
    rows = (
        WorkOrder.objects.visible_to(user).filter(station_id=station_id, status__in=LIVE)
        .order_by().values("status")
        .annotate(n=Count("pk", distinct=True),
                  late=Count("pk", filter=Q(promised_at__lt=at), distinct=True))
    )
    return {row["status"]: {"count": row["n"], "late": row["late"]} for row in rows}


def waits(user: User, station_id: int) -> dict[str, int]:
    """For the side states of the flow picture: orders with what they wait for. One statement."""
    proposed = JobLine.objects.filter(order=OuterRef("pk"), status="proposed")
    ready = JobLine.objects.filter(order=OuterRef("pk"), status="authorised")
    short = _short(PartsRequest.objects.filter(line__order=OuterRef("pk")))
    return (
        WorkOrder.objects.visible_to(user)
        .filter(station_id=station_id, status__in=("received", "in_progress", "on_hold"))
        .aggregate(
            to_approve=Count("pk", filter=Exists(proposed), distinct=True),
            to_dispatch=Count("pk", filter=Exists(ready), distinct=True),
            for_parts=Count("pk", filter=Exists(short), distinct=True),
        )
    )


def jobs_of(technician: User, station_ids: list[int]) -> QuerySet[JobLine]:
    """A technician's jobs at hand: what runs first, then by priority and promise."""
    running = TimeEntry.objects.filter(
        job=OuterRef("pk"), technician=technician, ended_at=None
    ).values("started_at")
    return (
        JobLine.objects.filter(
            assignments__technician=technician, order__station_id__in=station_ids,
            order__status__in=("received", "in_progress", "on_hold"),
            status__in=("assigned", "working", "paused"),
        )
        .annotate(running_since=Subquery(running[:1]))
        .select_related("order__vehicle", "order__customer", "order__station")
        .order_by(F("running_since").desc(nulls_last=True), "order__priority",
                  F("order__promised_at").asc(nulls_last=True), "order_id", "position")
    )


def open_requests(station_ids: list[int]) -> QuerySet[PartsRequest]:
    """What the store is asked for and has not handed out, oldest first."""
    return (
        PartsRequest.objects.filter(
            line__order__station_id__in=station_ids, fulfilled_at=None, cancelled_at=None
        )
        .annotate(
            outstanding=F("reservation__quantity") - F("reservation__used"),
            missing=F("reservation__quantity") - F("reservation__used") - F("reservation__held"),
        )
        .select_related("line__part", "line__job", "line__order__vehicle", "requested_by",
                        "reservation__warehouse")
        .order_by("line__order__priority", "id")
    )


def recent_issues(station_ids: list[int]) -> QuerySet[PartIssue]:
    """What was handed out, newest first, with how much of it has come back."""
    return (
        PartIssue.objects.filter(line__order__station_id__in=station_ids)
        .select_related("line__order", "line__part", "warehouse", "receiver", "issued_by")
        .prefetch_related("returns").order_by("-id")
    )
