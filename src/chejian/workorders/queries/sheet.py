"""Everything about one order that its panels show, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.db import connection
from django.db.models import F, QuerySet

from chejian.core.models import Event
from chejian.core.money import ZERO
from chejian.core.outbox import timeline
from chejian.core.ready import Ready
from chejian.inventory.models import StockLevel
from chejian.workorders.amounts import Charge
from chejian.workorders.models import (
    Authorisation,
    Concern,
    JobLine,
    OrderPaper,
    OrderPhoto,
    PartLine,
    PartsRequest,
    WorkOrder,
)
from chejian.workorders.queries.readiness import Readiness, readiness_of
from chejian.workorders.queries.seen import HEAD
from chejian.workorders.states import BILLABLE

PHOTOS = 24
EVENTS = 30
SMALL = """
SELECT 'share' AS kind, s.job_id, s.part_line_id, NULL::bigint, s.payer, s.rate, NULL::timestamptz,
       NULL::timestamptz, s.id
FROM workorders_lineshare s JOIN workorders_jobline j ON j.id = s.job_id WHERE j.order_id = %s
UNION ALL
SELECT 'share', s.job_id, s.part_line_id, NULL, s.payer, s.rate, NULL, NULL, s.id
FROM workorders_lineshare s JOIN workorders_partline p ON p.id = s.part_line_id
WHERE p.order_id = %s
UNION ALL
SELECT 'person', a.job_id, NULL, a.technician_id, u.name, a.share, a.assigned_at, NULL, a.id
FROM workorders_assignment a JOIN workorders_jobline j ON j.id = a.job_id
JOIN accounts_user u ON u.id = a.technician_id WHERE j.order_id = %s
UNION ALL
SELECT 'time', t.job_id, NULL, t.technician_id, '', NULL, t.started_at, t.ended_at, t.id
FROM workorders_timeentry t JOIN workorders_jobline j ON j.id = t.job_id WHERE j.order_id = %s
UNION ALL
SELECT 'marks', NULL, NULL, count(*), '', NULL, NULL, NULL, 0 FROM workorders_walkaroundmark m
JOIN workorders_walkaround w ON w.id = m.walkaround_id WHERE w.order_id = %s
ORDER BY kind, 9
"""


type OfOrder = Concern | JobLine | OrderPaper | OrderPhoto | PartLine | Authorisation
OF_ORDER_JOBS = Ready(lambda pk: JobLine.objects.filter(order=pk).select_related("operation"))
OF_ORDER_LINES = Ready(lambda pk: PartLine.objects.filter(order=pk).order_by("position", "id"))
OF_ORDER_REQUESTS = Ready(lambda pk: (
    PartsRequest.objects.filter(line__order=pk, fulfilled_at=None, cancelled_at=None)
    .annotate(missing=F("reservation__quantity") - F("reservation__used") - F("reservation__held"))
))
OF_ORDER_LEVELS = Ready(lambda pk, station: (
    StockLevel.objects.filter(
        part__in=PartLine.objects.filter(order=pk).order_by().values("part_id"),
        warehouse__station_id=station, warehouse__active=True,
    ).select_related("last_bin").order_by("part_id", "-quantity")
))
OF_ORDER_CONCERNS = Ready(lambda pk: Concern.objects.filter(order=pk))
OF_ORDER_PHOTOS = Ready(lambda pk: (
    OrderPhoto.objects.filter(order=pk).select_related("file", "poster")[:PHOTOS]
))
OF_ORDER_PAPERS = Ready(lambda pk: OrderPaper.objects.filter(order=pk).select_related("file"))
OF_ORDER_ANSWERS = Ready(lambda pk: (
    Authorisation.objects.filter(order=pk).select_related("recorded_by").order_by("-id")
))


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
    """One order, loaded for showing. ``splits`` by (job, None) or (None, part line)."""

    order: WorkOrder
    at: datetime
    jobs: list[JobLine] = field(default_factory=list)
    parts: dict[int, list[PartLine]] = field(default_factory=dict)
    people: dict[int, list[OnJob]] = field(default_factory=dict)
    splits: dict[tuple[int | None, int | None], list[tuple[str, Decimal]]] = field(
        default_factory=dict
    )
    first_assigned: datetime | None = None
    marks: int = 0
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
                charge = Charge("", line.amount, line.discount, self.split_of(line))
                for payer, _ in charge.shares:
                    found[payer] = found.get(payer, ZERO) + charge.paid_by(payer)
        deductions = self.order.order_discount + self.order.round_off
        if deductions:
            found["customer"] = found.get("customer", ZERO) - deductions
        return found

    def split_of(self, line: JobLine | PartLine) -> list[tuple[str, Decimal]]:
        """Payers with rates of a line."""
        key = (line.pk, None) if isinstance(line, JobLine) else (None, line.pk)
        return self.splits.get(key) or [(line.payer, Decimal(1))]

    def open_requests_of(self, line: PartLine) -> list[PartsRequest]:
        return [request for request in self.requests if request.line_id == line.pk]


def head_rows(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """With what the head of an order shows."""
    return rows.select_related(*HEAD)


def load_order(pk: int) -> WorkOrder:
    """The order with everything of its head: one statement."""
    return head_rows(WorkOrder.objects.all()).get(pk=pk)


def load_sheet(order: WorkOrder, at: datetime, *, whole: bool = True) -> Sheet:
    """``whole=False`` leaves out photos, events, papers, answers: what the grid does not need."""
    sheet = Sheet(order=order, at=at)
    _load_lines(sheet)
    _load_small(sheet)
    if whole:
        sheet.concerns = _of(order, OF_ORDER_CONCERNS)
        sheet.photos = _of(order, OF_ORDER_PHOTOS)
        sheet.events = timeline(order, EVENTS)
        sheet.papers = _of(order, OF_ORDER_PAPERS)
        sheet.authorisations = _of(order, OF_ORDER_ANSWERS)
    return sheet


def _of[R: OfOrder](order: WorkOrder, rows: "Ready[R]") -> list[R]:
    """The rows of an order, each knowing it."""
    found = rows.all(order.pk)
    for row in found:
        row.order = order
    return found


def _load_small(sheet: Sheet) -> None:
    """Splits, technicians, clocks and the count of marks in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(SMALL, [sheet.order.pk] * 5)
        rows = cursor.fetchall()
    for kind, job_id, line_id, person_id, words, rate, began, ended, _id in rows:
        if kind == "share":
            sheet.splits.setdefault((job_id, line_id), []).append((words, rate))
        elif kind == "person":
            sheet.people.setdefault(job_id, []).append(OnJob(person_id, words, rate))
            sheet.first_assigned = min(sheet.first_assigned or began, began)
        elif kind == "marks":
            sheet.marks = person_id
        else:
            _count(sheet.people.get(job_id, ()), person_id, began, ended)


def _count(
    people: Sequence[OnJob], technician_id: int, began: datetime, ended: datetime | None
) -> None:
    for person in people:
        if person.technician_id == technician_id and ended is None:
            person.running_since = began
        elif person.technician_id == technician_id and ended is not None:
            person.seconds += int((ended - began).total_seconds())


def _load_lines(sheet: Sheet) -> None:
    order = sheet.order
    sheet.jobs = _of(order, OF_ORDER_JOBS)
    lines = _of(order, OF_ORDER_LINES)
    for line in lines:
        sheet.parts.setdefault(line.job_id, []).append(line)
    if all(line.part_id is None for line in lines):
        return
    sheet.requests = [*OF_ORDER_REQUESTS.all(order.pk)]
    for level in OF_ORDER_LEVELS.all(order.pk, order.station_id):
        sheet.levels.setdefault(level.part_id, level)
