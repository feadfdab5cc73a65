"""What the address of a list asks for, and addresses that ask for something else.

``f=status.in.draft,received`` always holds; ``f1`` to ``f3`` are groups: with ``m=any`` (the rule)
any group is enough and everything in it must hold, with ``m=all`` every group must hold and
anything in it is enough. ``cols``, ``sort``, ``size``, ``q`` and the tab say the rest. What cannot
be read or is not this person's to ask is left out, and said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from chejian.core.lists.operators import Operator, Unreadable, operator, read
from chejian.core.lists.periods import PERIODS
from chejian.core.lists.registry import columns_of
from chejian.core.lists.spec import CHOSEN, Column, Kind, ListSpec, Tab, Viewer

GROUPS = ("f", "f1", "f2", "f3")
SIZES = (25, 50, 100)
MOST_CONDITIONS = 30
#: what belongs to one look at the list and not to the question
PASSING = frozenset({"after", "before", "panel", "page"})


@dataclass(frozen=True)
class Condition:
    """One condition in force. ``group`` is 0 for those that always hold."""

    group: int
    column: Column
    operator: Operator
    text: str
    values: Sequence[Any]
    offered: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def written(self) -> str:
        return f"{self.column.key}.{self.operator.key}.{self.text}"

    @property
    def sentence(self) -> str:
        """Adviser: Lin Xiaowen; Amount is between 100 – 500."""
        return f"{self.column.label} {self.operator.label} {self.said}".strip()

    @property
    def said(self) -> str:
        """The value as a person says it."""
        if self.operator.key == "period":
            return str(PERIODS.get(self.text, _spoken_span(self.text)))
        if self.column.kind in CHOSEN:
            return "、".join(str(self.offered[part][1]) for part in self.text.split(","))
        if self.column.kind is Kind.BOOL:
            return _("Yes") if self.values[0] else _("No")
        return self.text.replace("..", " – ")


def _spoken_span(text: str) -> str:
    way, _dash, days = text.partition("_")
    said = _("Last %(n)s days") if way == "last" else _("Next %(n)s days")
    return said % {"n": days}


@dataclass(frozen=True)
class Asked:
    """A question to a list, read and checked for one person."""

    spec: ListSpec
    viewer: Viewer
    query: QueryDict
    tab: Tab | None
    words: str
    conditions: tuple[Condition, ...]
    match: str
    columns: tuple[Column, ...]
    sort: str
    size: int
    problems: tuple[str, ...] = ()

    @cached_property
    def available(self) -> tuple[Column, ...]:
        """Every column that this person may see."""
        return tuple(one for one in columns_of(self.spec) if one.seen_by(self.viewer))

    @cached_property
    def filterable(self) -> tuple[Column, ...]:
        return tuple(
            one for one in self.available if one.filtered_by and one.clear_to(self.viewer)
        )

    def may_sort(self, column: Column) -> bool:
        return bool(column.sorted_by) and not column.only_asked and column.clear_to(self.viewer)

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self.conditions)

    @property
    def sort_column(self) -> Column:
        key = self.sort.removeprefix("-")
        return next(one for one in self.available if one.key == key)

    @cached_property
    def kept(self) -> list[tuple[str, str]]:
        """What the address says of the question, page and panel left out."""
        return [
            (key, value) for key, values in self.query.lists() for value in values
            if key not in PASSING
        ]

    @cached_property
    def _written(self) -> list[tuple[str, str]]:
        """The same, each as it stands in an address: a list has some forty links."""
        return [(key, urlencode([(key, value)])) for key, value in self.kept]

    def link(self, **changes: str | None) -> str:
        """The address with some keys changed; None drops one. It begins at the first page."""
        parts = [text for key, text in self._written if key not in changes]
        parts += [urlencode([(key, text)]) for key, text in changes.items() if text is not None]
        return _joined(parts)

    def without(self, condition: Condition) -> str:
        """The address without that condition."""
        name = GROUPS[condition.group]
        pairs = [pair for pair in self.kept if pair != (name, condition.written)]
        return address(pairs)

    def also(self, name: str, value: str) -> str:
        """The address with one more value under ``name``."""
        return _joined([*(text for _key, text in self._written), urlencode([(name, value)])])

    @property
    def question(self) -> str:
        """The whole question as a saved view keeps it."""
        return urlencode([pair for pair in self.kept if pair[0] != "saved"])


def address(pairs: Sequence[tuple[str, str]]) -> str:
    """Never quite empty: an address without a question opens the usual view."""
    return _joined([urlencode([pair]) for pair in pairs])


def _joined(parts: Sequence[str]) -> str:
    return "?" + ("&".join(parts) or "q=")


def options_of(spec: ListSpec, query: QueryDict) -> dict[str, str]:
    """The list's own settings; an unknown value counts as the usual one."""
    found = {}
    for option in spec.options:
        given = query.get(option.key, option.default)
        known = given in {str(value) for value, _label in option.choices}
        found[option.key] = given if known else option.default
    return found


def read_address(spec: ListSpec, viewer: Viewer, query: QueryDict) -> Asked:
    """The question in the address, as far as this person may ask it."""
    viewer = replace(viewer, options=options_of(spec, query))
    visible = {one.key: one for one in columns_of(spec) if one.seen_by(viewer)}
    problems: list[str] = []
    conditions = tuple(_conditions(visible, viewer, query, problems))
    size = query.get("size", "")
    asked = Asked(
        spec, viewer, query, spec.tab(query.get(spec.tab_key, "")),
        query.get("q", "").replace("\x00", "").strip()[:100], conditions,
        "all" if query.get("m") == "all" else "any",
        _columns(visible, query.get("cols", "")), spec.sort,
        int(size) if size in {str(one) for one in SIZES} else SIZES[0],
    )
    return replace(asked, sort=_sort(asked, query, problems), problems=tuple(problems))


def _columns(visible: Mapping[str, Column], asked: str) -> tuple[Column, ...]:
    """Those named, in that order; the usual ones when none is."""
    shown = {key: one for key, one in visible.items() if not one.only_asked}
    chosen = [shown[key] for key in dict.fromkeys(asked.split(",")) if key in shown]
    return tuple(chosen or [one for one in shown.values() if not one.hidden])


def _sort(asked: Asked, query: QueryDict, problems: list[str]) -> str:
    sort = query.get("sort", "")
    if not sort:
        return asked.spec.sort
    key = sort.removeprefix("-")
    column = next((one for one in asked.available if one.key == key), None)
    if column is None or not asked.may_sort(column):
        problems.append(_("This list cannot be sorted that way."))
        return asked.spec.sort
    return sort


def _conditions(
    visible: Mapping[str, Column], viewer: Viewer, query: QueryDict, problems: list[str]
) -> list[Condition]:
    found: list[Condition] = []
    for group, name in enumerate(GROUPS):
        for written in query.getlist(name)[:MOST_CONDITIONS]:
            condition = _condition(group, visible, viewer, written)
            if condition is None:
                problems.append(
                    _("A condition could not be read and was left out: %(text)s")
                    % {"text": _spoken(visible, viewer, written)}
                )
            elif condition not in found:
                found.append(condition)
    return found


def _condition(
    group: int, visible: Mapping[str, Column], viewer: Viewer, written: str
) -> Condition | None:
    key, _dot, rest = written.partition(".")
    asking, _dot, text = rest.partition(".")
    column = visible.get(key)
    if column is None or not column.filtered_by or not column.clear_to(viewer):
        return None
    asked = operator(column, asking)
    if asked is None:
        return None
    offered = offers(column, viewer)
    try:
        values = read(column, asked, text, {key: value for key, (value, _l) in offered.items()})
    except Unreadable:
        return None
    if column.kind in CHOSEN and asked.values:
        text = ",".join(part.strip() for part in text.replace(",", ",").split(",") if part.strip())
    return Condition(group, column, asked, text, values, offered)


def offers(column: Column, viewer: Viewer) -> dict[str, tuple[Any, Any]]:
    """The choices of a column by what stands for them in the address."""
    if column.kind not in CHOSEN:
        return {}
    return {str(value): (value, label) for value, label in column.offered(viewer)}


def _spoken(visible: Mapping[str, Column], viewer: Viewer, written: str) -> str:
    """What was asked, without the name of a column that the person may not see."""
    key, _dot, rest = written.partition(".")
    column = visible.get(key)
    return f"{column.label} {rest.partition('.')[2]}"[:60] if column else "?"
