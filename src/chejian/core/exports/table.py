"""What an export consists of: headings with kinds, rows of plain values, and what was asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from chejian.core.errors import Text


class Kind(StrEnum):
    """How a value is written. Values come as they are in the database, already masked."""

    TEXT = "text"
    MONEY = "money"
    QUANTITY = "quantity"
    NUMBER = "number"
    RATE = "rate"
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes_no"


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True)
class Heading:
    """A column: ``key`` names it for templates, ``width`` is in letters (0: by its kind)."""

    key: str
    label: Text
    kind: str = Kind.TEXT
    width: int = 0


@dataclass(frozen=True)
class Table:
    """A whole export. ``rows`` is walked once and may be endless for memory: an iterator.

    ``count`` is how many rows are expected (progress, and whether a worker should do it);
    ``facts`` are pairs of word and value told on a sheet of their own: filters, station, person.
    """

    title: str
    headings: Sequence[Heading]
    rows: Iterable[Sequence[Any]]
    count: int = 0
    facts: Sequence[tuple[Text, Text]] = field(default_factory=tuple)

    def named(self, words: Mapping[str, str]) -> "Table":
        """The same under a person's own headings (模板化导出), given by key."""
        own = [replace(head, label=words.get(head.key) or head.label) for head in self.headings]
        return replace(self, headings=own)
