"""Paging by key: a page begins behind the last row of the one before, however deep it is."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

PAGE = 25


@dataclass(frozen=True)
class Page[R]:
    """The rows, the cursors of its neighbours (empty: there is none) and the sort in force."""

    rows: list[R]
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

    ``sorts`` maps a name in the address to a column or annotation; the id decides between equals.
    A cursor that cannot be read counts as none.
    """
    sort = query.get("sort", "")
    if sort.removeprefix("-") not in sorts:
        sort = default
    column = sorts[sort.removeprefix("-")]
    turned: Page[M] = walk(
        rows, query, column=column, down=sort.startswith("-"), size=size, fetch=list,
        key=lambda row: (getattr(row, column), row.pk),
    )
    return Page(turned.rows, turned.before, turned.after, sort)


def in_order(
    rows: "models.QuerySet[Any]", column: str, *, down: bool
) -> "models.QuerySet[Any]":
    """By the column; the id decides between equals."""
    sign = "-" if down else ""
    order = [f"{sign}pk"] if column in ("pk", "id") else [f"{sign}{column}", f"{sign}pk"]
    return rows.order_by(*order)


def walk[R](
    rows: "models.QuerySet[Any]",
    query: Mapping[str, str],
    *,
    column: str,
    down: bool,
    size: int,
    fetch: "Callable[[models.QuerySet[Any]], list[R]]",
    key: Callable[[R], tuple[Any, int]],
) -> Page[R]:
    """One page in the order of ``column``; ``fetch`` reads it, ``key`` names a row's place.

    Rows without a value stand where the database puts them: last upwards, first downwards, so
    that one index walks both ways.
    """
    place = placed(rows, query, column=column, down=down)
    return place.turn(fetch(place.rows[: size + 1]), size, key=key)


@dataclass(frozen=True)
class Place:
    """Where a page begins: ``rows`` are those from there on, in the order they are read."""

    rows: "models.QuerySet[Any]"
    backwards: bool
    turned: bool
    sort: str

    def turn[R](self, found: list[R], size: int, *, key: Callable[[R], tuple[Any, int]]) -> Page[R]:
        """The page out of its rows and one more, which tells whether it goes on."""
        more, found = len(found) > size, found[:size]
        if self.backwards:
            found.reverse()
        came_from = self.turned and bool(found)
        start, last = (_cursor(*key(found[0])), _cursor(*key(found[-1]))) if found else ("", "")
        return Page(
            found,
            start if (more if self.backwards else came_from) else "",
            last if (came_from if self.backwards else more) else "",
            self.sort,
        )


def first[R](found: list[R], size: int, *, key: Callable[[R], tuple[Any, int]]) -> Page[R]:
    """The first page out of its rows and one more."""
    last = _cursor(*key(found[size - 1])) if len(found) > size else ""
    return Page(found[:size], "", last, "")


def placed(
    rows: "models.QuerySet[Any]", query: Mapping[str, str], *, column: str, down: bool
) -> Place:
    """The place that the address names: behind ``after``, before ``before``, else the beginning."""
    backwards = bool(query.get("before"))
    turned = down is not backwards
    cursor = _read(query.get("before") or query.get("after") or "", _field(rows, column))
    chosen = rows if cursor is None else rows.filter(
        _beyond(column, cursor, down=turned, nullable=_nullable(rows, column))
    )
    return Place(
        in_order(chosen, column, down=turned), backwards, cursor is not None,
        f"{'-' if down else ''}{column}",
    )


def _beyond(column: str, cursor: tuple[Any, int], *, down: bool, nullable: bool) -> Q:
    value, pk = cursor
    sign = "lt" if down else "gt"
    if column in ("pk", "id"):
        return Q(**{f"pk__{sign}": pk})
    none = f"{column}__isnull"
    if value is None:
        same = Q(**{none: True, f"pk__{sign}": pk})
        return same | Q(**{none: False}) if down else same
    behind = Q(**{f"{column}__{sign}": value}) | Q(**{column: value, f"pk__{sign}": pk})
    # the first half alone can use the index
    found = Q(**{f"{column}__{sign}e": value}) & behind
    return found | Q(**{none: True}) if nullable and not down else found


def _cursor(value: Any, pk: int) -> str:
    plain = value.isoformat() if hasattr(value, "isoformat") else value
    if isinstance(plain, Decimal):
        plain = str(plain)
    return base64.urlsafe_b64encode(json.dumps([plain, pk]).encode()).decode().rstrip("=")


def _field(rows: "models.QuerySet[Any]", column: str) -> Any:
    """The field behind a path, or behind what the rows were annotated with."""
    annotation = rows.query.annotations.get(column)
    if annotation is not None:
        return annotation.output_field
    model: Any = rows.model
    *way, last = column.split("__")
    for name in way:
        model = model._meta.get_field(name).related_model
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def _nullable(rows: "models.QuerySet[Any]", column: str) -> bool:
    """Whether a row may have nothing there; of an expression nobody knows."""
    if column in rows.query.annotations:
        return True
    model: Any = rows.model
    for name in column.split("__"):
        field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        if getattr(field, "null", True):
            return True
        model = field.related_model
    return False


def _read(text: str, field: Any) -> tuple[Any, int] | None:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(value, str | int | None) or "\x00" in str(value):
            return None
        found = None if value is None else field.to_python(value)
        if isinstance(found, datetime) and timezone.is_naive(found):
            return None
        return found, int(pk)
    except (ValueError, TypeError, ValidationError, OverflowError):
        return None
