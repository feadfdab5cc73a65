"""What the audit log shows: events, and who was shown which personal data."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from chejian.accounts.models import SensitiveAccess, User
from chejian.accounts.permissions import P
from chejian.core.models import Event


def events(by: User, *, actor: int | None, day: date | None) -> QuerySet[Event]:
    """Of the stations whose log ``by`` may read, and of the whole organisation."""
    rows = Event.objects.filter(
        Q(station_id=None) | Q(station_id__in=by.access.stations_with(P.VIEW_AUDIT))
    )
    if actor is not None:
        rows = rows.filter(actor_id=actor)
    return rows.filter(_on(day))


def unmaskings(by: User, *, actor: int | None, day: date | None) -> QuerySet[SensitiveAccess]:
    """The same for looks at personal data."""
    rows = SensitiveAccess.objects.filter(
        Q(station=None) | Q(station__in=by.access.stations_with(P.VIEW_AUDIT))
    ).select_related("user", "station")
    if actor is not None:
        rows = rows.filter(user_id=actor)
    return rows.filter(_on(day))


def _on(day: date | None) -> Q:
    """One day of the station's clock."""
    if day is None:
        return Q()
    begin = timezone.make_aware(datetime.combine(day, time.min))
    return Q(at__gte=begin, at__lt=begin + timedelta(days=1))
