"""From a question to rows: narrowed, sorted, one page of them, their number and their sums."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from chejian.core import keyset
from chejian.core.compiled import kept_rows
from chejian.core.lists.address import Asked, Condition
from chejian.core.lists.operators import operator
from chejian.core.lists.spec import Column, Rows
from chejian.core.patience import patience

#: counted and added up row by row; beyond it the planner's estimate is shown
COUNTED = 10_000
MANY = _("Very many fit: not all of them are in this list. Type one more sign.")
#: rows in the list's own order that are asked one by one whether they answer to the words
NEAR = 300
#: seconds a person waits for a page, and for sums that come after it
PATIENCE, LONG_PATIENCE = 4, 8


@dataclass(frozen=True)
class Page:
    """Raw rows: the id, then the values of ``paths``. Cursors of the neighbours, "" for none."""

    rows: Sequence[Sequence[Any]]
    paths: Sequence[str]
    before: str
    after: str
    problem: str = ""


@dataclass(frozen=True)
class Totals:
    """``count`` is exact up to COUNTED rows, then ``estimate`` says about how many there are."""

    count: int
    sums: Sequence[tuple[Column, Decimal]]
    estimate: int = 0

    @property
    def whole(self) -> bool:
        return not self.estimate


def narrowed(asked: Asked) -> Rows:
    """Every row that answers to the question, in no order."""
    return searched(asked)[0]


def searched(asked: Asked) -> tuple[Rows, bool]:
    """The same, and whether more rows fit the words than the search goes through.

    A list that can ask a single row goes through all of them when the search finds too many.
    """
    rows, fits = _scope(asked), asked.spec.fits
    if not asked.words or asked.spec.search is None:
        return rows, False
    found, cut = asked.spec.search(rows, asked.words)
    if cut and fits is not None:
        return rows.filter(fits.condition(rows.model, asked.words)), False
    return found, cut


def _scope(asked: Asked) -> Rows:
    """All that is asked but the words."""
    rows = asked.spec.rows(asked.viewer)
    if asked.tab is not None:
        rows = asked.tab.narrow(rows, asked.viewer)
    used = {condition.column.key: condition.column for condition in asked.conditions}
    rows = _with_values(rows, asked, list(used.values()))
    return rows.filter(_condition(asked))


def _with_values(rows: Rows, asked: Asked, columns: Sequence[Column]) -> Rows:
    known = rows.query.annotations
    values = {
        one.source: one.value(asked.viewer)
        for one in columns if one.value is not None and one.source not in known
    }
    return rows.annotate(**values) if values else rows


def _condition(asked: Asked) -> Q:
    always, groups = Q(), []
    for number in range(4):
        mine = [_one(one) for one in asked.conditions if one.group == number]
        if number == 0:
            for one in mine:
                always &= one
        elif mine:
            groups.append(mine)
    return always & _joined(groups, asked.match)


def _joined(groups: Sequence[Sequence[Q]], match: str) -> Q:
    """any: (a and b) or (c and d); all: (a or b) and (c or d)."""
    whole = Q()
    for group in groups:
        part = Q()
        for one in group:
            part = (part & one) if match == "any" else (part | one)
        whole = (whole | part) if match == "any" else (whole & part)
    return whole


def _one(condition: Condition) -> Q:
    column, asking = condition.column, condition.operator
    if column.through is None:
        return asking.condition(column.filtered_by, list(condition.values), column.kind)
    turned = {"not_in": "in", "empty": "filled", "lacks": "contains"}.get(asking.key)
    asking = (operator(column, turned) if turned else None) or asking
    hanging = column.through(
        asking.condition(column.filtered_by, list(condition.values), column.kind)
    )
    return ~hanging if turned else hanging


def paths_of(asked: Asked, columns: Sequence[Column]) -> list[str]:
    """What the rows must bring along for these columns, each once, the id first."""
    spec = asked.spec
    wanted = ["pk", asked.sort_column.sorted_by]
    wanted += [spec.named_by] if spec.named_by else []
    wanted += spec.tone[0] if spec.tone else ()
    for column in columns:
        if column.cells is None:
            wanted += [column.source, *column.more]
    return list(dict.fromkeys(wanted))


def page(asked: Asked) -> Page:
    """One page. A sort without an index gives way when there are too many rows to sort.

    Raises TookTooLong: only questions with conditions of the person's own are bounded in time.
    """
    if not asked.narrowed:
        return _page(asked)
    if asked.words and not asked.conditions and (near := _near_page(asked)) is not None:
        return near
    with patience(PATIENCE):
        return _page(asked)


def _page(asked: Asked) -> Page:
    if not asked.narrowed and not _turned(asked) and _quick(asked):
        return _first_page(asked)
    rows, cut = searched(asked)
    problem = str(MANY) if cut else ""
    sort = asked.sort_column
    down = asked.sort.startswith("-")
    usual = _usual(asked)
    if not sort.indexed and sort is not usual and _too_many(rows):
        problem = str(_("Too many rows to sort by this: narrow the list by a filter first."))
        down, sort = asked.spec.sort.startswith("-"), usual
    rows = _with_values(rows, asked, [*asked.columns, sort])
    paths = list(dict.fromkeys([*paths_of(asked, asked.columns), sort.sorted_by]))
    place = paths.index(sort.sorted_by)
    turned = keyset.walk(
        rows, asked.query, column=sort.sorted_by, down=down, size=asked.size,
        fetch=lambda some: list(some.values_list(*paths)),
        key=lambda row: (row[place], row[0]),
    )
    return Page(turned.rows, paths, turned.before, turned.after, problem)


def _quick(asked: Asked) -> bool:
    """Whether the order needs no look at how many rows there are."""
    return asked.sort_column.indexed or asked.sort_column is _usual(asked)


def _turned(asked: Asked) -> bool:
    return bool(asked.query.get("after") or asked.query.get("before"))


def _first_page(asked: Asked) -> Page:
    """What opens when nothing was asked: its question is the same for every look."""
    viewer, sort, down = asked.viewer, asked.sort_column, asked.sort.startswith("-")
    paths = list(dict.fromkeys([*paths_of(asked, asked.columns), sort.sorted_by]))
    place = paths.index(sort.sorted_by)

    def make() -> Rows:
        rows = _with_values(narrowed(asked), asked, [*asked.columns, sort])
        ordered = keyset.in_order(rows, sort.sorted_by, down=down)
        return ordered[: asked.size + 1].values_list(*paths)

    key = ("page", asked.spec.name, asked.tab and asked.tab.key, asked.sort, asked.size,
           tuple(one.key for one in asked.columns), *viewer.place)
    turned = keyset.first(
        kept_rows(viewer.kept, key, make), asked.size, key=lambda row: (row[place], row[0])
    )
    return Page(turned.rows, paths, turned.before, turned.after)


def _near_page(asked: Asked) -> Page | None:
    """A page of words that fit a great deal: the list is walked in its own order until it is full.

    None when the next ``NEAR`` rows do not fill it: what is rare is found in the index of tokens.
    """
    sort, fits = asked.sort_column, asked.spec.fits
    if fits is None or not sort.indexed:
        return None
    start = keyset.placed(
        _scope(asked), asked.query, column=sort.sorted_by, down=asked.sort.startswith("-")
    )
    ids = fits.among(start.rows[:NEAR], asked.words, asked.size + 1)
    if len(ids) <= asked.size and start.rows[:NEAR].count() == NEAR:
        return None
    paths = list(dict.fromkeys([*paths_of(asked, asked.columns), sort.sorted_by]))
    place = paths.index(sort.sorted_by)
    rows = _with_values(start.rows.filter(pk__in=ids), asked, [*asked.columns, sort])
    turned = start.turn(
        list(rows.values_list(*paths)), asked.size, key=lambda row: (row[place], row[0])
    )
    return Page(turned.rows, paths, turned.before, turned.after)


def _usual(asked: Asked) -> Column:
    key = asked.spec.sort.removeprefix("-")
    return next(one for one in asked.available if one.key == key)


def _too_many(rows: Rows) -> bool:
    return rows.order_by()[: COUNTED + 1].count() > COUNTED


def totals(asked: Asked) -> Totals:
    """Number and sums over every row of the question, in one statement; bounded in rows.

    Beyond COUNTED rows the sums are left out and the number is the planner's. Raises TookTooLong.
    """
    with patience(LONG_PATIENCE):
        rows = narrowed(asked)
        summed = [one for one in asked.columns if one.total and one.cells is None]
        rows = _with_values(rows, asked, summed).order_by()
        few = rows.values("pk", *(one.source for one in summed))[: COUNTED + 1]
        asking = {f"sum_{one.key}": Sum(one.source) for one in summed}
        found = few.aggregate(list_count=Count("*"), **asking)
        count = found["list_count"]
        if count > COUNTED:
            return Totals(count, (), max(_estimate(rows), COUNTED))
        zero = Decimal(0)
        return Totals(count, [(one, found[f"sum_{one.key}"] or zero) for one in summed])


def _estimate(rows: Rows) -> int:
    sql, params = rows.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql, params)
        said = cursor.fetchone()[0]
    plan = json.loads(said) if isinstance(said, str) else said
    return int(plan[0]["Plan"]["Plan Rows"])


def walk(asked: Asked, ids: Sequence[int] | None = None, chunk: int = 500) -> Iterator[Page]:
    """Every row of the question in its order, page by page: an export reads however many.

    ``ids`` keeps only those rows of it.
    """
    rows = narrowed(asked)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    sort = asked.sort_column
    rows = _with_values(rows, asked, [*asked.columns, sort])
    paths = paths_of(asked, asked.columns)
    place = paths.index(sort.sorted_by)
    cursor: dict[str, str] = {}
    while True:
        turned = keyset.walk(
            rows, cursor, column=sort.sorted_by, down=asked.sort.startswith("-"), size=chunk,
            fetch=lambda some: list(some.values_list(*paths)),
            key=lambda row: (row[place], row[0]),
        )
        yield Page(turned.rows, paths, turned.before, turned.after)
        if not turned.after:
            return
        cursor = {"after": turned.after}
