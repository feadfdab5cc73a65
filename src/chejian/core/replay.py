"""Idempotency of posting forms: replaying a key returns the first result."""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from chejian.core.errors import DomainError, Text
from chejian.core.models import ReplayKey


class KeyReused(DomainError):
    """The same key came with another verb or from another person."""

    code = "key_reused"


def new_key() -> uuid.UUID:
    """A key minted when a form is rendered."""
    return uuid.uuid4()


def claim(key: uuid.UUID, verb: str, actor_id: int | None) -> bool:
    """True for the first to come. A second one waits here until the first has committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_replaykey (key, verb, actor_id, at) VALUES (%s, %s, %s, now()) "
            "ON CONFLICT (key) DO NOTHING",
            [key, verb, actor_id],
        )
        return bool(cursor.rowcount)


def is_known(key: uuid.UUID | None) -> bool:
    """The form with this key was carried out: what it would meet now is its own doing."""
    return key is not None and ReplayKey.objects.filter(key=key).exists()


def replayable[M: models.Model, **P](
    model: type[M],
) -> Callable[[Callable[P, M]], Callable[P, M]]:
    """Decorate a verb that takes ``key`` and ``by``: with a known key the first result comes back.

    Stands below ``@verb``. Raises KeyReused.
    """

    def decorate(verb: Callable[P, M]) -> Callable[P, M]:
        name = f"{verb.__module__}.{verb.__qualname__}"

        @functools.wraps(verb)
        def run(*args: P.args, **kwargs: P.kwargs) -> M:
            key: Any = kwargs.get("key")
            if key is None:
                return verb(*args, **kwargs)
            actor: Any = kwargs.get("by")
            actor_id = actor.pk if actor else None
            if not claim(key, name, actor_id):
                words = _("This form was already used for something else. Please reload it.")
                return model._base_manager.get(pk=_first_result(key, name, actor_id, words))
            result = verb(*args, **kwargs)
            _note(key, result.pk)
            return result

        return run

    return decorate


def _note(key: uuid.UUID, result_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_replaykey SET result_id = %s WHERE key = %s", [result_id, key])


def _first_result(key: uuid.UUID, verb: str, actor_id: int | None, words: Text) -> int:
    known = ReplayKey.objects.get(key=key)
    if known.verb != verb or known.actor_id != actor_id or known.result_id is None:
        raise KeyReused(words)
    return known.result_id


def once(*, key: uuid.UUID, verb: str, by_id: int | None, act: Callable[[], int]) -> int:
    """Run ``act`` for the first who brings the key; whoever brings it again gets the first id.

    For callers whose verbs take no key of their own. Must run in a transaction. Raises KeyReused.
    """
    if not claim(key, verb, by_id):
        words = _("This key was already used for something else.")
        return _first_result(key, verb, by_id, words)
    result = act()
    _note(key, result)
    return result
