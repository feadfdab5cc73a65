"""What an app says about a list: its rows, its columns, who may see what."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import get_language

from chejian.core.compiled import Kept, kept_rows
from chejian.core.errors import Text
from chejian.core.search import Fits


class Kind(StrEnum):
    """What a column holds: decides how it is written, filtered and exported."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    MONEY = "money"
    QUANTITY = "quantity"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    PERSON = "person"
    BOOL = "bool"


NUMBERS = frozenset({Kind.NUMBER, Kind.MONEY, Kind.QUANTITY})
DAYS = frozenset({Kind.DATE, Kind.MOMENT})
CHOSEN = frozenset({Kind.CHOICE, Kind.PERSON})

type Rows = QuerySet[Any]
type Choices = Sequence[tuple[Any, Text]]


@dataclass(frozen=True)
class Viewer:
    """Who looks, from which station, and what he may do where this list's rows are.

    ``options`` are the list's own settings, read from the address and checked. ``may_here`` says
    what he may do at the present station, where that is another question. ``kept`` holds questions
    to the database that were asked before with the same rights.
    """

    user: Any
    station_id: int
    may: Callable[[str], bool]
    options: Mapping[str, str] = field(default_factory=dict)
    may_here: Callable[[str], bool] | None = None
    kept: Kept | None = None
    _offered: dict[Any, Choices] = field(default_factory=dict)

    def offered(self, choices: "Callable[[Viewer], Choices]") -> Choices:
        """Choices that are read from the database, once for each look at the list."""
        if choices not in self._offered:
            self._offered[choices] = choices(self)
        return self._offered[choices]

    def rows_of(self, name: str, make: "Callable[[], Rows]") -> list[Any]:
        """Rows of a queryset that depends on the person's rights, the station and the day alone."""
        return kept_rows(self.kept, (name, *self.place), make)

    @property
    def place(self) -> tuple[Hashable, ...]:
        """All that the list's own rows may depend on, beside the rights."""
        options = tuple(sorted(self.options.items()))
        return (self.user.pk, self.station_id, options, localdate(), get_language())

    def may_any(self, codes: Iterable[str]) -> bool:
        return any(self.may(code) for code in codes)


@dataclass(frozen=True)
class Column:
    """One column. Unless said otherwise it can be filtered, sorted and exported.

    ``path`` leads from the row to the value (``customer__name``); ``value`` is an expression
    instead. ``show(value, *more)`` writes the cell where the kind's own way will not do; ``more``
    are further paths for it. ``plain(value, *more)`` is what is exported.
    ``sort`` is the path sorted by, "" for none; ``indexed`` says that an index walks this order
    behind the list's scope, other orders are for lists of some thousand rows.
    ``filter`` is the path filtered by (an id where ``path`` is a name), "" for none.
    ``permission`` hides the column altogether: then it is neither filtered nor sorted by.
    ``mask`` hides part of the value on screen and in exports; only who holds ``clear`` may filter
    and sort by it. ``here`` judges ``permission`` at the present station, also in a list of the
    whole organisation. ``through(condition)`` asks it of rows that hang on this one (``filter`` is
    then a path of theirs); ``only_asked`` is a condition without a cell. ``cells(viewer, ids)``
    gives markup by id for a column that is no part of the row. On a phone, where rows are cards, a
    ``wide`` cell takes a whole line and a ``bare`` one stands without its name.
    """

    key: str
    label: Text
    kind: Kind = Kind.TEXT
    path: str = ""
    value: Callable[[Viewer], Any] | None = None
    more: tuple[str, ...] = ()
    show: Callable[..., str] | None = None
    plain: Callable[..., Any] | None = None
    choices: Choices | Callable[[Viewer], Choices] = ()
    sort: str | None = None
    filter: str | None = None
    indexed: bool = False
    nullable: bool = False
    quick: bool = False
    hidden: bool = False
    wide: bool = False
    bare: bool = False
    total: bool = False
    permission: str = ""
    mask: Callable[[Any], str] | None = None
    clear: str = ""
    cells: Callable[[Viewer, Sequence[int]], Mapping[int, str]] | None = None
    through: Callable[[Q], Q] | None = None
    here: bool = False
    only_asked: bool = False
    cls: str = ""

    @property
    def source(self) -> str:
        """The path of the value in a query."""
        if self.value is not None:
            return f"list_{self.key}"
        return self.path or self.key

    @property
    def sorted_by(self) -> str:
        if self.cells is not None:
            return ""
        return self.source if self.sort is None else self.sort

    @property
    def filtered_by(self) -> str:
        if self.cells is not None:
            return ""
        return self.source if self.filter is None else self.filter

    def offered(self, viewer: Viewer) -> Choices:
        return viewer.offered(self.choices) if callable(self.choices) else self.choices

    def seen_by(self, viewer: Viewer) -> bool:
        if not self.permission:
            return True
        may = viewer.may_here if self.here and viewer.may_here else viewer.may
        return may(self.permission)

    def clear_to(self, viewer: Viewer) -> bool:
        """Whether this person may filter and sort by it."""
        if not self.seen_by(viewer):
            return False
        return self.mask is None or bool(self.clear and viewer.may(self.clear))


@dataclass(frozen=True)
class Tab:
    """A ready-made part of the list. ``unlisted`` ones are reached by links from elsewhere."""

    key: str
    label: Text
    condition: Q | Callable[[Rows, Viewer], Rows] = field(default_factory=Q)
    unlisted: bool = False

    def narrow(self, rows: Rows, viewer: Viewer) -> Rows:
        if callable(self.condition):
            return self.condition(rows, viewer)
        return rows.filter(self.condition)


@dataclass(frozen=True)
class Option:
    """A setting of the list beside its filters, such as the span of a report."""

    key: str
    label: Text
    choices: Choices
    default: str


@dataclass(frozen=True)
class BulkAction:
    """What can be done with the chosen rows in one go.

    ``run(viewer, ids, choice, at)`` answers with a sentence for the person; it may raise a
    DomainError. ``ids`` are chosen by the person and still have to be looked up by ``rows``.
    """

    key: str
    label: Text
    permission: str
    run: Callable[[Viewer, Sequence[int], str, datetime], Text]
    choices: Callable[[Viewer], Choices] | None = None
    icon: str = ""


@dataclass(frozen=True)
class ListSpec:
    """A list. ``sort`` is a column's key, with "-" for descending.

    ``local`` lists are about the present station: permissions are judged there.
    ``rows(viewer)`` gives what the person may see at all; everything else only narrows it. Like the
    tabs and every column's ``value`` it depends on the viewer (his id and rights, the station, the
    options) and the day alone: the question of a page is kept and asked again with these.
    ``link`` is the address of a row with ``{}`` for its id; the first column leads there,
    for whoever holds ``link_permission`` where one is named.
    ``named_by`` is the path of a row's name, read to a person who cannot see the screen.
    ``search(rows, words)`` narrows the rows, and says whether more fitted than it looks through.
    ``fits`` asks a single row the same, for words that fit a great deal of them.
    ``tone`` is a pair: paths, and a function of their values giving the row's class.
    """

    name: str
    title: Text
    address: str
    permissions: tuple[str, ...]
    rows: Callable[[Viewer], Rows]
    columns: tuple[Column, ...]
    sort: str
    link: str = ""
    link_permission: str = ""
    named_by: str = ""
    local: bool = True
    tabs: tuple[Tab, ...] = ()
    tab_key: str = "state"
    options: tuple[Option, ...] = ()
    search: Callable[[Rows, str], tuple[Rows, bool]] | None = None
    fits: Fits | None = None
    search_label: Text = ""
    live: str = ""
    tone: tuple[tuple[str, ...], Callable[..., str]] | None = None
    actions: tuple[BulkAction, ...] = ()
    empty: tuple[Text, Text] = ("", "")

    def tab(self, key: str) -> Tab | None:
        """The tab with that key, else the first; None for a list without tabs."""
        return next((tab for tab in self.tabs if tab.key == key), None) or next(
            iter(self.tabs), None
        )
