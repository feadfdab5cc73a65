"""Settlements, payments and receivables by words: by number, by the order, or by who pays.

Words that fit a great deal and words that fit little are found in different ways. A list first
asks its next rows one by one (``FITS``, ``OWED``). When those do not fill the page, the index of
tokens finds orders (by number, plate, VIN, customer, phones) and customers (also those of a car,
and records merged into them), and their papers follow by the index on order or customer: one
statement, bounded in rows. Where that meets a bound, the list asks all of its rows instead.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, Model
from django.db.models.expressions import RawSQL

from chejian.billing.models import Payment, Receivable, Settlement
from chejian.core.lists.spec import Rows
from chejian.core.search import Fits, prefix_query, these

NEWEST = 400  # orders of the house that are looked at from the newest
ENOUGH = 20  # of them that fit: the index of tokens, which gathers all that fit first, is not asked
LISTED = 2000  # orders that the index gives, and papers of the answer
PEOPLE = 500  # customers
OF_ONE = 200  # papers of one customer: an insurer has thousands
NUMBER = re.compile(r"[A-Z]{2}-[A-Z0-9-]{2,}")

# Materialized, so that a limit on what is read of it stops the reading, but never talks the planner
# out of the index of tokens.
PAPERS = """
WITH many AS MATERIALIZED (
    SELECT count(*) >= %(enough)s AS many FROM (
        SELECT vector FROM core_searchentry WHERE kind = 'order'
        ORDER BY subject_id DESC LIMIT %(newest)s
    ) newest WHERE vector @@ %(query)s::tsquery
), all_orders AS MATERIALIZED (
    SELECT subject_id AS id FROM core_searchentry
    WHERE kind = 'order' AND vector @@ %(query)s::tsquery AND NOT (SELECT many FROM many)
), all_named AS MATERIALIZED (
    SELECT subject_id AS id FROM core_searchentry
    WHERE kind = 'party' AND vector @@ %(query)s::tsquery AND NOT (SELECT many FROM many)
), all_cars AS MATERIALIZED (
    SELECT data -> 'party_ids' AS party_ids FROM core_searchentry
    WHERE kind = 'vehicle' AND vector @@ %(query)s::tsquery AND NOT (SELECT many FROM many)
), orders AS MATERIALIZED (SELECT id FROM all_orders LIMIT %(listed)s
), named AS MATERIALIZED (SELECT id FROM all_named LIMIT %(people)s
), cars AS MATERIALIZED (SELECT party_ids FROM all_cars LIMIT %(people)s
), found AS MATERIALIZED (
    SELECT id FROM named UNION
    SELECT held.id::bigint FROM cars
    CROSS JOIN LATERAL jsonb_array_elements_text(cars.party_ids) AS held(id)
), people AS MATERIALIZED (
    SELECT id FROM found UNION
    SELECT p.id FROM found JOIN parties_party p ON p.merged_into_id = found.id
), paid AS MATERIALIZED (
    SELECT mine.id, mine.party_id FROM people CROSS JOIN LATERAL (
        SELECT id, party_id FROM {table} WHERE party_id = people.id LIMIT %(of_one)s
    ) mine
), papers AS MATERIALIZED (
    {by_order} UNION SELECT id FROM paid UNION {by_number}
)
SELECT (SELECT many FROM many) OR (SELECT count(*) FROM orders) >= %(listed)s
        OR (SELECT count(*) FROM named) >= %(people)s OR (SELECT count(*) FROM cars) >= %(people)s
        OR EXISTS (SELECT 1 FROM paid GROUP BY party_id HAVING count(*) >= %(of_one)s)
        OR (SELECT count(*) FROM papers) > %(listed)s,
    ARRAY(SELECT id FROM papers LIMIT %(listed)s)
"""
OWN_ORDER = "SELECT t.id FROM orders JOIN {table} t ON t.order_id = orders.id"
OWN_NUMBER = "(SELECT id FROM {table} WHERE number LIKE %(number)s LIMIT %(listed)s)"
THEIRS = "SELECT r.id FROM billing_{source} d JOIN billing_receivable r ON r.{path}_id = d.id"
NUMBERED = "WHERE d.number LIKE %(number)s LIMIT %(listed)s"
ORDER_OF_OWED = ("(SELECT s.order_id FROM billing_settlement s "
                 'WHERE s.id = "billing_receivable"."settlement_id")')


@dataclass(frozen=True)
class OwedFits(Fits):
    """A receivable knows its order through its settlement."""

    def condition(self, model: type[Model], words: str) -> RawSQL:
        columns = [ORDER_OF_OWED, '"billing_receivable"."party_id"']
        values = [prefix_query(words)] * len(columns)
        return RawSQL(self._sql(columns), values, output_field=BooleanField())  # noqa: S611


#: what a single paper answers to
FITS = Fits((("order", "order_id"), ("party", "party_id")))
OWED = OwedFits((("order", "settlement__order_id"), ("party", "party_id")))


def _own(table: str) -> str:
    return PAPERS.format(table=table, by_order=OWN_ORDER.format(table=table),
                         by_number=OWN_NUMBER.format(table=table))


def _owed() -> str:
    """A receivable has no number of its own: that of its settlement or opening balance."""
    settled = THEIRS.format(source="settlement", path="settlement")
    opened = THEIRS.format(source="openingbalance", path="opening")
    return PAPERS.format(
        table="billing_receivable", by_order=f"{settled} JOIN orders ON orders.id = d.order_id",
        by_number=f"({settled} {NUMBERED}) UNION ({opened} {NUMBERED})",
    )


STATEMENTS: dict[type[Model], str] = {
    Settlement: _own("billing_settlement"), Payment: _own("billing_payment"), Receivable: _owed(),
}


def by_words(model: type[Model]) -> Callable[[Rows, str], tuple[Rows, bool]]:
    """The search of a list of that table: the rows that fit, and whether more do than it found."""

    def search(rows: Rows, words: str) -> tuple[Rows, bool]:
        query = prefix_query(words)
        if not query:
            return rows.none(), False
        typed = words.strip().upper()
        with connection.cursor() as cursor:
            cursor.execute(STATEMENTS[model], {
                "query": query, "newest": NEWEST, "enough": ENOUGH, "listed": LISTED,
                "people": PEOPLE, "of_one": OF_ONE,
                "number": f"{typed}%" if NUMBER.fullmatch(typed) else "",
            })
            more, ids = cursor.fetchone()
        return rows.filter(pk__in=these(ids)), more

    return search
