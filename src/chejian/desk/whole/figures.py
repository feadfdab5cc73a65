"""Visits and money of a customer or a car, live and from the old system, in a handful of sums."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.utils import timezone

from chejian.billing.models import Payment, Receivable, Settlement
from chejian.billing.queries import OPEN, credit_used
from chejian.core.money import ZERO
from chejian.desk.whole.scope import Scope
from chejian.parties.models import Party
from chejian.workorders.models import PastOrder, WorkOrder

NO_VISIT = ("draft", "cancelled")


@dataclass(frozen=True)
class Visits:
    """How often, from when to when; ``interval``: days between two visits on average."""

    count: int
    past: int
    first_on: date | None
    last_on: date | None

    @property
    def interval(self) -> int | None:
        if self.first_on is None or self.last_on is None or self.count < 2:
            return None
        return round((self.last_on - self.first_on).days / (self.count - 1))


@dataclass(frozen=True)
class Year:
    year: int
    ours: Decimal = ZERO
    past: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.ours + self.past


@dataclass(frozen=True)
class Money:
    """What was charged by year (newest first), what is owed, held and allowed."""

    years: list[Year] = field(default_factory=list)
    owed: Decimal = ZERO
    overdue: Decimal = ZERO
    held: Decimal = ZERO
    limit: Decimal = ZERO
    used: Decimal = ZERO

    @property
    def lifetime(self) -> Decimal:
        return sum((year.total for year in self.years), ZERO)

    @property
    def past(self) -> Decimal:
        return sum((year.past for year in self.years), ZERO)

    @property
    def most(self) -> Decimal:
        return max((year.total for year in self.years), default=ZERO)


def visits(scope: Scope) -> Visits:
    """Orders of all stations, ours and the old system's, in two statements."""
    live = WorkOrder.objects.filter(scope.orders).exclude(status__in=NO_VISIT).aggregate(
        n=Count("pk"), first=Min("opened_at"), last=Max("opened_at")
    )
    old = PastOrder.objects.filter(scope.orders).aggregate(
        n=Count("pk"), first=Min("opened_on"), last=Max("opened_on")
    )
    days = [timezone.localdate(live[end]) for end in ("first", "last") if live[end]]
    days += [old[end] for end in ("first", "last") if old[end]]
    return Visits(
        live["n"] + old["n"], old["n"], min(days, default=None), max(days, default=None)
    )


def money(scope: Scope, on: date) -> Money | None:
    """Of the stations where the person may see it; None where there is none such."""
    if not scope.money:
        return None
    years = _years(scope)
    if not isinstance(scope.subject, Party):
        return Money(years)
    owed = Receivable.objects.filter(OPEN, party_id__in=scope.ids, station_id__in=scope.money)
    open_amount = F("amount") - F("allocated")
    sums = owed.aggregate(
        owed=Sum(open_amount),
        overdue=Sum(open_amount, filter=Q(on_account=True, due_on__lt=on)),
    )
    payments = Payment.objects.filter(party_id__in=scope.ids, station_id__in=scope.money)
    held = payments.aggregate(held=Sum(F("amount") - F("allocated") - F("refunded")))["held"]
    limit = scope.subject.credit_limit
    return Money(
        years, sums["owed"] or ZERO, sums["overdue"] or ZERO, held or ZERO, limit,
        credit_used(scope.subject) if limit else ZERO,
    )


def _years(scope: Scope) -> list[Year]:
    """Settlements with their reversals, and what the old system charged, by year."""
    ours = Settlement.objects.filter(scope.settlements, station_id__in=scope.money)
    past = PastOrder.objects.filter(scope.orders, station_id__in=scope.money)
    sums: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for row in _by_year(ours, "settled_on", "payable"):
        sums[row["year"]]["ours"] = row["sum"]
    for row in _by_year(past, "opened_on", "due"):
        sums[row["year"]]["past"] = row["sum"]
    return [Year(year, **found) for year, found in sorted(sums.items(), reverse=True)]


def _by_year(rows: QuerySet[Any], day: str, amount: str) -> Iterable[dict[str, Any]]:
    named = rows.order_by().annotate(year=ExtractYear(day)).values("year")
    return list(named.annotate(sum=Sum(amount)))
