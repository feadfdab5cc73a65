"""Types of what the API takes and gives: bounded, so that nothing odd reaches the tables.

Amounts, prices, quantities and rates are text in answers and may be text or number in questions:
a float would lose a fen.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.utils import timezone
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from chejian.core.dates import FIRST_YEAR, LAST_YEAR
from chejian.vehicles.plates import PlateKind

BIGGEST = 2**63 - 1
MOST_KM = 9_999_999


def _without_zero_bytes(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("zero_byte", "zero byte")
    return text


plain = AfterValidator(_without_zero_bytes)


def _text_only(value: Any) -> Any:
    """A number is no day, though pydantic would count seconds from 1970."""
    if not isinstance(value, str | date):
        raise PydanticCustomError("date_type", "text wanted")
    return value


def _plausible[D: date](day: D) -> D:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("year", "year out of range")
    return day


def _aware(moment: datetime) -> datetime:
    """Without an offset it is the shop's own time."""
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def different(*names: str) -> AfterValidator:
    """Of rows that say something about a thing, none may speak of the same one again."""

    def check[R](rows: list[R]) -> list[R]:
        if len({tuple(getattr(row, name) for name in names) for row in rows}) < len(rows):
            raise PydanticCustomError("twice", "the same twice")
        return rows

    return AfterValidator(check)


def decimal_schema(whole: int, places: int, *, most: int | None = None) -> WithJsonSchema:
    """A number, or better the same as text."""
    return WithJsonSchema({"anyOf": [
        {"type": "number", "minimum": 0, "maximum": most or 10**whole - 1},
        {"type": "string", "pattern": rf"^\d{{1,{whole}}}(\.\d{{1,{places}}})?$"},
    ]})


Id = Annotated[int, Field(ge=1, le=BIGGEST)]
RowId = Annotated[int, Field(strict=True, ge=1, le=BIGGEST)]
Text = Annotated[str, plain]
Line = Annotated[str, plain, Field(max_length=80)]
Words = Annotated[str, plain, Field(max_length=300)]
Reason = Annotated[
    str, plain, Field(min_length=1, max_length=200)
]
Phone = Annotated[str, plain, Field(max_length=40)]
Picture = Annotated[str, plain, Field(max_length=2_000_000)]
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2), decimal_schema(10, 2)]
Paid = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2), decimal_schema(10, 2)]
Price = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4), decimal_schema(10, 4)]
Shelf = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=3), decimal_schema(9, 3)]
Quantity = Annotated[
    Decimal, Field(gt=0, max_digits=12, decimal_places=3), decimal_schema(9, 3)
]
Hours = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=3), decimal_schema(6, 3)]
Rate = Annotated[
    Decimal, Field(gt=0, le=1, max_digits=5, decimal_places=4), decimal_schema(1, 4, most=1)
]
Place = Annotated[Decimal, Field(ge=0, le=1), decimal_schema(1, 12, most=1)]
TestDrive = Annotated[
    Decimal, Field(ge=0, max_digits=6, decimal_places=1), decimal_schema(5, 1)
]
Kilometres = Annotated[int, Field(strict=True, ge=0, le=MOST_KM)]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Day = Annotated[date, BeforeValidator(_text_only), AfterValidator(_plausible)]
Moment = Annotated[
    datetime, BeforeValidator(_text_only), AfterValidator(_plausible), AfterValidator(_aware)
]
Yes = StrictBool


def _plate_class(code: str) -> str:
    if code and code not in PlateKind.values:
        raise PydanticCustomError("enum", "unknown plate class")
    return code


PlateClass = Annotated[
    str, AfterValidator(_plate_class),
    WithJsonSchema({"type": "string", "enum": ["", *PlateKind.values]}),
]


class In(BaseModel):
    """What a request brings: a field that is not known is a slip, and said so."""

    model_config = ConfigDict(extra="forbid")


class Change(In):
    """What a PATCH brings: a field that is left out stays as it is."""

    def given(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class Out(BaseModel):
    """What an answer holds."""


class Keyset(In):
    """A page of a list."""

    limit: int = Field(25, ge=1, le=100)
    cursor: Annotated[str, plain, Field(max_length=200)] = ""
