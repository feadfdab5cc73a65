"""Visits and money of a customer or a car, live and from the old system, in a handful of sums."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from chejian.core.money import ZERO
from chejian.desk.whole.scope import Scope
from chejian.parties.models import Party

# Plain statements, one each: a page that is opened with every call must not ask ten times.
VISITS = """
SELECT live.n, live.first, live.last, old.n, old.first, old.last
FROM (SELECT count(*) AS n, min(opened_at) AS first, max(opened_at) AS last
      FROM workorders_workorder
      WHERE {orders} AND status NOT IN ('draft', 'cancelled')) live,
     (SELECT count(*) AS n, min(opened_on) AS first, max(opened_on) AS last
      FROM workorders_pastorder WHERE {orders}) old
"""
YEARS = """
SELECT year, coalesce(sum(ours), 0), coalesce(sum(past), 0) FROM (
    SELECT extract(year FROM s.settled_on)::int AS year, s.payable AS ours, NULL::numeric AS past
    FROM billing_settlement s {joined} WHERE {settlements} AND s.station_id = ANY(%(money)s)
    UNION ALL
    SELECT extract(year FROM opened_on)::int, NULL, due
    FROM workorders_pastorder WHERE {orders} AND station_id = ANY(%(money)s)
) charged GROUP BY year ORDER BY year DESC
"""
ACCOUNT = """
SELECT coalesce(sum(r.amount - r.allocated) FILTER (WHERE here), 0),
       coalesce(sum(r.amount - r.allocated) FILTER (WHERE here AND late), 0),
       (SELECT coalesce(sum(amount - allocated - refunded), 0) FROM billing_payment
        WHERE party_id = ANY(%(ids)s) AND station_id = ANY(%(money)s)),
       coalesce(sum(r.amount - r.allocated)
                FILTER (WHERE r.on_account AND r.party_id = %(subject)s), 0)
FROM billing_receivable r, LATERAL (
    SELECT r.station_id = ANY(%(money)s) AS here, r.on_account AND r.due_on < %(on)s AS late
) told
WHERE NOT r.cancelled AND r.amount > r.allocated AND r.party_id = ANY(%(ids)s)
"""


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
    """Orders of all stations, ours and the old system's."""
    [(ours, first, last, past, past_first, past_last)] = _ask(VISITS, scope)
    days = [timezone.localdate(at) for at in (first, last) if at]
    days += [on for on in (past_first, past_last) if on]
    return Visits(ours + past, past, min(days, default=None), max(days, default=None))


def money(scope: Scope, on: date) -> Money | None:
    """Of the stations where the person may see it; None where there is none such.

    The used credit is of all stations: the limit is the organisation's.
    """
    if not scope.money:
        return None
    years = [Year(*row) for row in _ask(YEARS, scope)]
    if not isinstance(scope.subject, Party):
        return Money(years)
    [(owed, overdue, held, used)] = _ask(ACCOUNT, scope, on=on)
    limit = scope.subject.credit_limit
    return Money(years, owed, overdue, held, limit, used if limit else ZERO)


def _ask(statement: str, scope: Scope, **more: Any) -> list[tuple[Any, ...]]:
    """Run one of the statements above for the customer or the car."""
    said = {"ids": list(scope.ids), "money": list(scope.money), "subject": scope.subject.pk, **more}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**scope.conditions), said)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
