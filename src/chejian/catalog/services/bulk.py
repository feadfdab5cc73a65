"""Many parts at once, as the move-in brings them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from chejian.accounts.models import User
from chejian.catalog.models import Part, PartNumber, TaxRate
from chejian.catalog.searching import index_parts
from chejian.core.text import pinyin_key

BATCH = 1000
FILLED = (
    "spec", "brand", "origin", "fitment", "barcode", "remarks", "retail_price", "member_price",
    "contract_price", "wholesale_price", "claim_price", "safety_stock",
)
GOODS_RATE = Decimal("0.13")
type Gaps = tuple[Mapping[str, Any], Sequence[tuple[str, str]]]
"""Fields of a part to be filled, and the kind and number of further numbers."""


@dataclass(frozen=True)
class PartRecord:
    """What an old system knows of a part. ``values`` are fields of ``Part``; None says nothing."""

    number: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    interchange: tuple[str, ...] = ()
    oe_numbers: tuple[str, ...] = ()

    @property
    def others(self) -> list[tuple[str, str]]:
        """Kind and number of every further number."""
        return [
            *((PartNumber.Kind.OE.value, number) for number in self.oe_numbers),
            *((PartNumber.Kind.INTERCHANGE.value, number) for number in self.interchange),
        ]


@transaction.atomic
def import_parts(records: Sequence[PartRecord], *, by: User | None, at: datetime) -> list[Part]:
    """Make a part of each record, in order. Which are there already was found out before."""
    rate = TaxRate.objects.filter(rate=GOODS_RATE).order_by("pk").first()
    if rate is None:
        rate = TaxRate.objects.create(code="13", name="13%", rate=GOODS_RATE)
    parts = Part.objects.bulk_create(
        [_part(record, rate) for record in records], batch_size=BATCH
    )
    PartNumber.objects.bulk_create(
        [
            PartNumber(part=part, kind=kind, number=number)
            for part, record in zip(parts, records, strict=True)
            for kind, number in record.others
        ],
        batch_size=BATCH,
    )
    index_parts(parts, at)
    return parts


def _part(record: PartRecord, rate: TaxRate) -> Part:
    known = {name: value for name, value in record.values.items() if value not in (None, "")}
    return Part(
        number=record.number,
        name=record.name,
        name_key=pinyin_key(record.name),
        tax_rate=rate,
        **known,
    )


def missing(part: Part, record: PartRecord) -> dict[str, Any]:
    """What the record knows and the part lacks. What stands is never overwritten."""
    return {
        name: record.values[name]
        for name in FILLED
        if record.values.get(name) and not getattr(part, name)
    }


@transaction.atomic
def fill_parts(
    changes: Mapping[int, Gaps], *, at: datetime
) -> list[Part]:
    """Fill what is missing: by part's id the fields, and the further numbers to add."""
    parts = list(Part.objects.select_for_update().filter(pk__in=changes).order_by("pk"))
    for part in parts:
        for name, value in changes[part.pk][0].items():
            setattr(part, name, value)
        part.version += 1
    Part.objects.bulk_update(parts, [*FILLED, "version"], batch_size=BATCH)
    PartNumber.objects.bulk_create(
        [
            PartNumber(part=part, kind=kind, number=number)
            for part in parts
            for kind, number in changes[part.pk][1]
        ],
        ignore_conflicts=True,
    )
    index_parts(parts, at)
    return parts
