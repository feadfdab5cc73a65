"""Optimistic editing: a form says which version it was filled in from."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.core.errors import Conflict


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
