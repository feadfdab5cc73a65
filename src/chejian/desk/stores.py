"""领料发料: who waits for parts, what the chosen order needs, where it lies, what is short."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from chejian.accounts.models import User
from chejian.core import planned
from chejian.core.money import ZERO
from chejian.core.ready import Ready
from chejian.inventory.models import StockLevel
from chejian.inventory.queries import Availability, PlaceStock, availability
from chejian.workorders.models import PartIssue, PartLine, WorkOrder
from chejian.workorders.queries import open_requests, recent_issues
from chejian.workorders.queries.lists import with_returns
from chejian.workorders.states import BILLABLE

TABS = ("waiting", "short", "issued")
MOST = 60
SHELF = 15


@dataclass
class Waiting:
    """An order in the queue: what it waits for, since when, for whom."""

    order: WorkOrder
    since: datetime
    names: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    pieces: Decimal = ZERO
    short: Decimal = ZERO

    def minutes(self, now: datetime) -> int:
        return max(int((now - self.since).total_seconds() // 60), 0)


WAITING = Ready(
    lambda station: open_requests([station]).order_by("id").select_related(None)
    .select_related("line__order", "requested_by").only(
        "requested_at", "line__name", "line__order__plate", "line__order__plate_kind",
        "requested_by__name",
    )[:400]
)


def waiting(station_id: int) -> list[Waiting]:
    """Open requests by order, the longest waiting first. One statement."""
    found: dict[int, Waiting] = {}
    for request in WAITING.all(station_id):
        order = request.line.order
        row = found.setdefault(order.pk, Waiting(order, request.requested_at))
        row.names.append(request.line.name)
        if request.requested_by.name not in row.people:
            row.people.append(request.requested_by.name)
        row.pieces += request.outstanding  # type: ignore[attr-defined]
        row.short += request.missing  # type: ignore[attr-defined]
    return list(found.values())


def issued_today(station_id: int) -> list[PartIssue]:
    """What left the store today, newest first, with what came back of it."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return ISSUED.all(station_id, since=midnight)


def _issued(station: int, *, since: datetime) -> QuerySet[PartIssue]:
    """Sixty issues with all that hangs on them would be most of the page's work."""
    rows = recent_issues([station]).filter(issued_at__gte=since)
    return rows.select_related("line__order", "receiver").only(
        "quantity", "issued_at", "line__name", "line__unit", "line__order__plate",
        "line__order__plate_kind", "line__order__status", "receiver__name",
    )[:MOST]


ISSUED = Ready(_issued)


def returnable(issue: PartIssue) -> Decimal:
    """Pieces of an issue that have not come back."""
    back: Decimal = issue.back  # type: ignore[attr-defined]
    return issue.quantity - back


@dataclass
class Wanted:
    """A line of the chosen order: what it still lacks, and where that lies."""

    line: PartLine
    place: PlaceStock | None
    held: Decimal = ZERO
    missing: Decimal = ZERO
    asked: bool = False
    issues: list[PartIssue] = field(default_factory=list)

    @property
    def left(self) -> Decimal:
        return max(self.line.quantity - self.line.issued, ZERO)

    @property
    def ready(self) -> Decimal:
        """Pieces that can be handed out now: set aside for it, and free ones."""
        free = self.place.available if self.place else ZERO
        return min(self.left, self.held + max(free, ZERO))

    @property
    def returnable(self) -> list[tuple[PartIssue, Decimal]]:
        return [(issue, rest) for issue in self.issues if (rest := returnable(issue)) > 0]


@dataclass
class Chosen:
    """The order at the counter."""

    order: WorkOrder
    lines: list[Wanted]
    people: list[User]

    @property
    def next(self) -> Wanted | None:
        return next((line for line in self.lines if line.ready > 0), None)

    @property
    def ready(self) -> Decimal:
        return sum((line.ready for line in self.lines), ZERO)

    @property
    def wanted(self) -> Decimal:
        return sum((line.line.quantity for line in self.lines), ZERO)

    @property
    def issued(self) -> Decimal:
        return sum((line.line.issued for line in self.lines), ZERO)

    @property
    def short(self) -> list[Wanted]:
        return [line for line in self.lines if line.left > line.ready]


def at_counter(line: PartLine) -> bool:
    """Whether it is a line of ``_counter_lines``."""
    wanted = not line.cancelled and line.job.status in BILLABLE
    return not line.customer_supplied and line.part_id is not None and (wanted or line.issued > 0)


def _counter_lines(order: int) -> QuerySet[PartLine]:
    """Lines of approved jobs that come from the store, and those that anything went out for."""
    return (
        PartLine.objects.filter(order=order, customer_supplied=False, part__isnull=False)
        .filter(Q(cancelled=False, job__status__in=BILLABLE) | Q(issued__gt=0))
        .select_related("part", "job")
        .order_by("job__position", "position", "id")
    )


LINES = Ready(_counter_lines)
ASKED = Ready(
    lambda station, order: open_requests([station]).filter(line__order=order)
    .select_related(None).select_related("reservation").only(
        "line_id", "reservation__held", "reservation__warehouse_id"
    )
)
ISSUES = Ready(
    lambda order: with_returns(PartIssue.objects.filter(line__order=order)).order_by("id")
)
PEOPLE = Ready(
    lambda order: User.objects.filter(job_assignments__job__order=order).distinct()
    .order_by("pk").only("name")
)


def chosen(order: WorkOrder) -> Chosen:
    """The order's lines with where they lie and what was asked, in five statements."""
    rows = LINES.all(order.pk)
    stock = availability({row.part_id for row in rows if row.part_id}, order.station_id)
    lines = {row.pk: Wanted(row, None) for row in rows}
    asked_of = _take_requests(order, lines)
    for wanted in lines.values():
        wanted.place = _place(stock[wanted.line.part_id or 0], asked_of.get(wanted.line.pk))
    for issue in ISSUES.all(order.pk):
        if issue.line_id in lines:
            lines[issue.line_id].issues.append(issue)
    return Chosen(order, list(lines.values()), PEOPLE.all(order.pk))


def _take_requests(order: WorkOrder, lines: dict[int, Wanted]) -> dict[int, int]:
    """Put what was asked on the lines; the warehouse that each was asked of."""
    houses: dict[int, int] = {}
    for request in ASKED.all(order.station_id, order.pk):
        wanted = lines.get(request.line_id)
        if wanted is None:
            continue
        wanted.asked = True
        wanted.held += request.reservation.held
        wanted.missing += request.missing  # type: ignore[attr-defined]
        houses.setdefault(request.line_id, request.reservation.warehouse_id)
    return houses


def _place(stock: Availability, warehouse_id: int | None) -> PlaceStock | None:
    """The warehouse it was asked of, else the one where most is free."""
    asked = [place for place in stock.places if place.warehouse_id == warehouse_id]
    return next(iter(asked), None) or max(
        stock.places, key=lambda place: place.available, default=None
    )


@dataclass(frozen=True)
class Shelf:
    """The bins around the next part."""

    name: str
    bins: list[str]
    at: str


NEIGHBOURS = """
SELECT code FROM inventory_bin WHERE warehouse_id = %s AND starts_with(code, %s)
ORDER BY code LIMIT %s
"""


def shelf(wanted: Wanted | None) -> Shelf | None:
    """Neighbours of the bin, by the part of the code before its last dash."""
    if wanted is None or wanted.place is None or not wanted.place.bin:
        return None
    code = wanted.place.bin
    rack = code.rpartition("-")[0] or code
    bins = planned.rows(NEIGHBOURS, [wanted.place.warehouse_id, rack, SHELF])
    return Shelf(rack, [code for (code,) in bins], code)


@dataclass(frozen=True)
class Elsewhere:
    """Free pieces of a part in another station. No cost, no customer: only that it is there."""

    station: str
    phone: str
    free: Decimal


def elsewhere(part_ids: Collection[int], station_id: int) -> dict[int, list[Elsewhere]]:
    """Which other stations have a part that is short here, the most first. One statement."""
    found: dict[int, dict[str, Elsewhere]] = {pk: {} for pk in part_ids}
    levels = (
        StockLevel.objects.filter(
            part_id__in=part_ids, warehouse__active=True, warehouse__station__active=True,
            quantity__gt=F("reserved"),
        )
        .exclude(warehouse__station_id=station_id)
        .select_related("warehouse__station")
    )
    for level in levels:
        place = level.warehouse.station
        before = found[level.part_id].get(place.name)
        free = level.available + (before.free if before else ZERO)
        found[level.part_id][place.name] = Elsewhere(place.name, place.phone, free)
    return {
        pk: sorted(places.values(), key=lambda place: -place.free)
        for pk, places in found.items()
    }


def short_parts(lines: Iterable[Wanted], station_id: int) -> list[tuple[Wanted, list[Any]]]:
    """What the order lacks, each with who has it."""
    short = [line for line in lines if line.left > line.ready]
    found = elsewhere({line.line.part_id or 0 for line in short}, station_id) if short else {}
    return [(line, found.get(line.line.part_id or 0, [])) for line in short]
