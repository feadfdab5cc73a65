"""A person's exports and the templates he may use."""

from django.db.models import QuerySet

from chejian.accounts.export_models import ExportJob, ExportTemplate
from chejian.accounts.models import User

SHOWN = 50


def exports_of(user: User) -> QuerySet[ExportJob]:
    """His own, newest first."""
    return ExportJob.objects.visible_to(user).order_by("-pk")[:SHOWN]


def templates_for(user: User, source: str = "") -> QuerySet[ExportTemplate]:
    """Templates he may use, of one list or of all, by list and name."""
    rows = ExportTemplate.objects.visible_to(user).select_related("owner", "role", "station")
    return (rows.filter(source=source) if source else rows).order_by("source", "name", "pk")
