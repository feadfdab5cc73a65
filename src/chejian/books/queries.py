"""Reading the books: balances and the trial balance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Max, Sum

from chejian.books.models import LedgerMark, LedgerSum, PeriodClose, Posting
from chejian.core.money import ZERO
from chejian.parties.models import Party

#: before any posting, and still a day that has a month before it
EARLIEST = date(1000, 1, 1)
# What moved up to two days, the one before the span and its last: sums of whole months, then of
# days, and the few postings that the sums do not hold yet. One statement sees one state of both.
# The mark was read before as a number, so that the planner knows how little is left after it; it
# only goes forward, so looking at it again leaves out what has been added up meanwhile.
MOVED = """
SELECT piece.before, s.account_id, s.debit, s.credit
FROM unnest(%(grains)s::text[], %(since)s::date[], %(until)s::date[], %(before)s::boolean[])
    AS piece(grain, since, until, before)
JOIN books_ledgersum s ON s.station_id = ANY(%(stations)s) AND s.grain = piece.grain
    AND s.starts_on BETWEEN piece.since AND piece.until
UNION ALL
SELECT point.before, p.account_id, greatest(p.amount, 0), greatest(-p.amount, 0)
FROM books_journalentry e JOIN books_posting p ON p.entry_id = e.id
JOIN (VALUES (true, %(first)s::date - 1), (false, %(last)s::date)) AS point(before, day)
    ON e.occurred_on <= point.day
WHERE e.id > %(mark)s AND e.id > coalesce((SELECT max(upto) FROM books_ledgermark), 0)
    AND e.station_id = ANY(%(stations)s)
"""
TRIAL_BALANCE = f"""
SELECT a.code, a.name, a.kind, coalesce(sum(m.debit - m.credit) FILTER (WHERE m.before), 0),
    coalesce(sum(CASE WHEN m.before THEN -m.debit ELSE m.debit END), 0),
    coalesce(sum(CASE WHEN m.before THEN -m.credit ELSE m.credit END), 0)
FROM books_account a LEFT JOIN ({MOVED}) m ON m.account_id = a.id
GROUP BY a.id ORDER BY a.code
"""  # noqa: S608 - two constants


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
    """All accounts with their movement from ``first`` to ``last``, both days included.

    Exact as of the moment of the call: what the sums do not hold yet is added up here.
    """
    first = max(first, EARLIEST) if first <= last else last + timedelta(days=1)
    pieces = [*_pieces(first - timedelta(days=1), before=True), *_pieces(last, before=False)]
    grains, since, until, before = (list(column) for column in zip(*pieces, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(TRIAL_BALANCE, {
            "stations": list(station_ids), "first": first, "last": last, "mark": _mark(),
            "grains": grains, "since": since, "until": until, "before": before,
        })
        return [TrialRow(*row) for row in cursor.fetchall()]


def _pieces(day: date, *, before: bool) -> Iterator[tuple[str, date, date, bool]]:
    """Everything up to a day: the months that are whole, then the days of the last one."""
    month = day.replace(day=1)
    yield LedgerSum.Grain.MONTH, date.min, month - timedelta(days=1), before
    yield LedgerSum.Grain.DAY, month, day, before


def _mark() -> int:
    return LedgerMark.objects.aggregate(mark=Max("upto"))["mark"] or 0


def balance(account: str, station_id: int, party: Party | None = None) -> Decimal:
    """What stands on an account at a station, of one party if given. Debit is positive."""
    if party is None:
        rows = trial_balance([station_id])
        return next((row.balance for row in rows if row.code == account), ZERO)
    postings = Posting.objects.filter(
        account__code=account, entry__station_id=station_id, party=party
    )
    return postings.aggregate(sum=Sum("amount"))["sum"] or ZERO


def is_closed(station_id: int, day: date) -> bool:
    """Whether the month of that day is closed at the station (a close covers all before it)."""
    month = day.replace(day=1)
    return PeriodClose.objects.filter(station_id=station_id, month__gte=month).exists()
