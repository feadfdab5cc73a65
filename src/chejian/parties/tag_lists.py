"""Tags in the lists of customers and of cars: a column, a filter, and putting one to many."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from markupsafe import Markup

from chejian.accounts.permissions import P
from chejian.core.errors import Text
from chejian.core.lists.marks import badge
from chejian.core.lists.spec import BulkAction, Choices, Column, Kind, Viewer
from chejian.parties.errors import TagRetired
from chejian.parties.models import Tag


def offered(viewer: Viewer) -> Choices:
    """Those in use, then the retired ones: who carries them is still to be found.

    One function for the filter and for the action, so that they are read once.
    """
    rows = Tag.objects.order_by("-active", "name_key", "pk")
    return [
        (pk, name if active else _("%(name)s (no longer offered)") % {"name": name})
        for pk, name, active in rows.values_list("pk", "name", "active")
    ]


def columns(put: type[Model], key: str) -> tuple[Column, Column]:
    """The tags of each row in one statement, and the filter; ``put`` is the table that puts them.

    ``key`` is its foreign key to the rows of the list.
    """

    def cells(viewer: Viewer, ids: Sequence[int]) -> Mapping[int, str]:
        rows = put._base_manager.filter(**{f"{key}_id__in": ids}).order_by("tag__name_key", "pk")
        found: dict[int, list[Markup]] = defaultdict(list)
        for row_id, name, colour in rows.values_list(f"{key}_id", "tag__name", "tag__colour"):
            found[row_id].append(badge(name, colour, "tag"))
        return {row_id: Markup(" ").join(marks) for row_id, marks in found.items()}

    def having(condition: Q) -> Q:
        return Q(Exists(put._base_manager.filter(condition, **{key: OuterRef("pk")})))

    return (
        Column("tags", _("Tags"), cells=cells),
        Column("tag", _("Tag"), Kind.CHOICE, "name", filter="tag_id", choices=offered,
               through=having, only_asked=True, quick=True),
    )


def bulk(put: Callable[[Viewer, Sequence[int], Tag, datetime], int]) -> BulkAction:
    """Putting one tag to all chosen rows; ``put`` says to how many."""

    def run(viewer: Viewer, ids: Sequence[int], choice: str, at: datetime) -> Text:
        pk = int(choice) if choice.isdecimal() else 0
        tag: Any = get_object_or_404(Tag, pk=pk)
        if not tag.active:
            raise TagRetired(_("This tag is no longer offered."), tag_id=pk)
        many = put(viewer, ids, tag, at)
        return ngettext("%(num)s tagged: %(name)s", "%(num)s tagged: %(name)s", many) % {
            "num": many, "name": tag.name,
        }

    return BulkAction("tag", _("Tag"), P.EDIT_CUSTOMERS, run, choices=offered, icon="tag")
