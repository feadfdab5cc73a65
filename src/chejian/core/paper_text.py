"""How the input of a paper becomes text, and amounts in words.

The input of a paper is a frozen dataclass whose fields say by their type how they are printed:
``Money``, ``Figure`` (hours, quantities), ``Whole`` (kilometres, days), dates and times as on
the screens (core.formats). ``as_data`` turns it into what ``papers.compile_paper`` takes.
"""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, get_type_hints

from chejian.core.formats import day, kilometres, moment, money, quantity

Money = Annotated[Decimal, money]
OptionalMoney = Annotated[Decimal | None, money]
Figure = Annotated[Decimal, quantity]
OptionalFigure = Annotated[Decimal | None, quantity]
OptionalWhole = Annotated[int | None, kilometres]


def in_words(amount: Decimal) -> str:
    """An amount in Chinese capitals, as receipts ask for it: 1127.08 is 壹仟壹佰贰拾柒元零捌分."""
    import cn2an  # noqa: PLC0415 - only the worker prints; it takes a fifth of a second to load

    return str(cn2an.an2cn(f"{amount:.2f}", "rmb"))


def as_data(value: object) -> object:
    """A dataclass as plain text and lists, every field printed as its type says."""
    if is_dataclass(value) and not isinstance(value, type):
        return fields_of(value)
    match value:
        case datetime():
            return moment(value)
        case date():
            return day(value)
        case list() | tuple():
            return [as_data(item) for item in value]
    return value


def fields_of(paper: object) -> dict[str, object]:
    """Every field of a dataclass under its name."""
    assert is_dataclass(paper)
    hints = get_type_hints(type(paper), include_extras=True)
    return {
        item.name: _printed(getattr(paper, item.name), hints[item.name]) for item in fields(paper)
    }


def _printed(value: object, hint: object) -> object:
    for look in getattr(hint, "__metadata__", ()):
        return look(value)
    return as_data(value)
