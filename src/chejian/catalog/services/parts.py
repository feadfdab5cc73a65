"""Spare parts: making them, changing them, their further numbers and their prices."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import User
from chejian.catalog import rules
from chejian.catalog.errors import NumberTaken
from chejian.catalog.models import Part, PartNumber
from chejian.catalog.searching import index_parts
from chejian.core.outbox import emit
from chejian.core.replay import replayable
from chejian.core.text import pinyin_key
from chejian.core.versions import changed_fields, require_version

NUMBER_KINDS = {
    "oe_numbers": PartNumber.Kind.OE,
    "interchange_numbers": PartNumber.Kind.INTERCHANGE,
}


@transaction.atomic
@replayable(Part)
def create_part(
    *,
    number: str,
    name: str,
    by: User | None,
    at: datetime,
    key: UUID | None = None,
    **fields: Any,
) -> Part:
    """A new part, with the fields of ``Part`` and ``oe_numbers``, ``interchange_numbers``.

    List prices need ``catalog.edit_prices``. Raises NotPermitted, NumberTaken, NameRequired,
    BadFigure.
    """
    rules.require_edit(by)
    own, further = _split({"number": number, "name": name, **fields})
    given = rules.normal_fields(rules.PART_FIELDS, ("number", "name"), own)
    if any(given.get(price) for price in rules.PART_PRICES):
        rules.require_prices(by)
    _require_free(given["number"])
    part = Part.objects.create(**given, name_key=pinyin_key(given["name"]))
    PartNumber.objects.bulk_create(_number_rows(part, further))
    index_parts([part], at)
    emit("part.created", part, station_id=None, by=by, at=at, number=part.number)
    return part


def _split(row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Iterable[str]]]:
    """The part's own fields, and its further numbers by their field's name."""
    own = {name: value for name, value in row.items() if name not in NUMBER_KINDS}
    return own, {name: row[name] for name in NUMBER_KINDS if name in row}


def _number_rows(part: Part, further: Mapping[str, Iterable[str]]) -> list[PartNumber]:
    return [
        PartNumber(part=part, kind=NUMBER_KINDS[name], number=number)
        for name, raw in further.items()
        for number in dict.fromkeys(filter(None, map(rules.normal_number, raw)))
    ]


def _require_free(number: str) -> None:
    if Part.objects.filter(number=number).exists():
        raise NumberTaken(
            _("There is a part with the number %(number)s already.") % {"number": number},
            field="number", number=number,
        )


@transaction.atomic
def update_part(
    *, part: Part, version: int, by: User | None, at: datetime, **fields: Any
) -> Part:
    """Change the fields given. List prices need ``catalog.edit_prices``, but only when they differ.

    Raises Conflict when somebody else was quicker, NotPermitted, NumberTaken, NameRequired,
    BadFigure.
    """
    rules.require_edit(by)
    own, further = _split(fields)
    fresh = Part.objects.select_for_update().get(pk=part.pk)
    given = rules.normal_fields(rules.PART_FIELDS, ("number", "name"), own)
    require_version(fresh, version, given)
    changes = changed_fields(fresh, given)
    if changes.keys() & set(rules.PART_PRICES):
        rules.require_prices(by)
    if "number" in changes:
        _require_free(changes["number"])
    renumbered = _renumber(fresh, further)
    if not changes and not renumbered:
        return fresh
    before = {name: getattr(fresh, name) for name in changes}
    for name, value in changes.items():
        setattr(fresh, name, value)
    fresh.name_key = pinyin_key(fresh.name)
    fresh.version += 1
    fresh.save()
    index_parts([fresh], at)
    emit("part.updated", fresh, station_id=None, by=by, at=at,
         changes={name: [str(before[name]), str(changes[name])] for name in changes})
    return fresh


def _renumber(part: Part, further: Mapping[str, Iterable[str]]) -> bool:
    """Make the further numbers of the kinds given exactly these."""
    wanted = {(row.kind, row.number): row for row in _number_rows(part, further)}
    kinds = [NUMBER_KINDS[name] for name in further]
    there = {(row.kind, row.number): row.pk for row in part.numbers.filter(kind__in=kinds)}
    gone = [pk for key, pk in there.items() if key not in wanted]
    PartNumber.objects.filter(pk__in=gone).delete()
    new = [row for key, row in wanted.items() if key not in there]
    PartNumber.objects.bulk_create(new)
    return bool(gone or new)
