"""Pages by key: newest first, each page begins behind the last row of the one before."""

import base64
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from chejian.api.fields import BIGGEST, Keyset
from chejian.core.errors import DomainError


class BadCursor(DomainError):
    """Not a cursor that an answer has given."""

    code = "bad_cursor"


def cursor_of(pk: int) -> str:
    return base64.urlsafe_b64encode(str(pk).encode()).decode().rstrip("=")


def read_cursor(text: str) -> int:
    """The id behind which a page begins. Raises BadCursor."""
    try:
        pk = int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        pk = -1
    if not 0 <= pk <= BIGGEST:
        raise BadCursor(_("This cursor did not come from here."), field="cursor")
    return pk


def page_of(
    rows: models.QuerySet[Any, Any], query: Keyset, columns: dict[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """One page as dictionaries, and the cursor of the next (None: this is the last).

    ``columns`` maps what the answer calls a value to where it stands.
    """
    if query.cursor:
        rows = rows.filter(pk__lt=read_cursor(query.cursor))
    found = list(rows.order_by("-pk").values_list(*columns.values())[: query.limit + 1])
    names = list(columns)
    items = [dict(zip(names, row, strict=True)) for row in found[: query.limit]]
    more = len(found) > query.limit
    return items, cursor_of(items[-1]["id"]) if more and items else None
