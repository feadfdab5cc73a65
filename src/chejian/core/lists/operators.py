"""What can be asked of a column, by its kind, and how what was typed becomes a condition."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from chejian.core.dates import FIRST_YEAR, LAST_YEAR
from chejian.core.errors import Text
from chejian.core.lists.periods import period
from chejian.core.lists.spec import CHOSEN, DAYS, NUMBERS, Column, Kind
from chejian.core.text import fold

MOST_VALUES = 200
MOST_SIGNS = 200
LARGEST = Decimal(10) ** 9
LARGEST_WHOLE = 2**31 - 1


class Unreadable(Exception):
    """What was typed is no value of that kind."""


@dataclass(frozen=True)
class Operator:
    """``values`` says how many boxes the form shows: 0, 1, 2, or -1 for several values."""

    key: str
    label: Text
    values: int
    condition: Callable[[str, list[Any], Kind], Q]


def _is(path: str, values: list[Any], kind: Kind) -> Q:
    return Q(**{path: values[0]})


def _one_of(path: str, values: list[Any], kind: Kind) -> Q:
    return Q(**{f"{path}__in": values})


def _not_one_of(path: str, values: list[Any], kind: Kind) -> Q:
    return ~Q(**{f"{path}__in": values})


def _contains(path: str, values: list[Any], kind: Kind) -> Q:
    return Q(**{f"{path}__icontains": values[0]})


def _lacks(path: str, values: list[Any], kind: Kind) -> Q:
    return ~Q(**{f"{path}__icontains": values[0]})


def _starts(path: str, values: list[Any], kind: Kind) -> Q:
    return Q(**{f"{path}__istartswith": values[0]})


def _from(path: str, values: list[Any], kind: Kind) -> Q:
    return Q(**{f"{path}__gte": values[0]})


def _until(path: str, values: list[Any], kind: Kind) -> Q:
    return Q(**{f"{path}__lte": values[0]})


def _between(path: str, values: list[Any], kind: Kind) -> Q:
    low, high = sorted(values)
    return Q(**{f"{path}__gte": low, f"{path}__lte": high})


def _empty(path: str, values: list[Any], kind: Kind) -> Q:
    nothing = Q(**{f"{path}__isnull": True})
    written = kind in (Kind.TEXT, Kind.CODE, Kind.CHOICE) and not path.endswith(("_id", "__pk"))
    return nothing | Q(**{path: ""}) if written else nothing


def _filled(path: str, values: list[Any], kind: Kind) -> Q:
    return ~_empty(path, values, kind)


def span(path: str, first: date | None, last: date | None, kind: Kind) -> Q:
    """Days of the station's clock, both included; moments are compared by their own midnights."""
    asked: dict[str, Any] = {}
    if kind is Kind.DATE:
        if first is not None:
            asked[f"{path}__gte"] = first
        if last is not None:
            asked[f"{path}__lte"] = last
        return Q(**asked)
    if first is not None:
        asked[f"{path}__gte"] = midnight(first)
    if last is not None:
        asked[f"{path}__lt"] = midnight(last + timedelta(days=1))
    return Q(**asked)


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _on_day(path: str, values: list[Any], kind: Kind) -> Q:
    return span(path, values[0], values[0], kind)


def _since(path: str, values: list[Any], kind: Kind) -> Q:
    return span(path, values[0], None, kind)


def _up_to(path: str, values: list[Any], kind: Kind) -> Q:
    return span(path, None, values[0], kind)


def _days(path: str, values: list[Any], kind: Kind) -> Q:
    first, last = sorted(values)
    return span(path, first, last, kind)


def _period(path: str, values: list[Any], kind: Kind) -> Q:
    first, last = values[0]
    return span(path, first, last, kind)


EMPTY = Operator("empty", pgettext_lazy("filter", "is empty"), 0, _empty)
FILLED = Operator("filled", pgettext_lazy("filter", "is filled in"), 0, _filled)
_CONTAINS = Operator("contains", pgettext_lazy("filter", "contains"), 1, _contains)
_IS = Operator("is", pgettext_lazy("filter", "is"), 1, _is)
_SEVERAL = Operator("in", pgettext_lazy("filter", "is one of"), -1, _one_of)
_NONE_OF = Operator("not_in", pgettext_lazy("filter", "is none of"), -1, _not_one_of)

TEXTS = (
    _CONTAINS,
    _IS,
    Operator("starts", pgettext_lazy("filter", "begins with"), 1, _starts),
    Operator("lacks", pgettext_lazy("filter", "does not contain"), 1, _lacks),
    _SEVERAL, _NONE_OF, EMPTY, FILLED,
)
FIGURES = (
    Operator("between", pgettext_lazy("filter", "is between"), 2, _between),
    _IS,
    Operator("from", pgettext_lazy("filter", "is at least"), 1, _from),
    Operator("to", pgettext_lazy("filter", "is at most"), 1, _until),
    _SEVERAL,
)
CALENDAR = (
    Operator("period", pgettext_lazy("filter", "is in"), 1, _period),
    Operator("between", pgettext_lazy("filter", "is between"), 2, _days),
    Operator("is", pgettext_lazy("filter", "is on"), 1, _on_day),
    Operator("from", pgettext_lazy("filter", "is from"), 1, _since),
    Operator("to", pgettext_lazy("filter", "is until"), 1, _up_to),
)
CHOICE = (_SEVERAL, _NONE_OF)
YES_NO = (_IS,)


def operators(column: Column) -> tuple[Operator, ...]:
    """What can be asked of this column."""
    kind = column.kind
    blank = (EMPTY, FILLED) if column.nullable else ()
    if kind in NUMBERS:
        return (*FIGURES, *blank)
    if kind in DAYS:
        return (*CALENDAR, *blank)
    if kind in CHOSEN:
        return (*CHOICE, *blank)
    return YES_NO if kind is Kind.BOOL else TEXTS


def operator(column: Column, key: str) -> Operator | None:
    return next((one for one in operators(column) if one.key == key), None)


def read(column: Column, asked: Operator, text: str, offered: Mapping[str, Any]) -> list[Any]:
    """The values in ``text``, as the address carries them. Raises Unreadable.

    ``offered`` maps what stands in the address to the choices of the column: others do not count.
    """
    if asked.values == 0:
        return []
    if "\x00" in text:
        raise Unreadable(text)
    if asked.key == "period":
        return [_read_period(text)]
    parts = _parts(column, asked, text)
    if not parts or len(parts) > MOST_VALUES or (asked.values == 2 and len(parts) != 2):
        raise Unreadable(text)
    if column.kind in CHOSEN:
        if any(part not in offered for part in parts):
            raise Unreadable(text)
        return [offered[part] for part in parts]
    return [_value(column.kind, part) for part in parts]


def _parts(column: Column, asked: Operator, text: str) -> list[str]:
    if asked.values == 1:
        return [text.strip()[:MOST_SIGNS]] if text.strip() else []
    if asked.values == 2:
        return [part.strip() for part in text.split("..", 1)]
    signs = r"[,,]" if column.kind in CHOSEN else r"[,,、;;\n]"
    return [part.strip()[:MOST_SIGNS] for part in re.split(signs, text) if part.strip()]


def _read_period(text: str) -> tuple[date, date]:
    found = period(text, timezone.localdate())
    if found is None:
        raise Unreadable(text)
    return found


def _value(kind: Kind, text: str) -> Any:
    if kind is Kind.BOOL:
        return _yes(text)
    if kind in DAYS:
        return _day(text)
    if kind in NUMBERS:
        return _figure(kind, text)
    return text


def _yes(text: str) -> bool:
    if text not in ("1", "0"):
        raise Unreadable(text)
    return text == "1"


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(fold(text).replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise Unreadable(text) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Unreadable(text)
    return found


def _figure(kind: Kind, text: str) -> Decimal | int:
    try:
        found = Decimal(fold(text).replace(",", "").replace("¥", ""))
    except InvalidOperation as error:
        raise Unreadable(text) from error
    if not found.is_finite() or abs(found) >= LARGEST:
        raise Unreadable(text)
    if kind is Kind.NUMBER:
        if found != int(found) or abs(found) > LARGEST_WHOLE:
            raise Unreadable(text)
        return int(found)
    return found.quantize(Decimal("0.0001"))


def joined(values: Sequence[str], asked: Operator) -> str:
    """Boxes of the form as the address carries them."""
    wanted = [value.strip() for value in values if value.strip()]
    if asked.values == 2:
        return "..".join(wanted[:2])
    return ",".join(wanted) if asked.values == -1 else next(iter(wanted), "")
