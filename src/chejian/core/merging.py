"""Moving what points at a merged row over to the row that is kept.

The relations are read from the models, so that a lower app need not know who stands above it.
Append-only tables and history stay as they are written: a frozen paper goes on naming whom it was
made out to. Whoever lists the papers of a row therefore asks for its own id and those merged into
it (``parties.queries.party_ids``, ``vehicles.queries.vehicle_ids``).
"""

from collections.abc import Iterator
from typing import Any

import pghistory.models
from django.db import models


def is_frozen(model: type[models.Model]) -> bool:
    """History, and every table with the append-only trigger (core.states)."""
    if issubclass(model, pghistory.models.Event):
        return True
    triggers: Any = getattr(model._meta, "triggers", ())
    return any(trigger.name == "append_only" for trigger in triggers)


def movable_keys(model: type[models.Model]) -> Iterator["models.ForeignKey[Any, Any]"]:
    """Every foreign key to ``model``, from any app, whose rows may be changed."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        key: Any = relation.field
        if not is_frozen(key.model):
            yield key


def repoint(absorbed: models.Model, kept: models.Model) -> dict[str, list[int]]:
    """Point all movable keys from ``absorbed`` to ``kept``; returns the ids by ``app.Model.key``.

    Must run in a transaction that holds both rows.
    """
    moved: dict[str, list[int]] = {}
    for key in movable_keys(type(absorbed)):
        rows = key.model._base_manager.filter(**{key.attname: absorbed.pk})
        ids = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
        if ids:
            key.model._base_manager.filter(pk__in=ids).update(**{key.attname: kept.pk})
            moved[f"{key.model._meta.label}.{key.name}"] = ids
    return moved
