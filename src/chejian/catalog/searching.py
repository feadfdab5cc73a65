"""Keeping a part findable: number, barcode, OE and interchange numbers, name, pinyin, fitment."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone

from chejian.catalog.models import Part, PartNumber
from chejian.catalog.trade_names import other_names
from chejian.core import search
from chejian.core.reindexing import Source, register_source
from chejian.core.text import search_tokens

KIND = "part"


def index_parts(parts: Sequence[Part], at: datetime) -> None:
    """Write the entries of these parts in two statements, however many they are."""
    search.index(*entries(parts, at))


def entries(parts: Sequence[Part], at: datetime) -> Iterator[search.Findable]:
    numbers: dict[int, list[str]] = defaultdict(list)
    rows = PartNumber.objects.filter(part_id__in=[part.pk for part in parts])
    for part_id, number in rows.values_list("part_id", "number"):
        numbers[part_id].append(number)
    return (_entry(part, numbers[part.pk], at) for part in parts)


def register() -> None:
    register_source(Source(
        KIND, Part.objects.all, lambda rows: entries(rows, timezone.now()),
        lambda part: part.created_at,
    ))


def _entry(part: Part, numbers: list[str], at: datetime) -> search.Findable:
    small = [part.number, part.brand, part.spec]
    return search.Findable(
        kind=KIND,
        subject_id=part.pk,
        title=part.name,
        subtitle=" · ".join(filter(None, small)),
        tokens=search_tokens(
            names=[part.name, *other_names(part.name), part.brand],
            texts=[part.spec, part.fitment],
            codes=[part.number, part.barcode, *numbers],
        ),
        touched_at=at,
        data={"number": part.number, "active": part.active},
    )
