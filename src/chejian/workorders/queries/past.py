"""Reading the orders of the old system: on cars and customers, in sums, one by one.

They are no part of today's figures. A report that wants them asks here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch, QuerySet, Sum

from chejian.accounts.models import User
from chejian.core.money import ZERO
from chejian.core.search import prefix_query
from chejian.parties.models import Party
from chejian.parties.queries import party_ids
from chejian.vehicles.models import Vehicle
from chejian.vehicles.queries import vehicle_ids
from chejian.workorders.models import PastLine, PastOrder, PastPerson, PastWork
from chejian.workorders.models.past import MONEY_SEERS

FOUND = 2000


def of_vehicle(vehicle: Vehicle) -> QuerySet[PastOrder]:
    """All past orders of the car and of records merged into it, newest first, of any station."""
    return _newest(PastOrder.objects.filter(vehicle_id__in=vehicle_ids(vehicle)))


def of_customer(party: Party) -> QuerySet[PastOrder]:
    """All past orders of the customer and of records merged into his, newest first."""
    return _newest(PastOrder.objects.filter(customer_id__in=party_ids(party)))


def _newest(rows: QuerySet[PastOrder]) -> QuerySet[PastOrder]:
    return rows.order_by("-opened_on", "-id")


def with_names(rows: QuerySet[PastOrder]) -> QuerySet[PastOrder]:
    """With station, adviser, car and customer, and the lines in their order."""
    return rows.select_related(
        "station", "adviser", "vehicle", "customer"
    ).prefetch_related(Prefetch("lines", PastLine.objects.order_by("position", "id")))


def sees_money(user: User, station_id: int) -> bool:
    """Whether the person sees what a past order of that station cost."""
    return any(user.can_at(code, station_id) for code in MONEY_SEERS)


def matching_ids(text: str, limit: int = FOUND) -> list[int]:
    """Those found by any part of number, plate or VIN; nothing for an empty text."""
    query = prefix_query(text)
    if not query:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id FROM core_searchentry "
            "WHERE kind = 'past_order' AND vector @@ %s::tsquery LIMIT %s",
            [query, limit],
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class PastTotals:
    """What the orders of a car or customer come to, and from when to when they go."""

    count: int
    due: Decimal
    received: Decimal
    first_on: date | None
    last_on: date | None


def totals(rows: QuerySet[PastOrder]) -> PastTotals:
    """The sums of these orders, in one statement."""
    found: dict[str, Any] = rows.order_by().aggregate(
        count=Count("id"), due=Sum("due"), received=Sum("received"),
        first=Min("opened_on"), last=Max("opened_on"),
    )
    return PastTotals(
        found["count"], found["due"] or ZERO, found["received"] or ZERO,
        found["first"], found["last"],
    )


@dataclass(frozen=True)
class PastLineRow:
    """A line with the people who worked on it."""

    line: PastLine
    people: list[PastPerson]


def lines_of(order: PastOrder) -> list[PastLineRow]:
    """The lines of one order with their people, in two statements."""
    work = PastWork.objects.select_related("person").order_by("id")
    lines = order.lines.prefetch_related(Prefetch("work", work)).order_by("position", "id")
    return [PastLineRow(line, [one.person for one in line.work.all()]) for line in lines]


def labour_of(ids: Sequence[int]) -> dict[int, list[str]]:
    """What was done: the names of the labour lines by order's id, in one statement."""
    rows = PastLine.objects.filter(order_id__in=list(ids), kind=PastLine.Kind.LABOUR)
    found: dict[int, list[str]] = {}
    for order_id, name in rows.order_by("position", "id").values_list("order_id", "name"):
        found.setdefault(order_id, []).append(name)
    return found


def without_car(rows: QuerySet[PastOrder]) -> QuerySet[PastOrder]:
    """Those whose car is not known here."""
    return rows.filter(vehicle__isnull=True)


def known_numbers(station_id: int, numbers: Sequence[str]) -> dict[str, PastOrder]:
    """The station's past orders of these numbers."""
    rows = PastOrder.objects.filter(station_id=station_id, number__in=numbers)
    return {order.number: order for order in rows}


@dataclass(frozen=True)
class Imported:
    """What an import brought, and what of other imports hangs on it."""

    orders: int
    lines: int
    lines_of_others: int


def imported(import_run: int) -> Imported:
    """For the undo of an import."""
    orders = PastOrder.objects.filter(import_run=import_run)
    foreign = PastLine.objects.exclude(import_run=import_run).filter(
        Exists(orders.filter(pk=OuterRef("order_id")))
    )
    return Imported(
        orders.count(), PastLine.objects.filter(import_run=import_run).count(), foreign.count()
    )
