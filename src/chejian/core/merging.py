"""Moving what points at a merged row over to the row that is kept, and back again.

The relations are read from the models, so that a lower app need not know who stands above it.
Append-only tables and history stay as they are written: a frozen paper goes on naming whom it was
made out to. Whoever lists the papers of a row therefore asks for its own id and those merged into
it (``parties.queries.party_ids``, ``vehicles.queries.vehicle_ids``).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pghistory.models
from django.db import models


def is_frozen(model: type[models.Model]) -> bool:
    """History, and every table with the append-only trigger (core.states)."""
    if issubclass(model, pghistory.models.Event):
        return True
    triggers: Any = getattr(model._meta, "triggers", ())
    return any(trigger.name == "append_only" for trigger in triggers)


type Key = "models.ForeignKey[Any, Any]"
type Moved = dict[str, list[int]]
type Follower = Callable[[Sequence[int], datetime], None]

_followers: dict[type[models.Model], list[Follower]] = {}


def keys_to(model: type[models.Model]) -> Iterator[Key]:
    """Every foreign key to ``model`` from any app; history apart."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        key: Any = relation.field
        if not issubclass(key.model, pghistory.models.Event):
            yield key


def movable_keys(model: type[models.Model]) -> Iterator[Key]:
    """Every foreign key to ``model``, from any app, whose rows may be changed."""
    return (key for key in keys_to(model) if not is_frozen(key.model))


def name_of(key: Key) -> str:
    return f"{key.model._meta.label}.{key.name}"


def repoint(
    absorbed: models.Model, kept: models.Model, leave: Mapping[str, Collection[int]] | None = None
) -> Moved:
    """Point all movable keys from ``absorbed`` to ``kept``; returns the ids by ``app.Model.key``.

    ``leave`` names rows that stay, by the same name. Must run in a transaction that holds both.
    """
    moved: Moved = {}
    for key in movable_keys(type(absorbed)):
        rows = key.model._base_manager.filter(**{key.attname: absorbed.pk})
        rows = rows.exclude(pk__in=(leave or {}).get(name_of(key), ()))
        ids = list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))
        if ids:
            key.model._base_manager.filter(pk__in=ids).update(**{key.attname: kept.pk})
            moved[name_of(key)] = ids
    return moved


def point_back(kept: models.Model, absorbed: models.Model, moved: Moved) -> None:
    """Undo ``repoint``: the rows that it moved belong to ``absorbed`` again."""
    for key in movable_keys(type(absorbed)):
        ids = moved.get(name_of(key))
        if ids:
            rows = key.model._base_manager.filter(pk__in=ids, **{key.attname: kept.pk})
            rows.update(**{key.attname: absorbed.pk})


def follow(model: type[models.Model], follower: Follower) -> None:
    """Have an upper app told which rows were merged or parted again, so that it can follow."""
    _followers.setdefault(model, []).append(follower)


def tell_followers(model: type[models.Model], ids: Sequence[int], at: datetime) -> None:
    for follower in _followers.get(model, []):
        follower(ids, at)
