"""Everything the template of a list shows, made before it: no word or address in a loop."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from chejian.core.lists import asking, cells, reading
from chejian.core.lists.address import SIZES, Asked
from chejian.core.lists.periods import PERIODS
from chejian.core.lists.spec import CHOSEN, DAYS, BulkAction, Column
from chejian.core.patience import TookTooLong

PANELS = ("filters", "columns", "save")


@dataclass(frozen=True)
class Head:
    """A header: where clicking it leads, and how the list is sorted by it now."""

    column: Column
    url: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Quick:
    """A menu of one column's values above the list."""

    column: Column
    items: Sequence[tuple[Any, str]]


@dataclass(frozen=True)
class Action:
    """A bulk action with its choices looked up."""

    action: BulkAction
    choices: Sequence[tuple[Any, Any]] = ()


@dataclass(frozen=True)
class ListView:
    asked: Asked
    page: reading.Page
    rows: Markup
    heads: Sequence[Head]
    chips: Sequence[tuple[str, str]]
    quick: Sequence[Quick]
    problems: Sequence[str]
    panel: str
    before: str
    after: str
    sums: Sequence[tuple[Column, Any]]
    drafts: Sequence[asking.Draft] = ()
    columns: Sequence[tuple[Column, bool]] = ()
    hidden: Sequence[tuple[str, str]] = ()
    periods: Sequence[tuple[str, str]] = ()
    actions: Sequence[Action] = ()
    sizes: Sequence[tuple[int, str]] = ()
    views: Any = ()
    chosen: Any = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        """The whole list is on this page: its sums are known."""
        return not self.before and not self.after

    @property
    def groups(self) -> int:
        """How many groups of conditions stand beside each other."""
        return len({one.group for one in self.asked.conditions if one.group})


def build(asked: Asked, **more: Any) -> ListView:
    """Read one page and make everything that is shown around it."""
    panel = asked.query.get("panel", "")
    panel = panel if panel in PANELS else ""
    actions = [
        Action(one, asked.viewer.offered(one.choices) if one.choices else ())
        for one in asked.spec.actions if asked.viewer.may(one.permission)
    ]
    problems, page = list(asked.problems), reading.Page([], ["pk"], "", "")
    try:
        page = reading.page(asked)
    except TookTooLong as error:
        problems.append(str(error))
    if page.problem:
        problems.append(page.problem)
    return ListView(
        asked, page, cells.rows_markup(asked, page, picks=bool(actions)) if page.rows else Markup(),
        heads(asked), chips(asked), quick(asked), problems, panel,
        asked.link(before=page.before) if page.before else "",
        asked.link(after=page.after) if page.after else "",
        cells.page_sums(asked, page) if page.rows else (),
        asking.drafts(asked) if panel == "filters" else (),
        asking.column_rows(asked) if panel == "columns" else (),
        asking.kept(asked) if panel else (),
        asking.periods() if panel == "filters" else (),
        actions,
        [(size, asked.link(size=str(size))) for size in SIZES],
        **more,
    )


def heads(asked: Asked) -> list[Head]:
    """Clicking sorts upwards; what is sorted upwards turns round."""
    found = []
    for column in asked.columns:
        if not asked.may_sort(column):
            found.append(Head(column))
            continue
        up, down = asked.sort == column.key, asked.sort == f"-{column.key}"
        url = asked.link(sort=f"-{column.key}" if up else column.key)
        found.append(Head(column, url, "ascending" if up else "descending" if down else ""))
    return found


def chips(asked: Asked) -> list[tuple[str, str]]:
    """Each condition in words, with the address without it; one of a group says of which."""
    words = ("", _("Group A"), _("Group B"), _("Group C"))
    return [
        (f"{words[one.group]} {one.sentence}".lstrip(), asked.without(one))
        for one in sorted(asked.conditions, key=lambda one: one.group)
    ]


def quick(asked: Asked) -> list[Quick]:
    """Menus of those columns that have one and are not filtered by already."""
    taken = {one.column.key for one in asked.conditions if one.group == 0}
    return [
        Quick(one, _items(asked, one))
        for one in asked.filterable if one.quick and one.key not in taken
    ]


def _items(asked: Asked, column: Column) -> list[tuple[Any, str]]:
    if column.kind in DAYS:
        return [
            (label, asked.also("f", f"{column.key}.period.{key}"))
            for key, label in PERIODS.items()
        ]
    if column.kind in CHOSEN:
        return [
            (label, asked.also("f", f"{column.key}.in.{value}"))
            for value, label in column.offered(asked.viewer)
        ]
    return []
