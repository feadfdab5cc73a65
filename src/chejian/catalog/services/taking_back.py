"""Parts of an import that is undone, and parts that come back with a later one.

A part whose stock was ever opened stays in the ledger for good. It is withdrawn (no longer active),
and a later import that names its number brings it back with what that file says.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from chejian.catalog.models import Part, PartNumber
from chejian.catalog.searching import KIND, index_parts
from chejian.catalog.services.bulk import FILLED, PartRecord
from chejian.core import search
from chejian.core.text import pinyin_key

BATCH = 500


@transaction.atomic
def remove_parts(ids: Iterable[int]) -> int:
    """Delete parts with their further numbers. The database refuses when something points to one.
    """
    wanted = list(ids)
    PartNumber.objects.filter(part_id__in=wanted)._raw_delete("default")
    search.forget(KIND, wanted)
    return Part.objects.filter(pk__in=wanted)._raw_delete("default")


@transaction.atomic
def withdraw_parts(ids: Iterable[int], *, at: datetime) -> list[Part]:
    """Parts that must stay in the ledger are no longer offered."""
    parts = list(Part.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk"))
    for part in parts:
        part.active = False
        part.version += 1
    Part.objects.bulk_update(parts, ["active", "version"], batch_size=BATCH)
    index_parts(parts, at)
    return parts


@transaction.atomic
def revive_parts(records: Mapping[int, PartRecord], *, at: datetime) -> list[Part]:
    """Bring withdrawn parts back with what the file says now, by part's id."""
    parts = list(Part.objects.select_for_update().filter(pk__in=records).order_by("pk"))
    for part in parts:
        _take(part, records[part.pk])
    names = ["name", "name_key", "unit", "active", "version", *FILLED]
    Part.objects.bulk_update(parts, names, batch_size=BATCH)
    PartNumber.objects.filter(part__in=parts)._raw_delete("default")
    PartNumber.objects.bulk_create(
        PartNumber(part=part, kind=kind, number=number)
        for part in parts
        for kind, number in records[part.pk].others
    )
    index_parts(parts, at)
    return parts


def _take(part: Part, record: PartRecord) -> None:
    blank = Part()
    part.name, part.name_key = record.name, pinyin_key(record.name)
    for name in ("unit", *FILLED):
        value = record.values.get(name)
        setattr(part, name, value if value not in (None, "") else getattr(blank, name))
    part.active = True
    part.version += 1


@transaction.atomic
def restore_parts(
    before: Mapping[int, Mapping[str, Any]],
    numbers: Mapping[int, Sequence[tuple[str, str]]],
    *,
    at: datetime,
) -> list[Part]:
    """Give parts the fields back that they had, and take away the numbers that were added."""
    parts = list(Part.objects.select_for_update().filter(pk__in={*before, *numbers}).order_by("pk"))
    names = {name for fields in before.values() for name in fields}
    for part in parts:
        for name, value in before.get(part.pk, {}).items():
            setattr(part, name, value)
        part.version += 1
    Part.objects.bulk_update(parts, sorted({*names, "version"}), batch_size=BATCH)
    added = {(part_id, *pair) for part_id, pairs in numbers.items() for pair in pairs}
    rows = PartNumber.objects.filter(part_id__in=numbers)
    gone = [row.pk for row in rows if (row.part_id, row.kind, row.number) in added]
    PartNumber.objects.filter(pk__in=gone)._raw_delete("default")
    index_parts(parts, at)
    return parts
