"""Asking the database: groups, figures, their totals; bounded in time and in rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, DecimalField, F, Max, Min, Sum

from chejian.core.lists import reading
from chejian.core.lists.spec import Column, Kind, Rows
from chejian.core.patience import patience
from chejian.reports.grouping import Words, expressions
from chejian.reports.question import COUNT, DISTINCT, Figure, Question

#: seconds that one query may take
PATIENCE = 10.0
#: groups that a screen shows, and that a file may hold
SHOWN, WRITTEN = 500, 100_000
AVERAGE: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=4)
TOGETHER = {"sum": Sum, "min": Min, "max": Max}
#: how the figures of all groups make the figure of everything; an average or a number of different
#: values cannot be made so. Without any value there is no sum, but a count of nothing.
JOINED: dict[str, Callable[[Sequence[Any]], Any]] = {
    COUNT: sum,
    "sum": lambda values: sum(values) if values else None,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
}


@dataclass(frozen=True)
class Line:
    """One group: its raw values and ids, in words, and its figures."""

    values: Sequence[Any]
    identities: Sequence[Any]
    labels: Sequence[str]
    figures: Sequence[Any]


@dataclass(frozen=True)
class Result:
    """Lines up to the cap (``more``: there were others) and the figures of everything."""

    question: Question
    lines: Sequence[Line]
    totals: Sequence[Any]
    more: bool
    words: Sequence[Words]


def run(question: Question, limit: int = SHOWN, seconds: float = PATIENCE) -> Result:
    """Work the query out. Raises TookTooLong."""
    with patience(seconds, reading=True):
        rows = _prepared(question)
        found = list(_grouped(question, rows)[: limit + 1]) if question.groups else []
        totals = _totals(question, found, rows, whole=len(found) <= limit)
    words = [Words.of(one, question.subject, question.asked.viewer) for one in question.groups]
    names = list(_figures(question))
    return Result(
        question, [_line(row, words, names) for row in found[:limit]],
        totals, len(found) > limit, words,
    )


def _totals(
    question: Question, found: Sequence[Mapping[str, Any]], rows: Rows, *, whole: bool
) -> list[Any]:
    """The figures of everything. From the groups where those are all and can be put together:
    the rows of a year are then read once, not twice."""
    if question.groups and whole and all(one.way in JOINED for one in question.figures):
        return [
            JOINED[one.way]([row[name] for row in found if row[name] is not None])
            for one, name in zip(question.figures, _figures(question), strict=True)
        ]
    totals = rows.order_by().aggregate(**_figures(question))
    return [totals[name] for name in _figures(question)]


def _prepared(question: Question) -> Rows:
    """The rows of the list, with every worked-out field that the query uses."""
    rows = reading.narrowed(question.asked)
    used: list[Column] = [one.column for one in question.groups]
    used += [one.column for one in question.figures if one.column is not None]
    values = {
        one.source: one.value(question.asked.viewer)
        for one in used if one.value is not None and one.source not in rows.query.annotations
    }
    return rows.annotate(**values) if values else rows


def _grouped(question: Question, rows: Rows) -> Rows:
    names: dict[str, Any] = {}
    for place, group in enumerate(question.groups):
        value, identity = expressions(group, question.subject)
        names[f"query_g{place}"] = value
        if identity is not None:
            names[f"query_i{place}"] = identity
    grouped: Rows = rows.order_by().annotate(**names).values(*names)
    figured: Rows = grouped.annotate(**_figures(question))
    return figured.order_by(*_order(question, names))


def _figures(question: Question) -> dict[str, Any]:
    return {f"query_f{place}": _figure(one) for place, one in enumerate(question.figures)}


def _figure(figure: Figure) -> Any:
    if figure.column is None:
        return Count("pk")
    if figure.way == DISTINCT:
        return Count(figure.column.filtered_by or figure.column.source, distinct=True)
    if figure.way == "avg":
        return Avg(figure.column.source, output_field=AVERAGE)
    return TOGETHER[figure.way](figure.column.source)


def _order(question: Question, names: Iterable[str]) -> list[Any]:
    """The chosen order, then every group: two lines never change places by chance."""
    chosen = order_of(question)
    name, down = f"query_{chosen.removeprefix('-')}", chosen.startswith("-")
    first = F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True)
    return [first, *(F(one).asc(nulls_last=True) for one in names if one != name)]


def order_of(question: Question) -> str:
    """``g0``, ``-f1``: a group or a figure, with "-" for descending."""
    known = {f"g{place}" for place in range(len(question.groups))}
    known |= {f"f{place}" for place in range(len(question.figures))}
    if question.order.removeprefix("-") in known:
        return question.order
    first = question.groups[0]
    return "g0" if first.unit or first.column.key == "model_year" else "-f0"


def _line(row: Any, words: Sequence[Words], names: Sequence[str]) -> Line:
    values = [row[f"query_g{place}"] for place in range(len(words))]
    identities = [row.get(f"query_i{place}") for place in range(len(words))]
    labels = [word.label(value) for word, value in zip(words, values, strict=True)]
    return Line(values, identities, labels, [row[name] for name in names])


def is_count(figure: Figure) -> bool:
    return figure.way in (COUNT, DISTINCT) or figure.kind is Kind.NUMBER
