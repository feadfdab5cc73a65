"""Proofs of the books: every entry balances, and so does every station."""

from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from chejian.core.checks import Proof
from chejian.core.formats import money

ENTRIES = """
SELECT count(DISTINCT e.id), count(p.id) FROM books_journalentry e
LEFT JOIN books_posting p ON p.entry_id = e.id
"""
UNEVEN = """
SELECT e.id, e.label, sum(p.amount) FROM books_journalentry e
JOIN books_posting p ON p.entry_id = e.id GROUP BY e.id HAVING sum(p.amount) <> 0 ORDER BY e.id
"""
BY_STATION = """
SELECT s.name, coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0),
    coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0)
FROM books_posting p JOIN books_journalentry e ON e.id = p.entry_id
JOIN accounts_station s ON s.id = e.station_id GROUP BY s.id ORDER BY s.id
"""

# Days against the postings up to the mark, months against the days; what one side lacks is named
# too. The checks run in one snapshot, so the mark and the sums belong together.
SUMS = """
WITH ledger AS (
    SELECT e.station_id, 'day' AS grain, e.occurred_on AS starts_on, p.account_id,
        coalesce(sum(p.amount) FILTER (WHERE p.amount > 0), 0) AS debit,
        coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0), 0) AS credit
    FROM books_posting p JOIN books_journalentry e ON e.id = p.entry_id
    WHERE e.id <= coalesce((SELECT max(upto) FROM books_ledgermark), 0) GROUP BY 1, 3, 4
), expected AS (
    SELECT * FROM ledger UNION ALL
    SELECT station_id, 'month', date_trunc('month', starts_on)::date, account_id,
        sum(debit), sum(credit) FROM ledger GROUP BY 1, 3, 4
), compared AS (
    SELECT station_id, grain, starts_on, account_id, e.debit, e.credit,
        s.debit AS kept_debit, s.credit AS kept_credit
    FROM expected e FULL JOIN books_ledgersum s
        USING (station_id, grain, starts_on, account_id)
)
SELECT count(*) OVER (), c.*, a.code FROM compared c LEFT JOIN books_account a ON a.id = account_id
ORDER BY (debit, credit) IS NOT DISTINCT FROM (kept_debit, kept_credit),
    station_id, grain, starts_on, account_id LIMIT 50
"""
SPANS = {"day": "%Y-%m-%d", "month": "%Y-%m"}


def entries_balance() -> Proof:
    """The postings of every entry sum to zero."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES)
        entries, postings = cursor.fetchone()
        cursor.execute(UNEVEN)
        wrong = [
            _("entry %(id)s (%(label)s) is off by %(amount)s")
            % {"id": pk, "label": label, "amount": money(amount)}
            for pk, label, amount in cursor.fetchall()
        ]
    return Proof([(_("entries"), entries), (_("postings"), postings)], wrong)


def trial_balance_is_zero() -> Proof:
    """Debits equal credits at every station."""
    with connection.cursor() as cursor:
        cursor.execute(BY_STATION)
        rows = cursor.fetchall()
    words = _("%(station)s: debit %(debit)s, credit %(credit)s")
    told = [
        (words % {"station": name, "debit": money(debit), "credit": money(credit)}, debit - credit)
        for name, debit, credit in rows
    ]
    return Proof(
        [(name, money(debit)) for name, debit, _credit in rows],
        [sentence for sentence, difference in told if difference],
    )


def sums_tie() -> Proof:
    """Every sum beside the ledger is what its postings add up to; none is missing or too many."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS)
        rows = cursor.fetchall()
    wrong = []
    for _n, _station, grain, day, _account, *figures, code in rows:
        sums, kept = figures[:2], figures[2:]
        if sums != kept:
            words = _("account %(account)s, %(day)s: kept %(kept)s, postings %(sums)s")
            wrong.append(words % {"account": code, "day": f"{day:{SPANS[grain]}}",
                                  "kept": _two(*kept), "sums": _two(*sums)})
    return Proof([(_("sums by day and month"), rows[0][0] if rows else 0)], wrong)


def _two(debit: Decimal | None, credit: Decimal | None) -> str:
    return "–" if debit is None or credit is None else f"{money(debit)} / {money(credit)}"
