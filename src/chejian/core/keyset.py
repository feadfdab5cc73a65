"""Paging by key: a page begins behind the last row of the one before, however deep it is."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

PAGE = 25


@dataclass(frozen=True)
class Page[M: models.Model]:
    """The rows, the cursors of its neighbours (empty: there is none) and the sort in force."""

    rows: list[M]
    before: str
    after: str
    sort: str


def page[M: models.Model](
    rows: "models.QuerySet[M]",
    query: Mapping[str, str],
    *,
    sorts: Mapping[str, str],
    default: str,
    size: int = PAGE,
) -> Page[M]:
    """One page of ``rows``. ``query`` holds ``sort``, ``after`` and ``before`` of the address.

    ``sorts`` maps a name in the address to a not-null column or annotation; the id decides
    between equals.
    A cursor that cannot be read counts as none.
    """
    sort = query.get("sort", "")
    if sort.removeprefix("-") not in sorts:
        sort = default
    column = sorts[sort.removeprefix("-")]
    backwards = bool(query.get("before"))
    down = sort.startswith("-") is not backwards
    cursor = _read(query.get("before") or query.get("after") or "", _field(rows, column))
    chosen = rows if cursor is None else rows.filter(_beyond(column, cursor, down=down))
    sign = "-" if down else ""
    found = list(chosen.order_by(f"{sign}{column}", f"{sign}pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    came_from = cursor is not None and bool(found)
    first, last = (_cursor(found[0], column), _cursor(found[-1], column)) if found else ("", "")
    return Page(
        found,
        first if (more if backwards else came_from) else "",
        last if (came_from if backwards else more) else "",
        sort,
    )


def _beyond(column: str, cursor: tuple[Any, int], *, down: bool) -> Q:
    value, pk = cursor
    sign = "lt" if down else "gt"
    behind = Q(**{f"{column}__{sign}": value}) | Q(**{column: value, f"pk__{sign}": pk})
    return Q(**{f"{column}__{sign}e": value}) & behind  # the first half alone can use the index


def _cursor(row: models.Model, column: str) -> str:
    value = getattr(row, column)
    plain = value.isoformat() if hasattr(value, "isoformat") else value
    if isinstance(plain, Decimal):
        plain = str(plain)
    return base64.urlsafe_b64encode(json.dumps([plain, row.pk]).encode()).decode().rstrip("=")


def _field(rows: "models.QuerySet[Any]", column: str) -> Any:
    """The field behind a column of the table, or of what the rows were annotated with."""
    annotation = rows.query.annotations.get(column)
    if annotation is not None:
        return annotation.output_field
    return rows.model._meta.pk if column == "pk" else rows.model._meta.get_field(column)


def _read(text: str, field: Any) -> tuple[Any, int] | None:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return (field.to_python(value), int(pk)) if isinstance(value, str | int) else None
    except (ValueError, TypeError, ValidationError):
        return None
