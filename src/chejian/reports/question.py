"""What a query asks beyond the conditions of its list: by what it groups, what it works out.

The address says it: ``by=opened:month&by=adviser&fig=count&fig=sum:total&order=-f1&chart=bar``.
Only declared fields count; what is unknown, or not this person's to see, is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from chejian.accounts.listing import viewer_of
from chejian.accounts.models import User
from chejian.core.errors import Text
from chejian.core.lists.address import Asked, read_address
from chejian.core.lists.spec import DAYS, NUMBERS, Column, Kind
from chejian.reports.subjects.subject import Subject

MOST_GROUPS, MOST_FIGURES = 3, 6
UNITS: dict[str, Text] = {
    "day": pgettext_lazy("report unit", "by day"),
    "week": pgettext_lazy("report unit", "by week"),
    "month": pgettext_lazy("report unit", "by month"),
    "quarter": pgettext_lazy("report unit", "by quarter"),
    "year": pgettext_lazy("report unit", "by year"),
}
WAYS: dict[str, Text] = {
    "sum": pgettext_lazy("report figure", "Sum"),
    "avg": pgettext_lazy("report figure", "Average"),
    "min": pgettext_lazy("report figure", "Smallest"),
    "max": pgettext_lazy("report figure", "Largest"),
}
CHARTS: dict[str, Text] = {
    "": pgettext_lazy("report chart", "No chart"),
    "bar": pgettext_lazy("report chart", "Bars"),
    "line": pgettext_lazy("report chart", "Line"),
    "pie": pgettext_lazy("report chart", "Shares"),
}
COUNT = "count"
DISTINCT = "distinct"


@dataclass(frozen=True)
class Group:
    """A column that rows are grouped by; a date by a unit."""

    column: Column
    unit: str = ""

    @property
    def written(self) -> str:
        return f"{self.column.key}:{self.unit}" if self.unit else self.column.key

    @property
    def label(self) -> str:
        return f"{self.column.label} · {UNITS[self.unit]}" if self.unit else str(self.column.label)


@dataclass(frozen=True)
class Figure:
    """What is worked out of a group: how many rows, how many different values, or a sum."""

    way: str
    column: Column | None = None

    @property
    def written(self) -> str:
        return self.way if self.column is None else f"{self.way}:{self.column.key}"

    @property
    def label(self) -> str:
        if self.column is None:
            return _("Number of rows")
        if self.way == DISTINCT:
            return _("Different: %(name)s") % {"name": self.column.label}
        return f"{self.column.label} · {WAYS[self.way]}"

    @property
    def kind(self) -> Kind:
        if self.column is None or self.way == DISTINCT:
            return Kind.NUMBER
        if self.column.kind is Kind.NUMBER and self.way == "avg":
            return Kind.QUANTITY
        return self.column.kind


@dataclass(frozen=True)
class Question:
    """A whole query: its subject and conditions (``asked``), groups, figures, order, chart."""

    subject: Subject
    asked: Asked
    groups: tuple[Group, ...]
    figures: tuple[Figure, ...]
    order: str
    chart: str

    @cached_property
    def groupable(self) -> list[Group]:
        """Every way to group, as this person may."""
        return [group for column in self.asked.available for group in ways_to_group(self, column)]

    @cached_property
    def countable(self) -> list[Figure]:
        """Every figure that this person may ask for."""
        return [Figure(COUNT), *(figure for column in self.asked.available
                                 for figure in figures_of(self, column))]


def read_question(subject: Subject, user: User, station_id: int, query: QueryDict) -> Question:
    """The query in the address, as far as this person may ask it. Without figures it counts."""
    asked = read_address(subject.spec, viewer_of(user, station_id, subject.spec), query)
    bare = Question(subject, asked, (), (), "", "")
    groups = _chosen(query.getlist("by"), {one.written: one for one in bare.groupable})
    figures = _chosen(query.getlist("fig"), {one.written: one for one in bare.countable})
    chart = query.get("chart", "")
    return Question(
        subject, asked, tuple(groups[:MOST_GROUPS]),
        tuple(figures[:MOST_FIGURES]) or (Figure(COUNT),),
        query.get("order", ""), chart if chart in CHARTS else "",
    )


def _chosen[T](written: list[str], known: dict[str, T]) -> list[T]:
    return [known[text] for text in dict.fromkeys(written) if text in known]


def ways_to_group(question: Question, column: Column) -> Iterator[Group]:
    if column.cells is not None or column.mask is not None or not column.filtered_by:
        return
    if column.key in question.subject.identities.values():
        return
    if column.kind in DAYS:
        yield from (Group(column, unit) for unit in UNITS)
    elif column.kind not in NUMBERS or column.key == "model_year":
        yield Group(column)


def figures_of(question: Question, column: Column) -> Iterator[Figure]:
    if column.cells is not None or column.mask is not None:
        return
    identities = question.subject.identities
    if column.kind in NUMBERS and column.sort != "pk" and column.path != "pk":
        if column.key not in identities.values() and column.key != "model_year":
            yield from (Figure(way, column) for way in WAYS)
    elif column.kind in (Kind.TEXT, Kind.CODE, Kind.PERSON, Kind.CHOICE):
        yield Figure(DISTINCT, column)
