"""Saved queries that a person may use."""

from django.db.models import QuerySet

from chejian.accounts.models import User
from chejian.reports.models import SavedQuery


def queries_for(user: User) -> QuerySet[SavedQuery]:
    """His own and those shared with him, by name."""
    rows = SavedQuery.objects.visible_to(user).select_related("owner", "role", "station")
    return rows.order_by("name", "pk")
