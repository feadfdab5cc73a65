"""Everything about one order that its panels show, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from chejian.core.models import Event
from chejian.core.money import ZERO
from chejian.core.outbox import timeline
from chejian.inventory.models import StockLevel
from chejian.workorders.amounts import Charge
from chejian.workorders.models import (
    Assignment,
    Authorisation,
    Concern,
    JobLine,
    LineShare,
    OrderPaper,
    OrderPhoto,
    PartLine,
    PartsRequest,
    TimeEntry,
    WalkaroundMark,
    WorkOrder,
)
from chejian.workorders.queries.readiness import Readiness, readiness_of
from chejian.workorders.states import BILLABLE

PHOTOS = 24
EVENTS = 30


@dataclass
class OnJob:
    """A technician on a job, with his share and his clock."""

    technician_id: int
    name: str
    share: Decimal
    seconds: int = 0
    running_since: datetime | None = None


@dataclass
class Sheet:
    """One order, loaded for showing. Jobs carry ``split`` and ``people``, parts ``split``."""

    order: WorkOrder
    at: datetime
    jobs: list[JobLine] = field(default_factory=list)
    parts: dict[int, list[PartLine]] = field(default_factory=dict)
    people: dict[int, list[OnJob]] = field(default_factory=dict)
    requests: list[PartsRequest] = field(default_factory=list)
    levels: dict[int, StockLevel] = field(default_factory=dict)
    concerns: list[Concern] = field(default_factory=list)
    photos: list[OrderPhoto] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    papers: list[OrderPaper] = field(default_factory=list)
    authorisations: list[Authorisation] = field(default_factory=list)

    @cached_property
    def proposed(self) -> list[JobLine]:
        return [job for job in self.jobs if job.status == "proposed"]

    @cached_property
    def billable(self) -> list[JobLine]:
        return [job for job in self.jobs if job.status in BILLABLE]

    @cached_property
    def readiness(self) -> Readiness:
        lines = [
            line for job in self.billable for line in self.parts.get(job.pk, ())
            if not line.cancelled and not line.customer_supplied
        ]
        return readiness_of(lines, self.requests)

    @cached_property
    def by_payer(self) -> dict[str, Decimal]:
        """What each payer owes of the approved lines, deductions taken off the customer's."""
        found: dict[str, Decimal] = {}
        for job in self.billable:
            lines: list[JobLine | PartLine] = [job]
            lines += [line for line in self.parts.get(job.pk, ()) if not line.cancelled]
            for line in lines:
                charge = Charge("", line.amount, line.discount, split_of(line))
                for payer, _ in charge.shares:
                    found[payer] = found.get(payer, ZERO) + charge.paid_by(payer)
        deductions = self.order.order_discount + self.order.round_off
        if deductions:
            found["customer"] = found.get("customer", ZERO) - deductions
        return found

    def open_requests_of(self, line: PartLine) -> list[PartsRequest]:
        return [request for request in self.requests if request.line_id == line.pk]


def split_of(line: JobLine | PartLine) -> list[tuple[str, Decimal]]:
    """Payers with rates of a loaded line."""
    shares: Sequence[dict[str, Any]] = getattr(line, "split", ())
    return [(share["payer"], Decimal(str(share["rate"]))) for share in shares] or [
        (line.payer, Decimal(1))
    ]


def head_rows(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """With everything that the head of an order shows; ``marks`` counts those on the car."""
    marks = WalkaroundMark.objects.filter(walkaround__order=OuterRef("pk")).order_by()
    counted = marks.values("walkaround__order").annotate(n=Count("pk")).values("n")
    return rows.select_related(
        "station", "customer", "vehicle", "repair_type", "repair_class", "adviser",
        "comeback_of", "walkaround", "delivery",
    ).annotate(marks=Coalesce(Subquery(counted), 0))


def load_order(pk: int) -> WorkOrder:
    """The order with everything of its head: one statement."""
    return head_rows(WorkOrder.objects.all()).get(pk=pk)


def load_sheet(order: WorkOrder, at: datetime, *, whole: bool = True) -> Sheet:
    """``whole=False`` leaves out photos, events, papers, answers: what the grid does not need."""
    sheet = Sheet(order=order, at=at)
    _load_lines(sheet)
    _load_people(sheet)
    if whole:
        sheet.concerns = list(order.concerns.all())
        sheet.photos = list(order.photos.select_related("file", "poster")[:PHOTOS])
        sheet.events = timeline(order, EVENTS)
        sheet.papers = list(order.papers.select_related("file"))
        sheet.authorisations = list(
            order.authorisations.select_related("recorded_by").order_by("-id")
        )
    return sheet


def _shares(key: str) -> ArraySubquery:
    rows = LineShare.objects.filter(**{key: OuterRef("pk")}).order_by("id")
    return ArraySubquery(rows.values(json=JSONObject(payer="payer", rate="rate")))


def _load_lines(sheet: Sheet) -> None:
    order = sheet.order
    people = Assignment.objects.filter(job=OuterRef("pk")).order_by("id").values(
        json=JSONObject(id="technician_id", name="technician__name", share="share")
    )
    sheet.jobs = list(
        order.jobs.annotate(
            split=_shares("job"), assigned=ArraySubquery(people),
            first_assigned_at=Subquery(
                Assignment.objects.filter(job=OuterRef("pk")).order_by("assigned_at")
                .values("assigned_at")[:1]
            ),
        )
        .select_related("operation", "found_by", "comeback_of__order")
    )
    for job in sheet.jobs:
        job.order = order
    part_ids = set()
    lines = PartLine.objects.filter(order=order).annotate(split=_shares("part_line"))
    for line in lines.order_by("position", "id"):
        line.order = order
        sheet.parts.setdefault(line.job_id, []).append(line)
        if line.part_id is not None:
            part_ids.add(line.part_id)
    if not part_ids:
        return
    sheet.requests = list(
        PartsRequest.objects.filter(line__order=order, fulfilled_at=None, cancelled_at=None)
        .annotate(missing=F("reservation__quantity") - F("reservation__used")
                  - F("reservation__held"))
        .select_related("reservation")
    )
    for level in StockLevel.objects.filter(
        part__in=part_ids, warehouse__station_id=order.station_id, warehouse__active=True
    ).select_related("last_bin", "warehouse").order_by("part_id", "-quantity"):
        sheet.levels.setdefault(level.part_id, level)


def _load_people(sheet: Sheet) -> None:
    clocks = TimeEntry.objects.filter(job__order=sheet.order).order_by("id")
    for job in sheet.jobs:
        sheet.people[job.pk] = [
            OnJob(row["id"], row["name"], Decimal(str(row["share"])))
            for row in job.assigned  # type: ignore[attr-defined]
        ]
    for entry in clocks:
        for person in sheet.people.get(entry.job_id, ()):
            if person.technician_id == entry.technician_id:
                _count(person, entry)


def _count(person: OnJob, entry: TimeEntry) -> None:
    if entry.ended_at is None:
        person.running_since = entry.started_at
    else:
        person.seconds += int((entry.ended_at - entry.started_at).total_seconds())
