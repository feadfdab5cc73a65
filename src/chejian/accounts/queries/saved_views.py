"""Which saved views a person finds on a list."""

from collections.abc import Sequence

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet

from chejian.accounts.list_models import SavedView
from chejian.accounts.models import User
from chejian.core.compiled import kept_rows

SHOWN = 30
NAMES = [field.attname for field in SavedView._meta.concrete_fields]
#: whose usual view opens first
NEAREST = ("private", "role", "station")


def views_of(user: User, list_name: str, station_id: int) -> list[SavedView]:
    """His own, those of his roles, those of the present station, by name. One statement."""

    def views() -> QuerySet[SavedView]:
        rows = SavedView.objects.visible_to(user).filter(
            Q(station=None) | Q(station_id=station_id), list_name=list_name
        )
        return rows.order_by("name", "pk")[:SHOWN]

    found = kept_rows(user.access.kept, ("views", user.pk, list_name, station_id), views)
    return [SavedView.from_db(DEFAULT_DB_ALIAS, NAMES, row) for row in found]


def usual_view(views: Sequence[SavedView], user: User) -> SavedView | None:
    """The one that opens by itself: his own before his role's before the station's."""
    for visibility in NEAREST:
        for view in views:
            mine = visibility != "private" or view.owner_id == user.pk
            if view.usual and view.visibility == visibility and mine:
                return view
    return None
