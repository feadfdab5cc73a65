"""Proofs of stock: the ledger against its cache, the bins, the reservations and the books."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from chejian.books import chart
from chejian.core.checks import Proof
from chejian.core.formats import money, quantity

COUNT = """
SELECT (SELECT count(*) FROM inventory_stockmove), (SELECT count(*) FROM inventory_stocklevel),
    (SELECT coalesce(sum(value), 0) FROM inventory_stockmove),
    (SELECT coalesce(sum(value), 0) FROM inventory_stocklevel)
"""
LEVELS = """
WITH moved AS (SELECT part_id, warehouse_id, sum(quantity) AS quantity, sum(value) AS value
    FROM inventory_stockmove GROUP BY part_id, warehouse_id)
SELECT p.number, w.name, coalesce(m.quantity, 0), coalesce(l.quantity, 0),
    coalesce(m.value, 0), coalesce(l.value, 0)
FROM moved m FULL JOIN inventory_stocklevel l USING (part_id, warehouse_id)
JOIN catalog_part p ON p.id = part_id JOIN inventory_warehouse w ON w.id = warehouse_id
WHERE coalesce(m.quantity, 0) <> coalesce(l.quantity, 0)
    OR coalesce(m.value, 0) <> coalesce(l.value, 0)
ORDER BY p.number, w.id
"""
BINS = """
WITH lying AS (SELECT level_id, sum(quantity) AS quantity FROM inventory_binlevel GROUP BY level_id)
SELECT p.number, w.name, coalesce(b.quantity, 0), l.quantity FROM inventory_stocklevel l
LEFT JOIN lying b ON b.level_id = l.id
JOIN catalog_part p ON p.id = l.part_id JOIN inventory_warehouse w ON w.id = l.warehouse_id
WHERE coalesce(b.quantity, 0) <> l.quantity ORDER BY p.number, w.id
"""
RESERVED = """
WITH promised AS (SELECT part_id, warehouse_id, sum(held) AS held FROM inventory_stockreservation
    GROUP BY part_id, warehouse_id)
SELECT p.number, w.name, coalesce(r.held, 0), coalesce(l.reserved, 0)
FROM promised r FULL JOIN inventory_stocklevel l USING (part_id, warehouse_id)
JOIN catalog_part p ON p.id = part_id JOIN inventory_warehouse w ON w.id = warehouse_id
WHERE coalesce(r.held, 0) <> coalesce(l.reserved, 0) ORDER BY p.number, w.id
"""
RETURNS = """
SELECT p.number, i.label, -i.quantity, sum(r.quantity), -i.value, sum(r.value)
FROM inventory_stockmove i JOIN inventory_stockmove r ON r.returns_id = i.id
JOIN catalog_part p ON p.id = i.part_id GROUP BY i.id, p.number
HAVING sum(r.quantity) > -i.quantity OR sum(r.value) > -i.value
    OR (sum(r.quantity) = -i.quantity AND sum(r.value) <> -i.value)
ORDER BY i.id
"""
VALUE = """
WITH kept AS (SELECT w.station_id, sum(l.value) AS value FROM inventory_stocklevel l
        JOIN inventory_warehouse w ON w.id = l.warehouse_id GROUP BY w.station_id),
    booked AS (SELECT e.station_id, sum(p.amount) AS value FROM books_posting p
        JOIN books_journalentry e ON e.id = p.entry_id
        JOIN books_account a ON a.id = p.account_id WHERE a.code = %s GROUP BY e.station_id)
SELECT s.name, coalesce(k.value, 0), coalesce(b.value, 0)
FROM kept k FULL JOIN booked b USING (station_id) JOIN accounts_station s ON s.id = station_id
ORDER BY s.id
"""


def _rows(sql: str, values: Sequence[str] = ()) -> list[tuple[str, str, Decimal, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def levels_follow_moves() -> Proof:
    """Quantity and value of every level are the sums of its moves."""
    words = _(
        "%(part)s in %(place)s: moves %(q)s worth %(v)s, level %(lq)s worth %(lv)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        moves, levels, moved, kept = cursor.fetchone()
        cursor.execute(LEVELS)
        wrong = [
            words % {"part": part, "place": place, "q": quantity(q), "v": money(v),
                     "lq": quantity(lq), "lv": money(lv)}
            for part, place, q, lq, v, lv in cursor.fetchall()
        ]
    figures = [
        (_("moves"), moves), (_("levels"), levels),
        (_("value of moves"), money(moved)), (_("value of levels"), money(kept)),
    ]
    return Proof(figures, wrong)


def bins_hold_levels() -> Proof:
    """What lies in the bins is what the level says."""
    words = _("%(part)s in %(place)s: bins hold %(a)s, level says %(b)s")
    return Proof(differences=_told(words, _rows(BINS)))


def reserved_is_held() -> Proof:
    """What a level says is reserved is what its reservations hold."""
    words = _("%(part)s in %(place)s: reservations hold %(a)s, level says %(b)s")
    return Proof(differences=_told(words, _rows(RESERVED)))


def _told(words: str, rows: Sequence[tuple[str, str, Decimal, Decimal]]) -> list[str]:
    return [
        words % {"part": part, "place": place, "a": quantity(a), "b": quantity(b)}
        for part, place, a, b in rows
    ]


def returns_within_issues() -> Proof:
    """No issue came back larger than it went out; one that came back whole left no value."""
    words = _("%(part)s of %(label)s: %(q)s worth %(v)s went out, %(rq)s worth %(rv)s came back")
    with connection.cursor() as cursor:
        cursor.execute(RETURNS)
        wrong = [
            words % {"part": part, "label": label, "q": quantity(q), "rq": quantity(rq),
                     "v": money(v), "rv": money(rv)}
            for part, label, q, rq, v, rv in cursor.fetchall()
        ]
    return Proof(differences=wrong)


def value_is_booked() -> Proof:
    """The value of stock at each station stands on account 1405."""
    words = _("%(station)s: stock %(kept)s, account %(booked)s")
    with connection.cursor() as cursor:
        cursor.execute(VALUE, [chart.STOCK])
        rows = cursor.fetchall()
    wrong = [
        words % {"station": name, "kept": money(kept), "booked": money(booked)}
        for name, kept, booked in rows
        if kept != booked
    ]
    return Proof([(name, money(kept)) for name, kept, _booked in rows], wrong)
