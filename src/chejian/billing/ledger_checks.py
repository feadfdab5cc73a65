"""What ``chejian check`` proves of the money side."""

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chejian.core.checks import Proof

TITLES: dict[str, Promise] = {
    "billing.receivables": _("Receivables equal their allocations"),
    "billing.methods": _("Payments equal their methods"),
    "billing.allocations": _("Payments equal their allocations"),
    "billing.refunds": _("Payments equal their refunds"),
    "billing.settlements": _("Settlements equal their lines"),
    "billing.account_1122": _("Receivables equal account 1122"),
    "billing.account_2203": _("Free money of customers equals account 2203"),
    "billing.account_220302": _("Stored value of customers equals account 220302"),
    "billing.openings": _("Opening balances equal their entries and receivables"),
}

COUNTS = (
    (_("settlements"), "SELECT count(*) FROM billing_settlement"),
    (_("payments"), "SELECT count(*) FROM billing_payment"),
    (_("opening balances"), "SELECT count(*) FROM billing_openingbalance"),
)

CHECKS: dict[str, str] = {
    "billing.receivables": """
        SELECT r.id, r.allocated, coalesce(sum(a.amount), 0) FROM billing_receivable r
        LEFT JOIN billing_allocation a ON a.receivable_id = r.id
        GROUP BY r.id HAVING r.allocated <> coalesce(sum(a.amount), 0)""",
    "billing.methods": """
        SELECT p.id, p.amount, coalesce(sum(m.amount), 0) FROM billing_payment p
        LEFT JOIN billing_paymentpart m ON m.payment_id = p.id
        GROUP BY p.id HAVING p.amount <> coalesce(sum(m.amount), 0)""",
    "billing.allocations": """
        SELECT p.id, p.allocated, coalesce(sum(a.amount), 0) FROM billing_payment p
        LEFT JOIN billing_allocation a ON a.payment_id = p.id
        GROUP BY p.id HAVING p.allocated <> coalesce(sum(a.amount), 0)""",
    "billing.refunds": """
        SELECT p.id, p.refunded, coalesce(sum(f.amount), 0) FROM billing_payment p
        LEFT JOIN billing_refund f ON f.payment_id = p.id
        GROUP BY p.id HAVING p.refunded <> coalesce(sum(f.amount), 0)""",
    "billing.settlements": """
        SELECT s.number, s.payable, coalesce(sum(l.payable), 0) FROM billing_settlement s
        LEFT JOIN billing_settlementline l ON l.settlement_id = s.id
        GROUP BY s.id HAVING s.payable <> coalesce(sum(l.payable), 0)
        OR s.gross <> coalesce(sum(l.gross), 0)""",
    "billing.account_1122": """
        WITH ours AS (
            SELECT r.station_id, r.payer, sum(r.amount - r.allocated) AS open
            FROM billing_receivable r WHERE NOT r.cancelled GROUP BY 1, 2),
        books AS (
            SELECT e.station_id,
                   CASE a.code WHEN %(customer)s THEN 'customer' WHEN %(maker)s THEN 'maker'
                        ELSE 'insurer' END AS payer, sum(p.amount) AS open
            FROM books_posting p JOIN books_journalentry e ON e.id = p.entry_id
            JOIN books_account a ON a.id = p.account_id
            WHERE a.code IN (%(customer)s, %(maker)s, %(insurer)s) GROUP BY 1, 2)
        SELECT station_id, payer, coalesce(ours.open, 0), coalesce(books.open, 0)
        FROM ours FULL JOIN books USING (station_id, payer)
        WHERE coalesce(ours.open, 0) <> coalesce(books.open, 0)""",
    "billing.account_2203": """
        WITH ours AS (
            SELECT station_id, sum(amount - allocated - refunded) AS free
            FROM billing_payment GROUP BY 1),
        books AS (
            SELECT e.station_id, -sum(p.amount) AS free
            FROM books_posting p JOIN books_journalentry e ON e.id = p.entry_id
            JOIN books_account a ON a.id = p.account_id WHERE a.code = %(deposits)s GROUP BY 1)
        SELECT station_id, coalesce(ours.free, 0), coalesce(books.free, 0)
        FROM ours FULL JOIN books USING (station_id)
        WHERE coalesce(ours.free, 0) <> coalesce(books.free, 0)""",
    "billing.account_220302": """
        WITH ours AS (
            SELECT station_id, party_id, sum(stored_value) AS held
            FROM billing_openingbalance GROUP BY 1, 2),
        books AS (
            SELECT e.station_id, p.party_id, -sum(p.amount) AS held
            FROM books_posting p JOIN books_journalentry e ON e.id = p.entry_id
            JOIN books_account a ON a.id = p.account_id WHERE a.code = %(stored)s GROUP BY 1, 2)
        SELECT station_id, party_id, coalesce(ours.held, 0), coalesce(books.held, 0)
        FROM ours FULL JOIN books USING (station_id, party_id)
        WHERE coalesce(ours.held, 0) <> coalesce(books.held, 0)""",
    "billing.openings": """
        SELECT o.number, o.stored_value, coalesce(e.stored, 0), o.debt, coalesce(e.debt, 0),
               coalesce(r.amount, 0)
        FROM billing_openingbalance o
        LEFT JOIN billing_openingbalance x ON x.reverses_id = o.id
        LEFT JOIN billing_receivable r ON r.opening_id = o.id
        LEFT JOIN LATERAL (
            SELECT -sum(p.amount) FILTER (WHERE a.code = %(stored)s) AS stored,
                   sum(p.amount) FILTER (WHERE a.code = %(customer)s) AS debt
            FROM books_posting p JOIN books_account a ON a.id = p.account_id
            WHERE p.entry_id = o.entry_id AND p.party_id = o.party_id) e ON true
        WHERE o.stored_value <> coalesce(e.stored, 0) OR o.debt <> coalesce(e.debt, 0)
           OR (o.reverses_id IS NULL AND o.debt <> coalesce(r.amount, 0))
           OR (r.id IS NOT NULL AND r.cancelled <> (x.id IS NOT NULL))""",
}


def prove(name: str, accounts: dict[str, str]) -> Proof:
    """Run one check: how much there is, and each row that does not tie."""
    with connection.cursor() as cursor:
        cursor.execute(CHECKS[name], accounts)
        differences = [" | ".join(str(value) for value in row) for row in cursor.fetchmany(20)]
        figures: list[tuple[Promise, int]] = []
        for word, sql in COUNTS:
            cursor.execute(sql)
            figures.append((word, cursor.fetchone()[0]))
    return Proof(figures, differences)
