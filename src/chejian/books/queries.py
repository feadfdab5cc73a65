"""Reading the books: balances and the trial balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from chejian.books.models import PeriodClose, Posting
from chejian.core.money import ZERO
from chejian.parties.models import Party

TRIAL_BALANCE = """
SELECT a.code, a.name, a.kind,
    coalesce(sum(p.amount) FILTER (WHERE e.occurred_on < %(first)s), 0),
    coalesce(sum(p.amount) FILTER (WHERE e.occurred_on >= %(first)s AND p.amount > 0), 0),
    coalesce(-sum(p.amount) FILTER (WHERE e.occurred_on >= %(first)s AND p.amount < 0), 0)
FROM books_account a
LEFT JOIN (books_posting p JOIN books_journalentry e ON e.id = p.entry_id
    AND e.station_id = ANY(%(stations)s) AND e.occurred_on <= %(last)s) ON p.account_id = a.id
GROUP BY a.id ORDER BY a.code
"""


@dataclass(frozen=True)
class TrialRow:
    """One account over a span: balance before, debits and credits in it. Debit is positive."""

    code: str
    name: str
    kind: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        return self.opening + self.debit - self.credit

    @property
    def used(self) -> bool:
        return bool(self.opening or self.debit or self.credit)


def trial_balance(
    station_ids: Sequence[int], first: date = date.min, last: date = date.max
) -> list[TrialRow]:
    """All accounts with their movement from ``first`` to ``last``, both days included."""
    with connection.cursor() as cursor:
        cursor.execute(
            TRIAL_BALANCE, {"stations": list(station_ids), "first": first, "last": last}
        )
        return [TrialRow(*row) for row in cursor.fetchall()]


def balance(account: str, station_id: int, party: Party | None = None) -> Decimal:
    """What stands on an account at a station, of one party if given. Debit is positive."""
    postings = Posting.objects.filter(account__code=account, entry__station_id=station_id)
    if party is not None:
        postings = postings.filter(party=party)
    return postings.aggregate(sum=Sum("amount"))["sum"] or ZERO


def is_closed(station_id: int, day: date) -> bool:
    """Whether the month of that day is closed at the station (a close covers all before it)."""
    month = day.replace(day=1)
    return PeriodClose.objects.filter(station_id=station_id, month__gte=month).exists()
