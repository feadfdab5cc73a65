"""How far the power over people reaches: nobody gives, or takes over, more than he holds himself.

Administrators hold no business right (domain.md 2.2), so "only what I may do" would be too narrow:
it is the power to change roles and stations that may not be passed upwards.
"""

from django.utils.translation import gettext_lazy as _

from chejian.accounts.models import Region, Role, Station, User
from chejian.accounts.permissions import P
from chejian.core.errors import NotPermitted

GUARDED = (P.MANAGE_ROLES, P.MANAGE_STATIONS)


class OutOfReach(NotPermitted):
    """The station, role or person is beyond what this person manages."""

    code = "out_of_reach"


def covers(by: User, code: str, station: Station | None, region: Region | None) -> bool:
    """Whether ``by`` holds ``code`` in the whole scope: a station, a region, or everywhere."""
    if not by.is_active:
        return False
    if code in by.access.everywhere:
        return True
    if station is not None:
        return by.can_at(code, station.pk)
    if region is None:
        return False
    stations = list(region.stations.filter(active=True))
    return bool(stations) and all(by.can_at(code, place.pk) for place in stations)


def may_grant(by: User, role: Role, station: Station | None, region: Region | None) -> bool:
    """Whether ``by`` may give or take that role in that scope."""
    needed = [P.MANAGE_STAFF, *(code for code in GUARDED if code in role.permissions)]
    return all(covers(by, code, station, region) for code in needed)


def may_manage(by: User, person: User) -> bool:
    """Whether ``by`` may change the person's login: his power covers every one of his roles."""
    if not by.can(P.MANAGE_STAFF):
        return False
    held = person.assignments.select_related("role", "station", "region")
    return all(may_grant(by, one.role, one.station, one.region) for one in held)


def check_grant(
    by: User | None, role: Role, station: Station | None, region: Region | None
) -> None:
    """Raise OutOfReach unless ``by`` (None is the system) may give or take the role there."""
    if by is not None and not may_grant(by, role, station, region):
        raise OutOfReach(
            _("You may give roles only at the stations you manage, and none above your own.")
        )


def check_manage(by: User | None, person: User) -> None:
    """Raise OutOfReach unless ``by`` (None is the system) may change this person."""
    if by is not None and not may_manage(by, person):
        raise OutOfReach(_("This person also works where you do not manage the staff."))


def check_holds(by: User | None, code: str) -> None:
    """Raise NotPermitted unless ``by`` (None is the system) holds ``code`` anywhere."""
    if by is not None and not by.can(code):
        raise NotPermitted(_("You do not have the permission for this."))


def check_station(by: User | None, code: str, station: Station) -> None:
    """Raise NotPermitted unless ``by`` (None is the system) holds ``code`` at the station."""
    if by is not None and not covers(by, code, station, None):
        raise NotPermitted(_("You do not have the permission for this."))
