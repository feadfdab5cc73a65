"""Which stations somebody manages."""

from django.db.models import QuerySet

from chejian.accounts.models import Station, User
from chejian.accounts.permissions import P


def stations_managed_by(user: User) -> QuerySet[Station]:
    """All, closed ones too, for whoever manages everywhere; else the open ones of his roles."""
    rows = Station.objects.select_related("region").order_by("-active", "region_id", "pk")
    if P.MANAGE_STATIONS in user.access.everywhere:
        return rows
    return rows.filter(pk__in=user.access.stations_with(P.MANAGE_STATIONS))
