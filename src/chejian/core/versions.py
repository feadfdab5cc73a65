"""Optimistic editing: a form says which version it was filled in from."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.core.errors import Conflict
from chejian.core.formats import yes_no


def changed_fields(row: models.Model, given: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``given`` differs from the row as it is now."""
    return {name: value for name, value in given.items() if getattr(row, name) != value}


def require_version(row: models.Model, version: int, given: Mapping[str, Any]) -> None:
    """``row`` is freshly read and locked. Raises Conflict with both values of every difference.

    ``data["fields"]`` is ``{name: {"theirs": stored, "mine": given}}``, ``data["version"]`` the
    version that a second, deliberate try must name. What agrees with the row is no conflict.
    """
    found: int = row.version  # type: ignore[attr-defined]
    if found == version:
        return
    both = {
        name: {"theirs": getattr(row, name), "mine": value}
        for name, value in changed_fields(row, given).items()
    }
    if both:
        raise Conflict(
            _("Somebody else has changed this meanwhile."), fields=both, version=found
        )


def conflict_rows(error: Conflict, model: type[models.Model]) -> list[dict[str, str]]:
    """The differing fields as a form shows them: label, theirs, mine."""
    rows = []
    for name, both in error.data["fields"].items():
        field: Any = model._meta.get_field(name)
        words = {str(key): str(word) for key, word in field.flatchoices}
        row = {side: _word(both[side], words) for side in ("theirs", "mine")}
        rows.append({"label": str(field.verbose_name), **row})
    return rows


def _word(value: Any, words: dict[str, str]) -> str:
    if isinstance(value, bool):
        return yes_no(value)
    return "" if value is None else words.get(str(value), str(value))
