"""The builder's page: choices, table with the ways to the rows behind each figure, chart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from chejian.core import formats
from chejian.core.lists import asking, view
from chejian.core.lists.spec import Kind
from chejian.reports.question import (
    CHARTS,
    MOST_FIGURES,
    MOST_GROUPS,
    Figure,
    Group,
    Question,
)
from chejian.reports.running import Line, Result, order_of

#: what belongs to the builder and not to the list of rows
BUILDING = frozenset({"by", "fig", "order", "chart", "panel", "saved", "after", "before"})
WRITE: dict[Kind, Callable[[Any], str]] = {
    Kind.MONEY: formats.money, Kind.QUANTITY: formats.quantity, Kind.DATE: formats.day,
    Kind.MOMENT: formats.moment,
}


@dataclass(frozen=True)
class Head:
    label: str
    url: str
    sorted: str
    right: bool


@dataclass(frozen=True)
class Row:
    """Labels and written figures of a line, with the address of the rows behind it."""

    labels: Sequence[str]
    figures: Sequence[str]
    url: str


@dataclass(frozen=True)
class Panel:
    """What the templates of lists need for the panel of conditions."""

    asked: Any
    chips: Sequence[tuple[str, str]]
    drafts: Sequence[Any]
    hidden: Sequence[tuple[str, str]]
    periods: Sequence[tuple[str, str]]
    panel: str
    problems: Sequence[str]


def panel_of(question: Question) -> Panel:
    asked = question.asked
    name = asked.query.get("panel", "")
    name = name if name in ("filters", "save") else ""
    filters = name == "filters"
    return Panel(
        asked, view.chips(asked), asking.drafts(asked) if filters else (),
        asking.kept(asked) if filters else (), asking.periods() if filters else (),
        name, asked.problems,
    )


def choices_of(question: Question) -> dict[str, Any]:
    """The selects of the form: one more than what is chosen, within the limits."""
    groups = [one.written for one in question.groups]
    figures = [one.written for one in question.figures]
    return {
        "group_boxes": [*groups, ""][:MOST_GROUPS],
        "figure_boxes": [*figures, ""][:MOST_FIGURES],
        "group_choices": _sections(question, question.groupable),
        "figure_choices": _sections(question, question.countable),
        "charts": list(CHARTS.items()),
        "hidden_pairs": [
            pair for pair in _pairs(question)
            if pair[0] not in {"by", "fig", "order", "chart", "panel", "after", "before"}
        ],
    }


def _sections(
    question: Question, offered: Sequence[Group] | Sequence[Figure]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """The offers under the headings of the subject's sections."""
    made = [("", [(one.written, one.label) for one in offered if one.column is None])]
    for label, columns in question.subject.sections:
        keys = {column.key for column in columns}
        mine = [
            (one.written, one.label) for one in offered
            if one.column is not None and one.column.key in keys
        ]
        made.append((str(label), mine))
    return [section for section in made if section[1]]


def _pairs(question: Question) -> list[tuple[str, str]]:
    return [
        (key, value) for key, values in question.asked.query.lists() for value in values if value
    ]


def clean_address(question: Question) -> str:
    """The address without empty boxes and without what only the form needed."""
    pairs = [pair for pair in _pairs(question) if pair[0] not in ("apply", "panel")]
    return "?" + urlencode(pairs)


# --- the table ---------------------------------------------------------------------------------


def heads_of(question: Question) -> list[Head]:
    """Clicking sorts; what is sorted one way turns round. Figures begin with the largest."""
    now = order_of(question) if question.groups else ""
    heads = [
        Head(group.label, *_sorting(question, f"g{place}", now), right=False)
        for place, group in enumerate(question.groups)
    ]
    return heads + [
        Head(figure.label, *_sorting(question, f"f{place}", now), right=True)
        for place, figure in enumerate(question.figures)
    ]


def _sorting(question: Question, name: str, now: str) -> tuple[str, str]:
    if not question.groups:
        return "", ""
    usual = f"-{name}" if name.startswith("f") else name
    turned = name if usual.startswith("-") else f"-{name}"
    state = {name: "ascending", f"-{name}": "descending"}.get(now, "")
    return question.asked.link(order=turned if now == usual else usual, panel=None), state


def rows_of(result: Result) -> list[Row]:
    writers = [writer(one) for one in result.question.figures]
    kept = [pair for pair in _pairs(result.question) if pair[0] not in BUILDING]
    address = reverse(result.question.subject.spec.address)
    return [
        Row(
            line.labels,
            [write(value) for write, value in zip(writers, line.figures, strict=True)],
            _behind(address, kept, line, result),
        )
        for line in result.lines
    ]


def _behind(
    address: str, kept: Sequence[tuple[str, str]], line: Line, result: Result
) -> str:
    """The list of the rows that a line was worked out of; empty where no condition can say it."""
    conditions = [
        word.condition(value, identity)
        for word, value, identity in zip(result.words, line.values, line.identities, strict=True)
    ]
    if None in conditions:
        return ""
    return f"{address}?{urlencode([*kept, *(('f', str(one)) for one in conditions)])}"


def rows_address(question: Question) -> str:
    """The list of all rows of the query."""
    kept = [pair for pair in _pairs(question) if pair[0] not in BUILDING]
    return f"{reverse(question.subject.spec.address)}?{urlencode(kept)}"


def writer(figure: Figure) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        if value is None:
            return "—"
        return WRITE.get(figure.kind, lambda number: f"{number:,}")(value)

    return write


def totals_of(result: Result) -> list[str]:
    return [
        writer(figure)(value)
        for figure, value in zip(result.question.figures, result.totals, strict=True)
    ]
