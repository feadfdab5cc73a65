"""Writing rows: each cell's frame is made once for the page, in the loop only values are put in.

Words, icons and addresses are looked up before the loop.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from chejian.core import formats
from chejian.core.lists.address import Asked
from chejian.core.lists.reading import Page
from chejian.core.lists.spec import CHOSEN, NUMBERS, Column, Kind

type Write = Callable[[Sequence[Any]], str]
RIGHT = NUMBERS

WRITTEN: Mapping[Kind, Callable[[Any], str]] = {
    Kind.MONEY: formats.money,
    Kind.QUANTITY: formats.quantity,
    Kind.NUMBER: lambda value: "" if value is None else f"{value:,}",
    Kind.DATE: formats.day,
}


def _escaped(value: Any) -> str:
    return "" if value is None else escape(value)


def writer(column: Column, asked: Asked, paths: Sequence[str], cells: Mapping[int, str]) -> Write:
    """What stands in the column's cell, for a raw row."""
    if column.cells is not None:
        return lambda row: cells.get(row[0], "")
    at = paths.index(column.source)
    more = [paths.index(path) for path in column.more]
    if column.show is not None:
        return _shown(column.show, at, more)
    return _by_kind(column, asked, at)


def _shown(show: Callable[..., str], at: int, more: Sequence[int]) -> Write:
    """The column's own markup; whatever is no markup is escaped."""
    if not more:
        def write(row: Sequence[Any]) -> str:
            made = show(row[at])
            return made if type(made) is Markup else escape(made)

        return write
    pick = itemgetter(at, *more)

    def write_more(row: Sequence[Any]) -> str:
        made = show(*pick(row))
        return made if type(made) is Markup else escape(made)

    return write_more


def _by_kind(column: Column, asked: Asked, at: int) -> Write:
    if column.mask is not None:
        mask = column.mask
        return lambda row: escape(mask(row[at]) if row[at] else "")
    if column.kind in CHOSEN and column.source == column.filtered_by:
        words = {value: escape(str(label)) for value, label in column.offered(asked.viewer)}
        return lambda row: words.get(row[at]) or _escaped(row[at])
    if column.kind is Kind.BOOL:
        yes, no = escape(_("Yes")), escape(_("No"))
        return lambda row: yes if row[at] else no
    if column.kind is Kind.MOMENT:
        moment = formats.short_moments()
        return lambda row: moment(row[at])
    write = WRITTEN.get(column.kind, _escaped)
    return lambda row: write(row[at])


def _frame(column: Column) -> str:
    right = "right" if column.kind in RIGHT else ""
    mono = "mono" if column.kind is Kind.CODE else ""
    cls = " ".join(filter(None, ("wide" if column.wide else "", right, mono, column.cls)))
    said = "" if column.wide or column.bare else f' data-label="{escape(str(column.label))}"'
    return f'<td class="{cls}"{said}>' if cls else f"<td{said}>"


def rows_markup(asked: Asked, page: Page, *, picks: bool) -> Markup:
    """The rows of a page as the body of its table."""
    ids = [row[0] for row in page.rows]
    writers = [
        (_frame(one), writer(one, asked, page.paths, _cells(one, asked, ids)))
        for one in asked.columns
    ]
    if _leads(asked) and writers and asked.columns[0].show is None:
        frame, write = writers[0]
        writers[0] = (frame, _linked(write, asked.spec.link))
    opened = _opened(asked, page.paths)
    pick = _pick(asked, page.paths) if picks else None
    made: list[str] = []
    for row in page.rows:
        made.append(opened(row))
        if pick is not None:
            made.append(pick(row))
        for frame, write in writers:
            made += (frame, write(row), "</td>")
        made.append("</tr>\n")
    return Markup("".join(made))  # noqa: S704 - every value is escaped by its writer


def _leads(asked: Asked) -> bool:
    spec = asked.spec
    may = not spec.link_permission or asked.viewer.may(spec.link_permission)
    return bool(spec.link) and may


def _cells(column: Column, asked: Asked, ids: Sequence[int]) -> Mapping[int, str]:
    return {} if column.cells is None else column.cells(asked.viewer, ids)


def _linked(write: Write, link: str) -> Write:
    before, _id, after = link.partition("{}")
    return lambda row: f'<a class="bold" href="{before}{row[0]}{after}">{write(row) or "—"}</a>'


def _opened(asked: Asked, paths: Sequence[str]) -> Write:
    if asked.spec.tone is None:
        return lambda row: "<tr>"
    names, tone = asked.spec.tone
    places = [paths.index(name) for name in names]

    def opened(row: Sequence[Any]) -> str:
        cls = tone(*(row[place] for place in places))
        return f'<tr class="{cls}">' if cls else "<tr>"

    return opened


def _pick(asked: Asked, paths: Sequence[str]) -> Write:
    before, _name, after = str(escape(_("Pick %(name)s"))).partition("%(name)s")
    place = paths.index(asked.spec.named_by) if asked.spec.named_by else 0
    return lambda row: (
        f'<td class="pick"><label><span class="vh">{before}{escape(row[place])}{after}</span>'
        f'<input type="checkbox" name="pick" value="{row[0]}" form="bulk" data-pick></label></td>'
    )


def page_sums(asked: Asked, page: Page) -> list[tuple[Column, Decimal]]:
    """Sums of the rows in hand, of the shown columns that are added up."""
    return [
        (one, sum((row[page.paths.index(one.source)] or Decimal(0) for row in page.rows),
                  Decimal(0)))
        for one in asked.columns if one.total
    ]


# --- exports -----------------------------------------------------------------------------------


def plain_rows(asked: Asked, page: Page) -> list[list[Any]]:
    """The same rows as values: text, Decimal, int, bool, date, datetime or None."""
    ids = [row[0] for row in page.rows]
    columns = [(one, _plain(one, asked, page.paths), _cells(one, asked, ids))
               for one in asked.columns]
    return [
        [strip_tags(str(cells.get(row[0], ""))) if one.cells is not None else write(row)
         for one, write, cells in columns]
        for row in page.rows
    ]


def _plain(column: Column, asked: Asked, paths: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    if column.cells is not None:
        return lambda row: None
    at = paths.index(column.source)
    if column.plain is not None:
        plain = column.plain
        more = [paths.index(path) for path in column.more]
        return lambda row: plain(row[at], *(row[one] for one in more))
    if column.mask is not None:
        mask = column.mask
        return lambda row: mask(row[at]) if row[at] else ""
    if column.kind in CHOSEN and column.source == column.filtered_by:
        words = {value: str(label) for value, label in column.offered(asked.viewer)}
        return lambda row: words.get(row[at], row[at])
    return lambda row: row[at]
