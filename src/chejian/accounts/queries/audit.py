"""What the audit log shows: events, and who was shown which personal data."""

from django.db.models import Q, QuerySet

from chejian.accounts.models import SensitiveAccess, User
from chejian.accounts.permissions import P
from chejian.core.models import Event


def events(by: User) -> QuerySet[Event]:
    """Of the stations whose log ``by`` may read, and of the whole organisation."""
    return Event.objects.filter(
        Q(station_id=None) | Q(station_id__in=by.access.stations_with(P.VIEW_AUDIT))
    )


def unmaskings(by: User) -> QuerySet[SensitiveAccess]:
    """The same for looks at personal data."""
    return SensitiveAccess.objects.filter(
        Q(station=None) | Q(station__in=by.access.stations_with(P.VIEW_AUDIT))
    )
