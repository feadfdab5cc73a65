"""Lists of jobs, requests and issues, each row complete in one statement."""

from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from chejian.accounts.models import User
from chejian.core.ready import Ready
from chejian.inventory.models import StockLevel, Warehouse
from chejian.workorders.models import (
    JobLine,
    PartIssue,
    PartLine,
    PartReturn,
    PartsRequest,
    TimeEntry,
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


def with_returns(issues: QuerySet[PartIssue]) -> QuerySet[PartIssue]:
    """Each with ``back``: how many pieces of it have come back."""
    back = PartReturn.objects.filter(issue=OuterRef("pk")).order_by().values("issue")
    return issues.annotate(
        back=Coalesce(Subquery(back.annotate(sum=Sum("quantity")).values("sum")), Decimal(0))
    )


def recent_issues(station_ids: list[int]) -> QuerySet[PartIssue]:
    """What was handed out, newest first, with how much of it has come back."""
    return with_returns(
        PartIssue.objects.filter(warehouse__station_id__in=station_ids)
    ).order_by("-id")


def _best_level(line: int, part: int, station: int) -> QuerySet[StockLevel]:
    asked = PartsRequest.objects.filter(
        line=line, fulfilled_at=None, cancelled_at=None,
        reservation__warehouse=OuterRef("warehouse"),
    ).order_by("id").values("id")[:1]
    return (
        StockLevel.objects.filter(
            part=part, warehouse__station=station, warehouse__active=True
        )
        .annotate(asked=Subquery(asked), free=F("quantity") - F("reserved"))
        .select_related("warehouse")
        .order_by(F("asked").asc(nulls_last=True), "-free", "id")[:1]
    )


BEST_LEVEL = Ready(_best_level)


def house_for(line: PartLine) -> Warehouse | None:
    """The warehouse that the line's parts were asked of first, else the one with most free."""
    level = BEST_LEVEL.first(line.pk, line.part_id or 0, line.order.station_id)
    return level.warehouse if level else None
