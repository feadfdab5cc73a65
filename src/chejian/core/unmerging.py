"""Taking a merge back exactly: what is written down for it, and what stands in its way.

A merge writes down every field that it changed, every row that it made, and a digest of both rows
and of all that hung on the kept one when it was done. Parting the two is allowed for a week, and
only while all of that is unchanged: whatever came since belongs to the one record that there was,
and nobody can say to which of the two it should go.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from chejian.core.merging import Moved, keys_to, name_of, point_back

WINDOW = timedelta(days=7)
LEFT_ALONE = frozenset({"version"})  # goes on counting, so that an open form is told

type Values = dict[str, Any]


def values(row: models.Model) -> Values:
    """All columns of a row as they stand in the database, in a form that JSON keeps."""
    names = [
        field.attname for field in row._meta.concrete_fields
        if field.attname not in LEFT_ALONE and not field.primary_key
    ]
    stored = type(row)._base_manager.filter(pk=row.pk).values(*names).get()
    return {name: _plain(stored[name]) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def record(
    before: tuple[Values, Values],
    kept: models.Model,
    absorbed: models.Model,
    *,
    made: Iterable[models.Model] = (),
    changed: Mapping[str, Mapping[int, Values]] | None = None,
    ignoring: Collection[type[models.Model]],
) -> dict[str, Any]:
    """What is needed to take the merge back; asked when it is done, before its own row is written.

    ``before`` are the values of both rows at the start; ``changed`` are the old values of other
    rows, by ``app.Model`` and id; ``ignoring`` are the tables of the merges themselves.
    """
    return {
        "kept": _difference(before[0], values(kept)),
        "absorbed": _difference(before[1], values(absorbed)),
        "made": [[row._meta.label, row.pk] for row in made],
        "changed": {
            label: {str(pk): old for pk, old in rows.items()}
            for label, rows in (changed or {}).items()
        },
        "digest": digest(kept, absorbed, ignoring),
    }


def _difference(old: Values, new: Values) -> Values:
    return {name: value for name, value in old.items() if new[name] != value}


def digest(
    kept: models.Model, absorbed: models.Model, ignoring: Collection[type[models.Model]]
) -> str:
    """Of the two rows and of the ids of everything that hangs on the kept one."""
    whole = hashlib.sha256(repr((values(kept), values(absorbed))).encode())
    for key in sorted(keys_to(type(kept)), key=name_of):
        if key.model in ignoring:
            continue
        rows = key.model._base_manager.filter(**{key.attname: kept.pk})
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        whole.update(f"{name_of(key)}{ids}".encode())
    return whole.hexdigest()


def restore(
    kept: models.Model, absorbed: models.Model, moved: Moved, written: dict[str, Any]
) -> None:
    """Put everything back as ``record`` has it: rows that moved, rows that changed, both records.

    Both rows must be locked and the digest the same.
    """
    tables = {key.model._meta.label: key.model for key in keys_to(type(kept))}
    point_back(kept, absorbed, moved)
    for label, pk in written["made"]:
        tables[label]._base_manager.filter(pk=pk).delete()
    for label, rows in written["changed"].items():
        for pk, old in rows.items():
            tables[label]._base_manager.filter(pk=pk).update(**_python(tables[label], old))
    for row, name in ((kept, "kept"), (absorbed, "absorbed")):
        for attname, value in _python(type(row), written[name]).items():
            setattr(row, attname, value)
        row.version += 1  # type: ignore[attr-defined]
        row.save()


def _python(model: type[models.Model], old: Values) -> Values:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in old.items()}
