"""Proofs of the books: every entry balances, and so does every station."""

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
