"""Pages of a lower app that show what upper apps know: a customer's cars, a car's orders.

The upper app registers a function when it is ready; the page asks for all of them by its name and
never learns who answered. A panel is markup; a cell is one more column of a list, fetched for
all its rows at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from chejian.core.errors import Text

type Panel = Callable[[Any, Any], str | None]
type Cells = Callable[[Any, Sequence[int]], Mapping[int, str]]


@dataclass(frozen=True)
class Column:
    label: Text
    fetch: Cells


@dataclass(frozen=True)
class Filter:
    """A choice offered above a list: ``name`` in the address, pairs of value and word."""

    name: str
    label: Text
    choices: Sequence[tuple[str, Text]]
    narrow: Callable[[Any, Any, str], Any]


_panels: dict[str, list[tuple[int, Panel]]] = {}
_columns: dict[str, list[Column]] = {}
_filters: dict[str, list[Filter]] = {}


def register_panel(page: str, panel: Panel, *, order: int = 50) -> None:
    """``panel(request, subject)`` gives markup, or None where there is nothing to show."""
    _panels.setdefault(page, []).append((order, panel))
    _panels[page].sort(key=lambda entry: entry[0])


def register_column(page: str, label: Text, fetch: Cells) -> None:
    """``fetch(request, ids)`` gives the markup of each row's cell, in one statement."""
    _columns.setdefault(page, []).append(Column(label, fetch))


def panels(page: str, request: Any, subject: Any) -> list[str]:
    """The markup of every panel that has something to show, in order."""
    made = (panel(request, subject) for _order, panel in _panels.get(page, []))
    return [Markup(markup) for markup in made if markup]  # noqa: S704 - rendered by a template


def columns(page: str, request: Any, ids: Sequence[int]) -> list[tuple[Text, Mapping[int, str]]]:
    """Every further column with its cells by id."""
    return [(column.label, column.fetch(request, ids)) for column in _columns.get(page, [])]


def register_filter(page: str, choice: Filter) -> None:
    """``choice.narrow(request, rows, value)`` gives the rows that answer to the value."""
    _filters.setdefault(page, []).append(choice)


def filters(page: str) -> Sequence[Filter]:
    return _filters.get(page, [])


def narrow[R](page: str, request: Any, rows: R) -> R:
    """The rows after every registered filter that the address names."""
    for choice in filters(page):
        value = request.GET.get(choice.name, "")
        if value in dict(choice.choices):
            rows = choice.narrow(request, rows, value)
    return rows
